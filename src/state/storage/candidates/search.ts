/** Pages of candidates: filters, a cone on the sky, four orders. */
import type { CandidatePage, CandidatePosition, CandidateQuery, Cone, FoundCandidate } from '../../views.ts'
import { candidateIn, unpackListed, type ListedCandidate } from './entry.ts'
import { byValue, inCells, NO_RISE, sortValue, type OrderedRow, type OrderTable, type ValueSort } from './orders.ts'
import { filterOf, type Filter } from './filter.ts'
import { cellsOfRing, placeOf, separationOf } from '../../sky.ts'
import type { CandidateList } from './list.ts'

/**
 * Most entries that one page looks at, so that a rare filter cannot hold up the process: in their own order they lie
 * together, in another one each is looked up.
 */
const LONGEST_SCAN = { recency: 20_000, probability: 5000, rise: 5000, separation: 5000 }
/** A cone with more entries than this is looked for in the order that was asked for. */
const MOST_SORTED = 5000
/** What is left of a cone is one ring where there are no more entries in it than this. */
const ONE_RING = 1000
/** Width of the first ring around the centre of a larger cone [deg]. */
const FIRST_RING = 0.1
/** No ring is narrower [deg]. */
const NARROWEST_RING = 1e-4

interface Row extends OrderedRow {
  entry?: ListedCandidate
}

/** What the first page of a list saw: its numbers of changes and of moves. */
type Snapshot = Pick<CandidatePosition, 'newest' | 'moves'>

/** What a page has found, and whether it may look further. */
class Page {
  readonly candidates: FoundCandidate[] = []
  readonly #limit: number
  readonly #longest: number
  readonly #snapshot: Snapshot
  #seen = 0
  #last: OrderedRow | undefined

  constructor ({ limit, sort = 'recency' }: CandidateQuery, snapshot: Snapshot) {
    this.#limit = limit
    this.#longest = LONGEST_SCAN[sort]
    this.#snapshot = snapshot
  }

  get full (): boolean {
    return this.candidates.length === this.#limit || this.#seen >= this.#longest
  }

  look ({ key, sequence }: OrderedRow, found: FoundCandidate | undefined): void {
    this.#seen++
    this.#last = { key, sequence }
    if (found) this.candidates.push(found)
  }

  /** The page ends here, and the list goes on. */
  ended (at: OrderedRow | undefined = this.#last): CandidatePage {
    return { candidates: this.candidates, next: at ? { ...this.#snapshot, key: at.key, sequence: at.sequence } : null }
  }

  complete (): CandidatePage {
    return { candidates: this.candidates, next: null }
  }
}

export function searchCandidates (list: CandidateList, newest: number, query: CandidateQuery): CandidatePage {
  return new Search(list, newest, query).page()
}

class Search {
  readonly #list: CandidateList
  readonly #query: CandidateQuery
  readonly #passes: Filter
  readonly #snapshot: Snapshot
  readonly #page: Page

  constructor (list: CandidateList, newest: number, query: CandidateQuery) {
    this.#list = list
    this.#query = query
    this.#passes = filterOf(query)
    const { newest: last = newest, moves = list.moves } = query.after ?? {}
    this.#snapshot = { newest: last, moves }
    this.#page = new Page(query, this.#snapshot)
  }

  page (): CandidatePage {
    const { cone, sort = 'recency' } = this.#query
    if (sort === 'separation') {
      if (!cone) throw new Error('a list by separation needs a cone')
      return this.#bySeparation(cone)
    }
    const inside = cone && this.#inside(cone, 0, cone.radius, MOST_SORTED)
    return this.#walk(sort, inside ? this.#sorted(inside, sort) : this.#ordered(sort))
  }

  #entry (sequence: number): ListedCandidate | undefined {
    const value = this.#list.changes.get(sequence)
    return value && unpackListed(value)
  }

  #found (entry: ListedCandidate): FoundCandidate | undefined {
    if (!this.#passes(entry)) return undefined
    const { cone } = this.#query
    if (!cone) return candidateIn(entry)
    const place = placeOf(entry)
    const separation = place ? separationOf(cone, place) : Infinity
    return separation <= cone.radius ? { ...candidateIn(entry), separation } : undefined
  }

  #walk (sort: ValueSort | 'recency', rows: Iterable<Row>): CandidatePage {
    const { since } = this.#query
    for (const row of rows) {
      if (this.#page.full) return this.#page.ended()
      const entry = row.sequence > this.#snapshot.newest ? undefined : row.entry ?? this.#entry(row.sequence)
      // What lies behind in the order of publication is older still.
      if (since !== undefined && sort === 'recency' && entry && !entry.late && Date.parse(entry.publishedAt) <= since) break
      this.#page.look(row, entry && this.#found(entry))
    }
    return this.#page.complete()
  }

  #orders (): OrderTable {
    const { orders } = this.#list
    if (!orders) throw new Error('this store keeps no orders')
    return orders
  }

