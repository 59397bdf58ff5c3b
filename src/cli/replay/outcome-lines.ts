/** Outcomes as lines: one line of NDJSON for each alert on stdout, errors on stderr. */
import type { AlertOutcome } from '../../state/processor/processor.ts'

/**
 * @returns gives the line of an outcome and says on stderr why an alert is a dead letter; what to do about a code is
 *   said once
 */
export function outcomeLines (): <Outcome extends AlertOutcome>(outcome: Outcome, origin: string) => string {
  const advised = new Set<string | undefined>()
  return ({ action, ...line }, origin) => {
    const dead = line.outcome === 'dead-lettered'
    if (dead) {
      process.stderr.write(`candela: ${origin}: ${line.message} [${line.reason}]\n`)
      if (action !== undefined && !advised.has(line.reason)) process.stderr.write(`  ${action}\n`)
      advised.add(line.reason)
    }
    return `${JSON.stringify({ ...line, origin: dead ? origin : undefined })}\n`
  }
}
