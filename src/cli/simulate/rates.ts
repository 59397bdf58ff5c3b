/** `candela simulate --sky … --rates`: the mix that a survey alerts on. */
import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { messageOf, UsageError } from '../../errors.ts'
import { shareFile, shareTable, type ShareTable } from '../../simulator/rates/class-shares.ts'
import { estimateMix } from '../../simulator/rates/estimate.ts'
import type { Estimate, Mix } from '../../simulator/rates/mix.ts'
import type { SkyOptions } from '../../simulator/workers/tasks.ts'
import { SkyThreads } from '../../simulator/workers/threads.ts'
import { SIMULATED_SKY } from '../../simulator/workers/write-sky.ts'
import { stdoutUntilStopped } from '../output.ts'
import { Progress } from './progress.ts'

/** Rounded to some digits from a size on: 470,225 of the size of 49,934 is 470,000. */
function rounded (value: number, size: number, digits: number): string {
  if (value === 0) return '0'
  const places = digits - 1 - Math.floor(Math.log10(size))
  const unit = 10 ** -places
  return (Math.round(value / unit) * unit).toLocaleString('en', { minimumFractionDigits: Math.max(0, places), maximumFractionDigits: Math.max(0, places) })
}
const number = (value: number): string => rounded(value, value, 3)
const estimate = ({ value, error }: Estimate, isLimit: boolean): string => isLimit
  ? `< ${rounded(error, error, 2)}`
  : error > 0 ? `${rounded(value, error, 2)} ± ${rounded(error, error, 2)}` : number(value)

/** Text in columns, the first to the left, the others to the right. */
function aligned (rows: readonly string[][]): string {
  const widths = rows[0]!.map((_, k) => Math.max(...rows.map(row => row[k]!.length)))
  return rows.map(row => `${row.map((cell, k) => k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)).join('  ').trimEnd()}\n`).join('')
}

/** The table for a terminal. */
export function ratesTable ({ sky, area, years, newObjectsPerYear, alertsPerNight, classes }: Mix): string {
  const percent = (share: number): string => `${share >= 0.0995 ? Math.round(share * 100) : Number((share * 100).toPrecision(2))} %`
  return `${aligned([
    ['class', 'in the area', 'seen', 'new a year', 'alerts a night', 'of the alerts'],
    ...classes.map(({ class: skyClass, kind, population, seenShare, newObjectsPerYear, alertsPerNight, shareOfAlerts, isLimit }) => [
      skyClass, `${number(population)}${kind === 'events' ? ' a year' : ''}`, isLimit ? `< ${percent(seenShare.error)}` : percent(seenShare.value),
      estimate(newObjectsPerYear, isLimit), estimate(alertsPerNight, isLimit), isLimit ? '0 %' : percent(shareOfAlerts)
    ]),
    ['all', '', '', estimate(newObjectsPerYear, false), estimate(alertsPerNight, false), '']
  ])}
${sky}: ${Math.round(area).toLocaleString('en')} square degrees, ${Number(years.toPrecision(2))} years. Alerts a night are a mean over all nights of the year. New objects of a class that
is there all the time are a mean over the whole survey. Errors are those of the number of attempts (1 σ; < at 95 %).\n`
}

/** Shares in per cent, by number of detections. */
export function sharesTable ({ detections, shares }: Pick<ShareTable, 'detections' | 'shares'>): string {
  const percent = (share: number): string => share < 1e-5 ? '·' : share >= 0.0995 ? String(Math.round(share * 100)) : String(Number((share * 100).toPrecision(2)))
  return aligned([
    ['of the alerts [%], detections', ...detections.map(String)],
    ...Object.entries(shares).map(([skyClass, row]) => [skyClass, ...row.map(percent)])
  ])
}

export interface RatesRequest {
  /** Of each class. */
  attempts: number
  /** How long the survey has been followed [yr]. */
  followed: number
  /** What `--shares`, `--settings` and `--classes` name. */
  shares: { file: string, settings: string | null, classes: readonly string[] | null } | null
}

/** The command that makes the file again, whichever folders its files lie in. */
const commandOf = ({ sky, seed }: SkyOptions, { attempts, followed, shares }: RatesRequest): string => ['candela simulate', `--sky ${sky}`, '--sources templates',
  shares?.settings ? `--settings ${basename(shares.settings)}` : '', shares?.classes ? `--classes ${shares.classes.join(',')}` : '',
  '--rates', `--shares ${basename(shares!.file)}`, `--followed ${followed}`, `--attempts ${attempts}`, `--seed ${seed}`].filter(part => part !== '').join(' ')

/** @throws UsageError */
function writeShares (file: string, text: string): void {
  try {
    writeFileSync(file, text)
    process.stderr.write(`class shares → ${file}\n`)
  } catch (cause) {
    throw new UsageError(`--shares ${file}: ${messageOf(cause)}`, { value: file, cause, action: 'Name a file that can be written.' })
  }
}

/** @throws UsageError for `generic`, or for a file that cannot be written */
export async function printRates (options: SkyOptions, request: RatesRequest, jobs: number, json: boolean): Promise<void> {
  const { attempts, followed, shares } = request
  const { sky } = options
  if (sky === 'generic') throw new UsageError('--rates of the sky generic: it is no survey, and covers no area', { action: 'Give lsst, ztf or des with --sky.' })
  const output = stdoutUntilStopped()
  const progress = new Progress('attempts', 0)
  const threads = new SkyThreads(SIMULATED_SKY, options, jobs)
  try {
    const { mix, shares: estimate } = await estimateMix(threads, sky, attempts, followed, (done, all) => progress.done(done, all), output.signal)
    const table = shares === null ? null : shareTable(sky, estimate, { name: basename(shares.file, '.json'), command: commandOf(options, request), followed })
    await output.write(json ? `${JSON.stringify(table === null ? mix : { ...mix, shares: table })}\n` : ratesTable(mix) + (table === null ? '' : `\n${sharesTable(table)}`))
    if (table !== null && output.stoppedBy === null) writeShares(shares!.file, shareFile(table))
    if (output.stoppedBy !== null) {
      process.stderr.write(`candela: stopped by ${output.stoppedBy}; the numbers are those of the attempts so far${shares === null ? '' : `, and ${shares.file} is not written`}\n`)
      process.exitCode = 1
    }
  } finally {
    progress.end()
    await threads.close()
  }
}
