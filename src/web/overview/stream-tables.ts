/** How fast alerts come through, and how far behind them a process on Kafka is. */
import type { Distribution, Statistics } from '../api.ts'
import { element } from '../elements.ts'
import { seconds, whole } from '../words.ts'

type Stream = NonNullable<Statistics['stream']>

const STAGES: Record<string, string> = {
  ingest: 'survey’s record → Candela’s topic of photometry',
  classify: 'that → classification published',
  total: 'survey’s record, or arrival without Kafka → classification published',
  query: 'classification published → served here'
}

const records = (count: number | null): string => count === null ? '–' : whole(Math.round(count))

const cells = ({ count, p50, p90, p99, max }: Distribution, write: (value: number | null) => string): HTMLElement[] =>
  [whole(count), write(p50), write(p90), write(p99), write(max)].map(text => element('td', { class: 'number' }, text))

export const latencyRows = ({ latency }: Stream): HTMLTableRowElement[] => Object.entries(latency).map(([stage, distribution]) =>
  element('tr', {},
    element('th', { scope: 'row' }, stage, element('small', {}, ` ${STAGES[stage] ?? ''}`)),
    ...distribution.count === 0
      ? [element('td', { colspan: 5, class: 'number quiet' }, 'not measured in this process')]
      : cells(distribution, seconds)))

export const lagRows = ({ lag }: Stream): HTMLTableRowElement[] => Object.entries(lag).map(([topic, distribution]) => {
  const newest = Object.values(distribution.newest)
  return element('tr', {},
    element('th', { scope: 'row' }, topic, element('small', {}, ` ${newest.length} ${newest.length === 1 ? 'partition' : 'partitions'}`)),
    element('td', { class: 'number' }, records(newest.reduce((sum, lag) => sum + lag, 0))),
    ...cells(distribution, records))
})
