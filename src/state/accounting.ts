/** The counters of what became of every alert: they only rise, and the identity holds at every commit. */
import type { CountedOutcome } from './store.ts'
import type { Accounting, DeclineReason, Outcome } from './views.ts'

export const emptyAccounting = (): Accounting =>
  ({ received: 0, classified: 0, declined: 0, duplicate: 0, deadLettered: 0, replayed: 0, declinedByReason: {}, deadLetteredByCode: {} })

/**
 * Counters as they were kept, with those that an older Candela did not keep.
 * @param codes the codes of the dead letters that stand: until letters could be put through again, all there ever were
 */
export function completed (kept: Partial<Accounting>, codes: () => Iterable<string>): Accounting {
  const accounting = { ...emptyAccounting(), ...kept }
  if (kept.deadLetteredByCode === undefined) {
    for (const code of codes()) raise(accounting.deadLetteredByCode, code)
  }
  return accounting
}

/** @param replayed it was a dead letter put through again */
export function countedAs ({ outcome, reason }: { outcome: Outcome, reason?: string | undefined }, replayed: boolean): CountedOutcome {
  if (outcome === 'declined') return { outcome, reason: reason as DeclineReason, replayed }
  return outcome === 'dead-lettered' ? { outcome, code: reason!, replayed } : { outcome, replayed }
}

export function counted (before: Accounting, outcomes: readonly CountedOutcome[]): Accounting {
  const after = { ...before, declinedByReason: { ...before.declinedByReason }, deadLetteredByCode: { ...before.deadLetteredByCode } }
  for (const { outcome, reason, code, replayed } of outcomes) {
    after.received++
    if (outcome === 'dead-lettered') after.deadLettered++
    else after[outcome]++
    if (replayed) after.replayed++
    if (outcome === 'declined' && reason) raise(after.declinedByReason, reason)
    if (outcome === 'dead-lettered' && code) raise(after.deadLetteredByCode, code)
  }
  return after
}

function raise<Name extends string> (counts: Partial<Record<Name, number>>, name: Name): void {
  counts[name] = (counts[name] ?? 0) + 1
}
