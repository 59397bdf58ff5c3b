/** The published history of an object, newest first; each line leads to its moment. */
import type { Classification } from '../api.ts'
import { element } from '../elements.ts'
import { foldedClasses } from './class-bars.ts'
import { probabilityWithError } from '../classes.ts'
import { utc } from '../words.ts'

export class HistoryTable {
  readonly #body: HTMLTableSectionElement
  #times: string[] = []

  constructor (body: HTMLTableSectionElement, onChoose: (asOf: string) => void) {
    this.#body = body
    body.addEventListener('click', event => {
      const button = (event.target as Element).closest('button')
      if (button) onChoose(button.value)
    })
  }

  /** @param history oldest first; shown anew only where it has grown or is another one */
  show (history: readonly Classification[]): void {
    const times = history.map(({ publishedAt, revision }) => `${publishedAt} ${revision}`)
    const known = this.#times.length
    const grown = this.#times.every((time, place) => time === times[place])
    this.#times = times
    this.#body.closest('table')!.classList.toggle('classed', history.some(({ classProbabilities }) => classProbabilities !== undefined))
    if (!grown) this.#body.replaceChildren()
    for (const [place, classification] of history.entries()) {
      if (!grown || place >= known) this.#body.prepend(this.#row(classification, history[place - 1]))
    }
  }

  #row (classification: Classification, before: Classification | undefined): HTMLTableRowElement {
    const { publishedAt, midpointMjdTai, epochs, revision, classifierName, classifierVersion, classProbabilities } = classification
    const revised = before !== undefined && revision > before.revision
    return element('tr', { 'data-published': publishedAt },
      element('th', { scope: 'row' }, element('button', { type: 'button', class: 'link', value: publishedAt, title: 'Show what stood then' }, utc(publishedAt))),
      element('td', { class: 'number' }, midpointMjdTai.toFixed(3)),
      element('td', { class: 'number' }, String(epochs)),
      element('td', { class: 'number' }, probabilityWithError(classification)),
      element('td', { class: 'of-classes' }, foldedClasses(classProbabilities)),
      element('td', { class: 'number' }, String(revision), ...revised ? [' ', element('span', { class: 'tag' }, 'revised')] : []),
      element('td', {}, `${classifierName} ${classifierVersion}`)
    )
  }

  /** Marks what had been published by a time, and what stood then. */
  mark (asOf: string | null): void {
    const rows = [...this.#body.rows]
    const standing = rows.find(row => asOf === null || row.dataset['published']! <= asOf)
    for (const row of rows) {
      row.classList.toggle('later', asOf !== null && row.dataset['published']! > asOf)
      if (row === standing) row.setAttribute('aria-current', 'true')
      else row.removeAttribute('aria-current')
    }
  }
}
