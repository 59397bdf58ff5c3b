/** The orders of the list of changes other than that of its numbers: by P(Ia), by rise, by place on the sky. */
import type { Database } from 'lmdb'
import { PROBABILITY_STEPS } from '../../record/record.ts'
import type { Candidate } from '../../views.ts'
import { cellOf, placeOf, type CellRange, type Place } from '../../sky.ts'

/** Which order, what the entry is sorted by in it, and its number in the list of changes. */
export type OrderKey = [order: number, key: number, sequence: number]
export type OrderTable = Database<Uint8Array, OrderKey>

const BY_PROBABILITY = 0
const BY_RISE = 1
const BY_CELL = 2

/** Of an entry without a rise: it comes last. */
export const NO_RISE = -2

const stepsOf = (value: number): number => Math.round(value * PROBABILITY_STEPS)
const ordersByValue = { probability: BY_PROBABILITY, rise: BY_RISE } as const
export type ValueSort = keyof typeof ordersByValue

export const sortValue = { probability: ({ probabilityIa }: Candidate): number => probabilityIa, rise: ({ rise }: Candidate): number => rise ?? NO_RISE }

const NOTHING = new Uint8Array()

const packPlace = ({ ra, dec }: Place): Uint8Array => Buffer.from(Float64Array.of(ra, dec).buffer)

function unpackPlace (value: Uint8Array): Place {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
  return { ra: view.getFloat64(0, true), dec: view.getFloat64(8, true) }
}

/** What stands for an entry in the orders, in the order of the keys. An object of unknown position is in no cell. */
export function rowsOf (candidate: Candidate): Array<[OrderKey, Uint8Array]> {
  const { probabilityIa, sequence } = candidate
  const place = placeOf(candidate)
  return [
    [[BY_PROBABILITY, stepsOf(probabilityIa), sequence], NOTHING],
    [[BY_RISE, stepsOf(sortValue.rise(candidate)), sequence], NOTHING],
    ...place ? [[[BY_CELL, cellOf(place), sequence], packPlace(place)] satisfies [OrderKey, Uint8Array]] : []
  ]
}

/** An entry by its number, and what it is sorted by. */
export interface OrderedRow {
  key: number
  sequence: number
}

/**
 * Entries with a value from `highest` down to `lowest`, the greatest first; of one value the newest first.
 * @param after the entry to go on behind
 */
export function * byValue (table: OrderTable, sort: ValueSort, { highest, lowest }: { highest: number, lowest: number }, after?: OrderedRow): Generator<OrderedRow> {
  const order = ordersByValue[sort]
  const start: OrderKey = after ? [order, stepsOf(after.key), after.sequence] : [order, stepsOf(highest), Number.MAX_SAFE_INTEGER]
  for (const [, steps, sequence] of table.getKeys({ start, end: [order, stepsOf(lowest), -1], reverse: true })) {
    const key = steps / PROBABILITY_STEPS
    if (!(after && key === after.key && sequence === after.sequence)) yield { key, sequence }
  }
}

/** Entries in some cells with their places, in no order that means anything. */
export function * inCells (table: OrderTable, ranges: readonly CellRange[]): Generator<{ sequence: number, place: Place }> {
  for (const { first, end } of ranges) {
    for (const { key: [, , sequence], value } of table.getRange({ start: [BY_CELL, first, -1], end: [BY_CELL, end, -1] })) yield { sequence, place: unpackPlace(value) }
  }
}