  * #ordered (sort: ValueSort | 'recency'): Generator<Row> {
    const { after, minProbability = 0, maxProbability = 1, minRise = NO_RISE } = this.#query
    if (sort === 'probability') {
      yield * byValue(this.#orders(), sort, { highest: maxProbability, lowest: minProbability }, after)
    } else if (sort === 'rise') {
      yield * byValue(this.#orders(), sort, { highest: 1, lowest: minRise }, after)
    } else {
      const start = after ? after.sequence - 1 : Number.MAX_SAFE_INTEGER
      for (const { key, value } of this.#list.changes.getRange({ start, reverse: true })) {
        const entry = unpackListed(value)
        yield { key, sequence: key, ...entry && { entry } }
      }
    }
  }

  /** The entries of a cone in an order, behind the page before. */
  #sorted (sequences: readonly OrderedRow[], sort: ValueSort | 'recency'): Row[] {
    const { after } = this.#query
    const rows = sequences.flatMap(({ sequence }): Row[] => {
      const entry = this.#entry(sequence)
      return entry ? [{ key: sort === 'recency' ? sequence : sortValue[sort](entry), sequence, entry }] : []
    }).sort((a, b) => b.key - a.key || b.sequence - a.sequence)
    return after ? rows.filter(({ key, sequence }) => key < after.key || (key === after.key && sequence < after.sequence)) : rows
  }

  /**
   * Entries by their separation from the centre, in no order.
   * @param from beyond which, and @param to up to which [deg]; the centre is in a ring from 0
   * @returns undefined where there are more than `most` in the cells of the ring
   */
  #inside (cone: Cone, from: number, to: number, most: number): OrderedRow[] | undefined {
    const rows: OrderedRow[] = []
    let seen = 0
    for (const { sequence, place } of inCells(this.#orders(), cellsOfRing(cone, from, to))) {
      if (++seen > most) return undefined
      const key = separationOf(cone, place)
      if (key >= from && key <= to && sequence <= this.#snapshot.newest) rows.push({ key, sequence })
    }
    return rows
  }

  /** Ring by ring from the centre, or from where the page before ended, so that a page does not read all of a large cone. */
  #bySeparation (cone: Cone): CandidatePage {
    const { after } = this.#query
    let last: OrderedRow | undefined = after
    let width = Math.max(FIRST_RING, (after?.key ?? 0) / 16)
    for (let from = after?.key ?? 0, rest = true; ;) {
      const to = rest ? cone.radius : Math.min(cone.radius, from + width)
      const rows = this.#inside(cone, from, to, rest ? ONE_RING : width > NARROWEST_RING ? LONGEST_SCAN.separation : Infinity)
      if (rows === undefined) {
        if (!rest) width = Math.max(NARROWEST_RING, width / 2)
        rest = false
        continue
      }
      rows.sort((a, b) => a.key - b.key || b.sequence - a.sequence)
      for (const row of rows) {
        if (last && (row.key < last.key || (row.key === last.key && row.sequence >= last.sequence))) continue
        if (this.#page.full) return this.#page.ended()
        const entry = this.#entry(row.sequence)
        const stayed = entry !== undefined && (entry.moved ?? 0) <= this.#snapshot.moves
        this.#page.look(row, stayed ? this.#found(entry) : undefined)
      }
      if (to === cone.radius) return this.#page.complete()
      last = { key: to, sequence: 0 }
      if (this.#page.full) return this.#page.ended(last)
      from = to
      width *= 2
    }
  }
}
