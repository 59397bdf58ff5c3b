/** `candela simulate --compare`: simulated light curves beside real ones. */
import { describeError, UsageError } from '../../errors.ts'
import { collect, lostParts, type Selection, type Side } from '../../simulator/comparison/collect.ts'
import { compare, DEFAULT_LIMIT, type Comparison } from '../../simulator/comparison/compare.ts'
import { comparisonJson, differing, oneSided, openComparison, titleOf } from '../../simulator/comparison/report.ts'
import { commandLine } from '../command-line.ts'
import { lightCurveProgress } from './light-curve-progress.ts'

export interface CompareOptions {
  compare: string[]
  with?: string[]
  out?: string
  leastSnr?: number
  brighterThan?: number
  limit?: number
  json?: true
}

const say = (message: string): void => { process.stderr.write(`candela: ${message}\n`) }

async function sideOf (name: string, paths: readonly string[], selection: Selection): Promise<Side> {
  const progress = lightCurveProgress(name)
  const side = await collect(paths, selection, { onUnreadable: error => say(describeError(error)), onRead: progress.read })
  progress.end()
  for (const part of [...lostParts(side), ...side.files.parts]) say(`${name}: ${part}`)
  if (side.files.hasNotRead) process.exitCode = 1
  return side
}

export async function compareLightCurves ({ compare: real, with: simulated, out, leastSnr = 0, brighterThan, limit = DEFAULT_LIMIT, json }: CompareOptions): Promise<void> {
  if (simulated === undefined) throw new UsageError('--compare names real light curves, and there are no simulated ones', { action: 'Name them: candela simulate --compare REAL… --with SIMULATED… --out FOLDER.' })
  if (out === undefined || out === '-') throw new UsageError('--compare writes a page and its numbers', { value: out, action: 'Name a folder for them with --out.' })
  const folder = await openComparison(out)
  const selection = { leastSnr, brighterThan: brighterThan ?? null }
  const comparison = compare(await sideOf('real', real, selection), await sideOf('simulated', simulated, selection), limit)
  await folder.write(comparison, [
    ['real', real.join(' ')],
    ['simulated', simulated.join(' ')],
    ['points', leastSnr === 0 ? 'all' : `those whose |S/N| is at least ${leastSnr}`],
    ['objects', brighterThan === undefined ? 'all' : `those with a detection brighter than ${brighterThan} mag`],
    ['limit', String(limit)],
    ['date', new Date().toISOString()],
    ['command', commandLine(process.argv)]
  ])
  const alone = oneSided(comparison)
  if (alone !== '') say(`on one side alone, and not compared: ${alone}`)
  process.stdout.write(json ? `${JSON.stringify(comparisonJson(comparison))}\n` : readable(comparison))
  say(`the page is ${out}/index.html`)
}

function readable ({ classes, limit }: Comparison): string {
  const line = (cells: readonly string[]): string => `${cells[0]!.padEnd(12)}${cells.slice(1, 5).map(cell => cell.padStart(10)).join('')}  ${cells[5]}\n`
  return [
    line(['class', 'real', 'simulated', 'judged', 'differing', `largest distances above ${limit}`]),
    ...classes.map(({ class: name, real, simulated, rows }) => line([
      name, String(real), String(simulated), String(rows.filter(({ differs }) => differs !== null).length), String(differing(rows).length),
      differing(rows).slice(0, 3).map(row => `${titleOf(row)} ${row.distance!.toFixed(2)}`).join('; ') || '–'
    ]))
  ].join('')
}
