/** Statistics of several stores as of one. */
import { emptyAccounting } from './accounting.ts'
import type { Accounting, StoreStatistics } from './views.ts'

export const emptyStatistics = (): StoreStatistics =>
  ({ objects: 0, archivedObjects: 0, republished: 0, deadLetters: 0, deadLettersDiscarded: 0, accounting: emptyAccounting() })

export const sumOfStatistics = (a: StoreStatistics, b: StoreStatistics): StoreStatistics => ({
  objects: a.objects + b.objects,
  archivedObjects: a.archivedObjects + b.archivedObjects,
  republished: a.republished + b.republished,
  deadLetters: a.deadLetters + b.deadLetters,
  deadLettersDiscarded: a.deadLettersDiscarded + b.deadLettersDiscarded,
  accounting: sumOfAccounting(a.accounting, b.accounting)
})

export const sumOfAccounting = (a: Accounting, b: Accounting): Accounting => ({
  received: a.received + b.received,
  classified: a.classified + b.classified,
  declined: a.declined + b.declined,
  duplicate: a.duplicate + b.duplicate,
  deadLettered: a.deadLettered + b.deadLettered,
  replayed: a.replayed + b.replayed,
  declinedByReason: sumByName(a.declinedByReason, b.declinedByReason),
  deadLetteredByCode: sumByName(a.deadLetteredByCode, b.deadLetteredByCode)
})

function sumByName<Counts extends Partial<Record<string, number>>> (a: Counts, b: Counts): Counts {
  const sum: Partial<Record<string, number>> = { ...a }
  for (const [name, count = 0] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count
  return sum as Counts
}
