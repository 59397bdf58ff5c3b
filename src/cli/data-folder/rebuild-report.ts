/** Progress and summary of a rebuild. */
import type { RebuildPage } from '../../state/processor/rebuild.ts'

/** Between two lines of progress [ms]. */
const TERMINAL_PACE = 1000
const LOG_PACE = 10_000

/** Sums over pages. */
export type RebuildSummary = Omit<RebuildPage, 'next' | 'objects'>

export interface RebuildReport {
  readonly summary: RebuildSummary
  /** Reports failures, and from time to time the progress, on stderr. */
  add (page: RebuildPage): void
  /** Reports the sums over all pages on stderr. */
  end (): void
}

/** @param named number of objects that were asked for; 0 for all of the store */
export function rebuildReport (named: number): RebuildReport {
  const began = performance.now()
  const summary: RebuildSummary = { classifierName: '', classifierVersion: '', lookedAt: 0, revised: 0, unchanged: 0, declined: 0, failed: [] }
  const advised = new Set<string>()
  let shown = -Infinity
  const rate = (): number => summary.lookedAt / ((performance.now() - began) / 1000)

  return {
    summary,
    add ({ objects, failed, classifierName, classifierVersion, ...page }) {
      Object.assign(summary, { classifierName, classifierVersion })
      for (const name of ['lookedAt', 'revised', 'unchanged', 'declined'] as const) summary[name] += page[name]
      for (const failure of failed) {
        const { code, message, action } = failure
        summary.failed.push(failure)
        process.stderr.write(`candela: ${message} [${code}]\n`)
        if (action !== null && !advised.has(code)) process.stderr.write(`  ${action}\n`)
        advised.add(code)
      }
      const all = named || objects
      const left = all - summary.lookedAt
      if (left <= 0 || performance.now() - shown < (process.stderr.isTTY ? TERMINAL_PACE : LOG_PACE)) return
      shown = performance.now()
      process.stderr.write(`${summary.lookedAt} of ${all} objects, ${rate().toFixed(0)} objects/s, ${Math.ceil(left / rate())} s left\n`)
    },
    end () {
      const { classifierName, classifierVersion, lookedAt, revised, unchanged, declined, failed } = summary
      if (classifierName === '') return
      const nothing = lookedAt > 0 && unchanged === lookedAt ? 'nothing changed: ' : ''
      process.stderr.write(`${classifierName}/${classifierVersion}: ${nothing}${lookedAt} objects looked at, ${revised} revised, ${unchanged} unchanged, ${declined} declined, ${failed.length} failed; ${rate().toFixed(0)} objects/s\n`)
    }
  }
}
