/** A night in words and tables. */
import type { Accounting } from '../../../src/state/views.ts'
import type { StreamStatistics } from '../../../src/stream/measures.ts'
import type { Latencies, Quantiles } from './latencies.ts'
import type { Growth } from './memory.ts'
import { TOGETHER } from './plan.ts'
import type { Second } from './survey-feed.ts'

export interface Report {
  /** ISO 8601. */
  date: string
  settings: Record<string, unknown>
  machine: { processors: number, model: string, node: string, busy: number }
  fed: { sent: number, seconds: Second[] }
  accounting: Accounting
  objects: number
  /** Alerts that ingest wrote to photometry once more, after an outage. */
  repeatedByIngest: number
  latencies: Latencies
  streams: Array<{ name: string, stream: StreamStatistics }>
  growths: Growth[]
  sample: number
  wrong: string[]
}

/** Rows of a table for a terminal and Markdown alike. */
function table (head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map(row => row[column]!.length)))
  const line = (row: readonly string[]): string => `| ${row.map((cell, column) => column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)).join(' | ')} |`
  return [line(head), `|${widths.map((width, column) => column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`).join('|')}|`, ...rows.map(line)].join('\n')
}

const count = (n: number): string => n.toLocaleString('en')
const ms = (time: number): string => Number.isNaN(time) ? '' : count(Math.round(time))
const s = (time: number): string => Number.isFinite(time) ? (time / 1000).toFixed(1) : 'never'
const cells = ({ alerts, p50, p90, p99, max }: Quantiles): string[] => [count(alerts), ms(p50), ms(p90), ms(p99), ms(max)]
const seconds = (time: number | null): string => time === null ? '' : ms(1000 * time)

/** Behind are seconds in which the feed had sent fewer alerts than were due, by more than what is sent together. */
function feedLine ({ sent, seconds }: Report['fed']): string {
  const rates = seconds.map(({ sent }, k) => sent - (seconds[k - 1]?.sent ?? 0)).sort((a, b) => a - b)
  const behind = seconds.filter(({ due, sent }) => due - sent > TOGETHER).length
  const most = Math.max(0, ...seconds.map(({ due, sent }) => due - sent))
  return `The feed: ${count(sent)} alerts; alerts in a second: median ${rates[Math.floor(rates.length / 2)] ?? 0}, most ${rates.at(-1) ?? 0}; behind its plan in ${behind} of ${seconds.length} seconds, by ${count(most)} alerts at most (bursts and the broker's restart among them).`
}

export function text (report: Report): string {
  const { date, machine, fed, accounting, objects, repeatedByIngest, latencies, streams, growths, sample, wrong } = report
  const { received, classified, declined, duplicate, deadLettered } = accounting
  const { overall, steady, steadyParts, warmUp, disturbed, seconds: { steady: steadySeconds, all } } = latencies
  return [
    `${date}, ${machine.processors} × ${machine.model}, Node ${machine.node}; ${machine.busy.toFixed(2)} processors busy on average, all that ran on the machine.`,
    feedLine(fed),
    `received ${count(received)} = classified ${count(classified)} + declined ${count(declined)} + duplicate ${count(duplicate)} + dead-lettered ${count(deadLettered)}; ${count(objects)} objects; ${count(repeatedByIngest)} alerts written twice by ingest.`,
    '',
    `From the append to the survey's topic to a consumer of classifications with read_committed [ms]; ${steadySeconds} of ${all} s were calm:`,
    '',
    table(['alerts of', 'alerts', 'p50', 'p90', 'p99', 'max', 'calm again after [s]', 'all published after [s]'], [
      ['the calm', ...cells(steady), '', ''],
      ...steadyParts.map(({ name, latency }) => [`– ${name}`, ...cells(latency), '', '']),
      ['the warm-up', ...cells(warmUp), '', ''],
      ...disturbed.map(({ name, latency, recovery, published }) => [name, ...cells(latency), s(recovery), s(published)]),
      ['all of it', ...cells(overall), '', '']
    ]),
    '',
    'As the processes tell it themselves, everything since they started [ms]:',
    '',
    table(['process', 'stage', 'alerts', 'p50', 'p90', 'p99', 'max'], streams.flatMap(({ name, stream }) => Object.entries(stream.latency).filter(([, { count }]) => count > 0)
      .map(([stage, latency]) => [name, stage, count(latency.count), seconds(latency.p50), seconds(latency.p90), seconds(latency.p99), seconds(latency.max)]))),
    '',
    'Memory of each process in the second half of its time: its own, without pages of files; what its heap and buffers keep after collections of all garbage, with the rise of a fitted line. Open files, data folder:',
    '',
    table(['process', 'min', 'processors', 'own [MiB]', 'kept [MiB]', 'rise [MiB/min]', 'with files [MiB]', 'open files', 'folder [MiB]'], growths.map(({ name, minutes, processors, anonymous, kept, slope, resident, files, folder }) =>
      [name, minutes.toFixed(1), processors.toFixed(2), anonymous.toFixed(0), kept.toFixed(0), slope.toFixed(1), resident.toFixed(0), `${files.middle} → ${files.end}`, folder ? `${folder.begin.toFixed(0)} → ${folder.end.toFixed(0)}` : ''])),
    '',
    wrong.length === 0
      ? `All is as it should be; the newest P(Ia) of ${sample} objects, published and served, is that of candela replay.`
      : `NOT as it should be:\n${wrong.map(line => `- ${line}`).join('\n')}`
  ].join('\n')
}
