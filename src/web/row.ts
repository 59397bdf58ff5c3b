/** One candidate as a row of the table, changed in place. All text comes in by textContent. */
import { objectPath, type Candidate, type Classification } from './api.ts'
import { sparkline } from './sparkline.ts'

function cell (row: HTMLTableRowElement, className: string, label?: string): HTMLTableCellElement {
  const created = row.insertCell()
  created.className = className
  if (label !== undefined) created.dataset['label'] = label
  return created
}

export class Row {
  readonly element = document.createElement('tr')
  candidate: Candidate
  readonly #bar = document.createElement('i')
  readonly #probability = document.createElement('span')
  readonly #history: HTMLTableCellElement
  readonly #texts: Array<[HTMLTableCellElement, (candidate: Candidate) => string]>
  #published: Classification[] = []

  constructor (candidate: Candidate) {
    this.candidate = candidate
    const link = document.createElement('a')
    link.href = objectPath(candidate.diaObjectId)
    link.textContent = candidate.diaObjectId
    cell(this.element, 'object').append(link)
    const chance = document.createElement('div')
    chance.className = 'probability'
    chance.append(this.#bar, this.#probability)
    cell(this.element, 'chance').append(chance)
    this.#history = cell(this.element, 'history')
    this.#texts = [
      [cell(this.element, 'number', 'epochs'), ({ epochs }) => String(epochs)],
      [cell(this.element, 'number', 'revision'), ({ revision }) => String(revision)],
      [cell(this.element, 'number', 'RA [deg]'), ({ ra }) => ra.toFixed(5)],
      [cell(this.element, 'number', 'Dec [deg]'), ({ dec }) => dec.toFixed(5)],
      [cell(this.element, 'number', 'last point [MJD TAI]'), ({ midpointMjdTai }) => midpointMjdTai.toFixed(3)],
      [cell(this.element, 'number', 'published [UTC]'), ({ publishedAt }) => publishedAt.slice(0, 19).replace('T', ' ')]
    ]
    this.#show()
  }

  #show (): void {
    const { probabilityIa } = this.candidate
    this.#bar.style.setProperty('--part', String(probabilityIa))
    this.#probability.textContent = probabilityIa.toFixed(3)
    for (const [target, text] of this.#texts) target.textContent = text(this.candidate)
  }

  /** @param matches whether the candidate still passes the filter; a row that does not is shown pale until it goes */
  update (candidate: Candidate, matches: boolean): void {
    this.candidate = candidate
    this.#show()
    this.#extendHistory(candidate)
    this.element.classList.toggle('left', !matches)
    this.element.classList.remove('changed')
    requestAnimationFrame(() => this.element.classList.add('changed'))
  }

  /** A history that was asked for while the candidate was on its way may hold it already. */
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
    this.#history.replaceChildren(sparkline(published.map(({ probabilityIa }) => probabilityIa)))
  }
}
