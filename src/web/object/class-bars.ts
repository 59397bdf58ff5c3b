/** Class probabilities as bars, the greatest first. Each says its number, too; what is hardly possible is folded away. */
import type { Classification } from '../api.ts'
import { byProbability, meaningOf, sharesInWords, type ClassProbability } from '../classes.ts'
import { element } from '../elements.ts'
import { probability } from '../words.ts'

/** Classes with less are folded away, and all behind the first few. */
const HARDLY = 0.01
const FEW = 6

function bar ([name, value]: ClassProbability): HTMLElement {
  const drawn = element('i', { class: 'bar-of-chance', 'aria-hidden': 'true' })
  drawn.style.setProperty('--part', String(value))
  const meaning = meaningOf(name)
  return element('li', {}, element('span', {}, name, ...meaning === null ? [] : [' ', element('small', {}, meaning)]), element('b', {}, probability(value)), drawn)
}

/** @param section hidden where there are no classes; its children are replaced */
export function showClasses (section: HTMLElement, standing: Classification | null): void {
  const classes = byProbability(standing?.classProbabilities)
  section.hidden = classes.length === 0
  const likely = classes.filter(([, value], place) => place === 0 || (value >= HARDLY && place < FEW))
  const others = classes.slice(likely.length)
  const open = section.querySelector('details')?.open ?? false
  section.replaceChildren(
    element('h2', {}, 'Classes'),
    element('ol', { class: 'classes' }, ...likely.map(bar)),
    ...others.length === 0
      ? []
      : [element('details', { open }, element('summary', {}, `${others.length} others, ${probability(others.reduce((sum, [, value]) => sum + value, 0))} together`), element('ol', { class: 'classes' }, ...others.map(bar)))],
    ...standing?.classShares === undefined ? [] : [element('p', { class: 'quiet' }, `${sharesInWords(standing.classShares)}.`)]
  )
}

/** Class probabilities in a line that opens: the most probable one, then all. */
export function foldedClasses (probabilities: Record<string, number> | undefined): Node | string {
  const classes = byProbability(probabilities)
  const [first] = classes
  if (!first) return '–'
  return element('details', { class: 'folded' }, element('summary', {}, `${first[0]} ${probability(first[1])}`),
    element('ol', {}, ...classes.slice(1).map(([name, value]) => element('li', {}, `${name} ${probability(value)}`))))
}
