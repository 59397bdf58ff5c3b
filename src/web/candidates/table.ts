/**
 * The table of candidates. Rows change in place; rows come, go and change places once a second and not at all while
 * the order is held, so that nothing moves under the pointer.
 */
import { fetchHistory, type Candidate } from '../api.ts'
import { matches, orderKey, type Filter } from './filter.ts'
import type { Withdrawal } from '../live.ts'
import { Row } from './row.ts'

/** Rows shown at most. */
export const LIMIT = 100
/** Histories requested at a time, and the pause after each [ms]: a busy table must not use up the rate of its address. */
const HISTORIES_AT_ONCE = 4
const PACE = 100

export class CandidateTable {
  readonly #body: HTMLTableSectionElement
  readonly #rows = new Map<string, Row>()
  readonly #waiting = new Map<string, Candidate>()
  readonly #incoming = new Map<string, Candidate>()
  /** Rows on the screen whose history is to be requested. */
  readonly #withoutHistory = new Set<Row>()
  readonly #onScreen = new IntersectionObserver(entries => this.#seen(entries), { rootMargin: '150px' })
  #asking = 0
  #scheduled = false
  #filter: Filter = { sort: 'recency' }

  constructor (body: HTMLTableSectionElement) {
    this.#body = body
  }

  get size (): number {
    return this.#rows.size
  }

  /** Changes of the table that wait: new objects, and rows that no longer match. */
  get waiting (): number {
    return this.#waiting.size + [...this.#rows.values()].filter(row => row.left).length
  }

  /** Replaces the rows by a list, in its order. */
  replace (candidates: readonly Candidate[], filter: Filter): void {
    this.#filter = filter
    this.#waiting.clear()
    this.#incoming.clear()
    const rows = candidates.map(candidate => {
      const known = this.#rows.get(candidate.diaObjectId)
      if (!known) return this.#create(candidate)
      if (known.candidate.sequence !== candidate.sequence) {
        known.update(candidate, true)
        this.#askHistory(known)
      }
      return known
    })
    this.#rows.clear()
    for (const row of rows) this.#rows.set(row.candidate.diaObjectId, row)
    this.#body.replaceChildren(...rows.map(row => row.element))
  }

  /** Takes a live classification; it is shown with the next frame. */
  receive (candidate: Candidate): void {
    this.#incoming.set(candidate.diaObjectId, candidate)
    if (this.#scheduled) return
    this.#scheduled = true
    requestAnimationFrame(() => {
      this.#scheduled = false
      this.#apply()
    })
  }

  /** Takes a withdrawal: the row of the object goes with the next rows that go. */
  withdraw ({ diaObjectId, sequence }: Withdrawal): void {
    for (const known of [this.#incoming, this.#waiting]) if ((known.get(diaObjectId)?.sequence ?? Infinity) < sequence) known.delete(diaObjectId)
    const row = this.#rows.get(diaObjectId)
    if (row && row.candidate.sequence < sequence) row.leave()
  }

  #apply (): void {
    for (const [id, candidate] of this.#incoming) {
      const wanted = matches(candidate, this.#filter)
      const row = this.#rows.get(id)
      if (row) {
        if (candidate.sequence > row.candidate.sequence) row.update(candidate, wanted)
      } else if (wanted) {
        this.#waiting.delete(id)
        this.#waiting.set(id, candidate)
      } else {
        this.#waiting.delete(id)
      }
    }
    this.#incoming.clear()
    if (this.#filter.sort === 'recency') while (this.#waiting.size > LIMIT) this.#waiting.delete(this.#waiting.keys().next().value!)
  }

  /** Adds waiting rows and removes those that left; called at most once a second. */
  settle (): void {
    for (const [id, row] of this.#rows) if (row.left) this.#remove(id, row)
    for (const candidate of this.#waiting.values()) {
      const row = this.#create(candidate)
      this.#rows.set(candidate.diaObjectId, row)
      this.#body.prepend(row.element)
    }
    this.#waiting.clear()
    if (this.#filter.sort !== 'recency') this.#sort()
    while (this.#rows.size > LIMIT) {
      const last = this.#body.rows[this.#body.rows.length - 1]
      const entry = [...this.#rows].find(([, row]) => row.element === last)
      if (!entry) break
      this.#remove(...entry)
    }
  }

  /** In the order by newest change a row stays where it is; in other orders it moves to its place. */
  #sort (): void {
    const key = ({ candidate }: Row): number => orderKey(candidate, this.#filter)
    const sorted = [...this.#rows.values()].sort((a, b) => {
      const [one, other] = [key(a), key(b)]
      return one === other ? b.candidate.sequence - a.candidate.sequence : other - one
    })
    sorted.forEach(({ element }, place) => {
      if (this.#body.rows[place] !== element) this.#body.insertBefore(element, this.#body.rows[place] ?? null)
    })
  }

  #remove (id: string, row: Row): void {
    this.#onScreen.unobserve(row.element)
    row.element.remove()
    this.#rows.delete(id)
  }

  #create (candidate: Candidate): Row {
    const row = new Row(candidate)
    this.#askHistory(row)
    return row
  }

  /** Asks once the row is on the screen. */
  #askHistory ({ element }: Row): void {
    this.#onScreen.unobserve(element)
    this.#onScreen.observe(element)
  }

  #seen (entries: IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const row = [...this.#rows.values()].find(({ element }) => element === target)
      if (row && isIntersecting) this.#withoutHistory.add(row)
      else if (row) this.#withoutHistory.delete(row)
    }
    while (this.#asking < HISTORIES_AT_ONCE && this.#withoutHistory.size > 0) this.#keepAsking()
  }

  /** Readers look at the top of the table, and new rows come in there. */
  #highestWithoutHistory (): Row | undefined {
    for (const row of this.#withoutHistory) if (!row.element.isConnected) this.#withoutHistory.delete(row)
    const [highest] = [...this.#withoutHistory].sort((a, b) => a.element.rowIndex - b.element.rowIndex)
    return highest
  }

  async #keepAsking (): Promise<void> {
    this.#asking++
    for (let row = this.#highestWithoutHistory(); row; row = this.#highestWithoutHistory()) {
      this.#withoutHistory.delete(row)
      this.#onScreen.unobserve(row.element)
      try {
        row.showHistory(await fetchHistory(row.candidate.diaObjectId))
      } catch { /* The row stands without its line; the connection's state tells why. */ }
      await new Promise(resolve => setTimeout(resolve, PACE))
    }
    this.#asking--
  }
}
