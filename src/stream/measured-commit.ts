/** Measures a commit without Kafka. */
import type { AlertOutcome } from '../state/outcome.ts'
import type { Measures } from './measures.ts'

/** @param times when each alert's bytes arrived [ms since 1970, UTC], and when their processing began, by performance.now() [ms] */
export function measureCommit (measures: Measures, outcomes: readonly AlertOutcome[], { arrived, processing }: { arrived: readonly number[], processing: number }): void {
  const now = Date.now()
  measures.batch(outcomes.length)
  measures.batchTime('process', performance.now() - processing)
  measures.outcomes(outcomes)
  for (const since of arrived) measures.latency('total', since, now)
}
