/** Rows and cells of a Markdown table. */
import { fixed } from '../src/training/evaluation/metrics.ts'

/** Mean and sample standard deviation, such as 97.35 ± 0.12; without spread where there is one value, – where one is not defined. */
export function spread (given: ReadonlyArray<number | null>, digits: number): string {
  const values = given.filter(value => value !== null)
  if (values.length === 0 || values.length < given.length) return fixed(null, digits)
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  if (values.length < 2) return mean.toFixed(digits)
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
  return `${mean.toFixed(digits)} ± ${deviation.toFixed(digits)}`
}

export const row = (...parts: Array<string | number>): string => `| ${parts.join(' | ')} |`
export const head = (...parts: string[]): string[] => [row(...parts), `|${parts.map(() => '---|').join('')}`]
