/** Checks the orders of the list of changes against its entries. */
import { ORDERS, ORDERS_VERSION } from '../storage/candidates/list.ts'
import { unpackListed, type ListedCandidate } from '../storage/candidates/entry.ts'
import { rowsOf, type OrderKey } from '../storage/candidates/orders.ts'
import { unpack } from 'msgpackr'
import type { Report } from './findings.ts'
import type { Snapshot, TableSnapshot } from './snapshot.ts'

/** The table of orders; undefined where the folder keeps none, or not yet this Candela's. */
export function ordersOf ({ orders, meta }: Pick<Snapshot, 'orders' | 'meta'>): TableSnapshot<OrderKey> | undefined {
  const version = meta.get(ORDERS)
  try {
    return version && unpack(version) === ORDERS_VERSION ? orders : undefined
  } catch {
    return undefined
  }
}

function listedIn (bytes: Uint8Array, sequence: number): ListedCandidate | undefined {
  try {
    const entry = unpackListed(bytes)
    return entry && { ...entry, sequence }
  } catch {
    return undefined
  }
}

const same = (a: Uint8Array, b: Uint8Array | undefined): boolean => b !== undefined && Buffer.compare(a, b) === 0

/**
 * Checks that each order has each entry at its place, and nothing else.
 * @param reported numbers of entries that have findings of their own
 */
export function checkOrders ({ changes }: Snapshot, orders: TableSnapshot<OrderKey>, reported: ReadonlySet<number>, report: Report, onDisorder: (message: string) => void): void {
  for (const { key: sequence, value } of changes.entries(onDisorder)) {
    if (reported.has(sequence)) continue
    const entry = listedIn(value, sequence)
    if (!entry || rowsOf(entry).every(([key, place]) => same(place, orders.get(key)))) continue
    report('order-missing', `object ${entry.diaObjectId}: its entry ${sequence} of the list of changes is not at its place in each order`, entry.diaObjectId)
  }
  for (const { key } of orders.entries(onDisorder)) {
    const [order, place, sequence] = key
    if (reported.has(sequence)) continue
    const value = changes.get(sequence)
    const entry = value && listedIn(value, sequence)
    if (entry && rowsOf(entry).some(([[of, at]]) => of === order && at === place)) continue
    report('order-orphaned', `place ${key.join('/')} in the orders is of no entry of the list of changes`, entry?.diaObjectId)
  }
}
