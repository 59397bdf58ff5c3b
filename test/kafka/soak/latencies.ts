/** How long alerts took, apart for the calm and for what happened in between. */
import type { Way } from './way.ts'

export interface Happening {
  name: string
  /** When it began, and when what caused it was over: from then on Candela recovers [ms since 1970, UTC]. */
  from: number
  until: number
}

export interface Quantiles {
  alerts: number
  /** [ms]; NaN where there are no alerts */
  p50: number
  p90: number
  p99: number
  max: number
}

export interface Disturbed {
  name: string
  latency: Quantiles
  /** From its beginning until alerts were as fast again as the limit wants [ms]; Infinity where that was not before the next thing happened. */
  recovery: number
  /** From its beginning until all alerts that had come by then were published [ms]. */
  published: number
}

export interface Latencies {
  overall: Quantiles
  steady: Quantiles
  /** The same alerts by part of the way: survey → photometry, → sent as a classification, → received. */
  steadyParts: Array<{ name: string, latency: Quantiles }>
  warmUp: Quantiles
  disturbed: Disturbed[]
  /** Steady seconds, and all of them. */
  seconds: { steady: number, all: number }
}

/** The nearest rank. */
export function quantiles (values: readonly number[]): Quantiles {
  const sorted = Float64Array.from(values).sort()
  const rank = (q: number): number => sorted.length === 0 ? NaN : sorted[Math.ceil(q * sorted.length) - 1]!
  return { alerts: sorted.length, p50: rank(0.5), p90: rank(0.9), p99: rank(0.99), max: rank(1) }
}

const SECOND = 1000
/** So many seconds one after the other in which every alert is within the limit end a recovery. */
const CALM = 3

const latencyOf = ({ appended, received }: Way): number => received - appended

export interface LatencyOptions {
  began: number
  /** Processes that have just started are slower; alerts of this time are told apart [ms]. */
  warmUp: number
  /** Of an alert in the calm [ms]. */
  limit: number
  happenings: readonly Happening[]
}

export function latenciesOf (ways: readonly Way[], { began, warmUp, limit, happenings }: LatencyOptions): Latencies {
  const secondOf = ({ appended }: Way): number => Math.floor((appended - began) / SECOND)
  const bySecond = new Map<number, Way[]>()
  for (const way of ways) {
    const second = secondOf(way)
    const some = bySecond.get(second)
    if (some) some.push(way)
    else bySecond.set(second, [way])
  }
  const last = Math.max(...bySecond.keys())
  const isCalm = (second: number): boolean => bySecond.get(second)?.every(way => latencyOf(way) <= limit) ?? false
  const of = (ways: readonly Way[]): Quantiles => quantiles(ways.map(latencyOf))
  /** Seconds that are not calm. */
  const apart = new Set<number>()
  const taken = new Set<Way>()
  const warm = ways.filter(({ appended }) => appended - began < warmUp)
  for (let second = 0; second < warmUp / SECOND; second++) apart.add(second)
  const disturbed = happenings.map(({ name, from, until }, k): Disturbed => {
    const first = Math.floor((from - began) / SECOND)
    const next = happenings[k + 1] ? Math.floor((happenings[k + 1]!.from - began) / SECOND) : last + 1
    let end = Math.ceil((until - began) / SECOND)
    while (end < next && !Array.from({ length: CALM }, (_, k) => end + k).every(second => second > last || isCalm(second))) end++
    const recovered = end < next
    for (let second = first; second < end; second++) apart.add(second)
    const inside = ways.filter(({ appended, received }) => (appended < from ? received >= from : appended < began + end * SECOND))
    for (const way of inside) taken.add(way)
    const published = inside.reduce((latest, { received }) => Math.max(latest, received), from) - from
    return { name, latency: of(inside), recovery: recovered ? began + end * SECOND - from : Infinity, published }
  })
  const steady = ways.filter(way => !taken.has(way) && !apart.has(secondOf(way)))
  const part = (name: string, from: keyof Way & ('appended' | 'ingested' | 'sent'), to: keyof Way & ('ingested' | 'sent' | 'received')) =>
    ({ name, latency: quantiles(steady.map(way => way[to] - way[from])) })
  return {
    overall: of(ways),
    steady: of(steady),
    steadyParts: [part('to photometry', 'appended', 'ingested'), part('to its classification', 'ingested', 'sent'), part('to a consumer', 'sent', 'received')],
    warmUp: of(warm),
    disturbed,
    seconds: { steady: [...bySecond.keys()].filter(second => !apart.has(second)).length, all: last + 1 }
  }
}
