/** One candidate as a row of the table; the row changes in place. */
import { objectAddress, type Candidate, type Classification } from '../api.ts'
import { element } from '../elements.ts'
import { ratherThanIa } from '../classes.ts'
import { sparkline } from './sparkline.ts'
import { probability, signed, signedDays, utc } from '../words.ts'

/** Cells of plain text, by their labels where the page is too narrow for a head. */
const TEXTS: Array<[label: string, text: (candidate: Candidate) => string]> = [
  ['epochs', ({ epochs }) => String(epochs)],
  ['rise', ({ rise }) => rise === null ? '–' : signed(rise)],
  ['phase [d]', ({ phase }) => phase === undefined ? '–' : signedDays(phase)],
  ['revision', ({ revision }) => String(revision)],
  ['RA [deg]', ({ ra }) => ra?.toFixed(5) ?? '–'],
  ['Dec [deg]', ({ dec }) => dec?.toFixed(5) ?? '–'],
  ['last point [MJD TAI]', ({ midpointMjdTai }) => midpointMjdTai.toFixed(3)],
  ['published [UTC]', ({ publishedAt }) => utc(publishedAt)]
]

export class Row {
  readonly element: HTMLTableRowElement
  candidate: Candidate
  readonly #bar = element('i')
  readonly #probability = element('span')
  /** The most probable class where that is not Ia. */
  readonly #rather = element('small', { class: 'rather' })
  readonly #history = element('td', { class: 'history' })
  readonly #texts = TEXTS.map(([label]) => element('td', { class: 'number', 'data-label': label }))
  #published: Classification[] = []

  constructor (candidate: Candidate) {
    this.candidate = candidate
    const { diaObjectId } = candidate
    this.element = element('tr', {},
      element('th', { scope: 'row', class: 'object' }, element('a', { href: objectAddress('objects', diaObjectId) }, diaObjectId)),
      element('td', { class: 'chance' }, element('div', { class: 'probability' }, this.#bar, this.#probability, this.#rather)),
      this.#history,
      ...this.#texts
    )
    this.#show()
  }

  #show (): void {
    const { probabilityIa } = this.candidate
    this.#bar.style.setProperty('--part', String(probabilityIa))
    this.#probability.textContent = probability(probabilityIa)
    const rather = ratherThanIa(this.candidate)
    this.#rather.textContent = rather ? `${rather[0]} ${probability(rather[1])}` : ''
    TEXTS.forEach(([, text], place) => { this.#texts[place]!.textContent = text(this.candidate) })
  }

  /** @param wanted whether the candidate still passes the filter; otherwise the row is pale until it goes */
  update (candidate: Candidate, wanted: boolean): void {
    this.candidate = candidate
    this.#show()
    this.#extendHistory(candidate)
    this.element.classList.toggle('left', !wanted)
    this.element.classList.remove('changed')
    requestAnimationFrame(() => this.element.classList.add('changed'))
  }

  /** Shows the row pale until it goes. */
  leave (): void {
    this.element.classList.add('left')
  }

  /** A history that was requested while the candidate was on its way may hold the candidate already. */
  #extendHistory (candidate: Candidate): void {
    const last = this.#published.at(-1)
    if (!last || candidate.publishedAt < last.publishedAt || (candidate.epochs === last.epochs && candidate.revision === last.revision)) return
    this.showHistory([...this.#published, candidate])
  }

  get left (): boolean {
    return this.element.classList.contains('left')
  }

  /** @param published oldest first */
  showHistory (published: Classification[]): void {
    this.#published = published
    this.#history.replaceChildren(sparkline(published))
  }
}
