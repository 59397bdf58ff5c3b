/** Compares the counters of a store with each other and with the contents of the store. */
import { unpack } from 'msgpackr'
import { reasonIn } from '../../errors.ts'
import { completed } from '../accounting.ts'
import type { Tally } from '../storage/packed-commit.ts'
import type { Accounting } from '../views.ts'
import type { Report } from './findings.ts'
import type { Snapshot } from './snapshot.ts'

/** What the walk through the store has counted. */
export interface Counted {
  /** Null where some of them could not be read. */
  publications: number | null
  greatestChange: number
  greatestDeadLetter: number
}

const total = (counts: object): number => Object.values(counts).reduce<number>((sum, count) => sum + Number(count), 0)

export function checkCounters ({ meta }: Snapshot, counted: Counted, report: Report, onDisorder: (message: string) => void): void {
  const values = new Map<string, unknown>()
  for (const { key, value } of meta.entries(onDisorder)) {
    try {
      values.set(key, unpack(value))
    } catch (error) {
      report('meta-unreadable', `the value '${String(key)}' cannot be read: ${reasonIn(error)}`)
      values.set(key, undefined)
    }
  }
  const accounting = counters(values, 'accounting', report) as Partial<Accounting> | null
  if (accounting) checkAccounting(completed(accounting, () => []), report)
  const tally = counters(values, 'tally', report) as Partial<Tally> | null
  if (accounting && tally) checkPublications(accounting.classified ?? 0, tally, counted.publications, report)
  const behind = (key: string, code: 'sequence-behind' | 'dead-letter-number-behind', greatest: number, of: string): void => {
    const last = values.has(key) ? values.get(key) : 0
    if (!Number.isSafeInteger(last)) {
      if (last !== undefined) report('meta-unreadable', `the value '${key}' is ${JSON.stringify(last)}, not a whole number`)
    } else if (last as number < greatest) report(code, `the newest ${of} was counted as number ${String(last)}, and there is number ${greatest}`)
  }
  behind('sequence', 'sequence-behind', counted.greatestChange, 'change')
  behind('dead-letters', 'dead-letter-number-behind', counted.greatestDeadLetter, 'dead letter')
}

/** @returns null where they cannot be used; none in a store without a commit */
function counters (values: ReadonlyMap<string, unknown>, key: string, report: Report): object | null {
  if (!values.has(key)) return {}
  const value = values.get(key)
  if (value === undefined) return null
  if (typeof value === 'object' && value !== null && Object.values(value).every(count => typeof count === 'object' || Number.isSafeInteger(count))) return value
  report('meta-unreadable', `the value '${key}' is ${JSON.stringify(value)}, not a set of counters`)
  return null
}

function checkAccounting ({ received, classified, declined, duplicate, deadLettered, replayed, declinedByReason, deadLetteredByCode }: Accounting, report: Report): void {
  const wrong = (message: string): void => report('accounting-wrong', message)
  if (received !== classified + declined + duplicate + deadLettered) {
    wrong(`received ${received} is not classified ${classified} + declined ${declined} + duplicate ${duplicate} + dead-lettered ${deadLettered}`)
  }
  if (total(declinedByReason) !== declined) wrong(`the reasons of declined alerts add up to ${total(declinedByReason)}, and ${declined} were declined: ${JSON.stringify(declinedByReason)}`)
  if (total(deadLetteredByCode) !== deadLettered) wrong(`the codes of dead letters add up to ${total(deadLetteredByCode)}, and ${deadLettered} were dead-lettered: ${JSON.stringify(deadLetteredByCode)}`)
  if (replayed > received) wrong(`${replayed} of ${received} received alerts were dead letters put through again`)
}

function checkPublications (classified: number, { republished = 0, archivedPublications = 0 }: Partial<Tally>, publications: number | null, report: Report): void {
  const expected = classified + republished - archivedPublications
  if (publications !== null && publications !== expected) {
    report('publications-miscounted', `the store has ${publications} published classifications, not ${expected} = classified ${classified} + republished ${republished} − archived ${archivedPublications}`)
  }
}
