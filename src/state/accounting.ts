/** Counts the outcomes of alerts. The counters only rise, and received = classified + declined + duplicate + dead-lettered at every commit. */
import type { AlertOutcome } from './outcome.ts'
import type { Accounting } from './views.ts'

export const emptyAccounting = (): Accounting =>
  ({ received: 0, classified: 0, declined: 0, duplicate: 0, deadLettered: 0, replayed: 0, declinedByReason: {}, deadLetteredByCode: {} })

/**
 * Completes stored counters with those that older versions of Candela did not have.
 * @param codes the codes of the stored dead letters; in the versions without these counters no letter ever left the store
 */
export function completed (kept: Partial<Accounting>, codes: () => Iterable<string>): Accounting {
  const accounting = { ...emptyAccounting(), ...kept }
  if (kept.deadLetteredByCode === undefined) {
    for (const code of codes()) raise(accounting.deadLetteredByCode, code)
  }
  return accounting
}

/** @param replayed how many of the alerts were dead letters put through again */
export function counted (before: Accounting, outcomes: readonly AlertOutcome[], replayed = 0): Accounting {
  const after = { ...before, declinedByReason: { ...before.declinedByReason }, deadLetteredByCode: { ...before.deadLetteredByCode } }
  after.received += outcomes.length
  after.replayed += replayed
  for (const outcome of outcomes) {
    if (outcome.outcome === 'dead-lettered') {
      after.deadLettered++
      raise(after.deadLetteredByCode, outcome.reason)
    } else {
      after[outcome.outcome]++
      if (outcome.outcome === 'declined') raise(after.declinedByReason, outcome.reason)
    }
  }
  return after
}

function raise<Name extends string> (counts: Partial<Record<Name, number>>, name: Name): void {
  counts[name] = (counts[name] ?? 0) + 1
}
