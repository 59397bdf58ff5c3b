/** The accounting identity as a line for a terminal. */
import type { Accounting } from '../../state/views.ts'

type Counts = Partial<Record<string, number>>

/** What was counted from one accounting to a later one: all alerts, then what became of them. */
export function describeAccounting (after: Accounting, before: Accounting): string {
  const since = (name: 'received' | 'classified' | 'declined' | 'duplicate' | 'deadLettered'): number => after[name] - before[name]
  return `received ${since('received')} = classified ${since('classified')}` +
    ` + declined ${since('declined')}${listed(after.declinedByReason, before.declinedByReason)}` +
    ` + duplicate ${since('duplicate')} + dead-lettered ${since('deadLettered')}${listed(after.deadLetteredByCode, before.deadLetteredByCode)}`
}

function listed (after: Counts, before: Counts): string {
  const risen = Object.entries(after).map(([name, count = 0]) => [name, count - (before[name] ?? 0)] as const).filter(([, count]) => count > 0)
  return risen.length > 0 ? ` (${risen.map(([name, count]) => `${name} ${count}`).join(', ')})` : ''
}
