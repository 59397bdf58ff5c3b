/** Measures of the alert stream since the process started, for /metrics and GET /v1/statistics. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { ReferenceDistribution } from '../model/reference-distribution.ts'
import type { AlertOutcome } from '../state/outcome.ts'
import { probabilityMeasures } from './probability-measures.ts'

/**
 * Ways of an alert: 'ingest' from its record in the survey's topic to its record in Candela's topic of photometry;
 * 'classify' from that to its publication; 'total' from the survey's record to its publication; 'query' from its
 * publication to the replica that serves it. Without Kafka there is 'total' alone: from the moment an alert's bytes are
 * here to the commit of what became of it.
 */
const LATENCY_STAGES = ['ingest', 'classify', 'total', 'query'] as const
export type LatencyStage = typeof LATENCY_STAGES[number]

/** Stages of a commit. */
const BATCH_STAGES = ['decode', 'process', 'publish', 'store'] as const
export type BatchStage = typeof BATCH_STAGES[number]

/** Roles that restore from the changelog. */
const RESTORING_ROLES = ['classify', 'query'] as const
export type RestoringRole = typeof RESTORING_ROLES[number]

/**
 * What became of an announcement, a record that names an object without a light curve: its light curve was asked for
 * ('followed'), had been asked for not long ago ('cached'), or could not be had ('failed'); or it names a known body of the
 * solar system ('declined').
 */
const ANNOUNCED = ['followed', 'cached', 'failed', 'declined'] as const
export type Announced = typeof ANNOUNCED[number]

/** Quantiles are estimates, see quantile(). All but the count are null where nothing was measured. */
export interface Distribution {
  count: number
  mean: number | null
  p50: number | null
  p90: number | null
  p99: number | null
  /** Exact. */
  max: number | null
}

/** A part of the process that waits. */
export interface Waiting {
  part: string
  /** Of the newest error. */
  code: string
  message: string
  /** ISO 8601, UTC. */
  since: string
}

/** A partition of photometry as a replica sees it. */
export interface ServedPartition {
  partition: number
  /** Whether a classify process has it. */
  hasOwner: boolean
  /** Records of photometry behind the position of the classify processes. */
  unclassified: number
  /** Records of the changelog that the replica has not read yet. */
  behind: number
}

export interface StreamStatistics {
  waiting: Waiting[]
  /** Empty where the process has no replica, and while nothing is known. */
  served: ServedPartition[]
  /** [s] */
  latency: Record<LatencyStage, Distribution>
  /** By topic [records]; `newest` by partition, those that moved away left out. */
  lag: Record<string, Distribution & { newest: Record<string, number> }>
  /** [s] */
  restore: Record<RestoringRole, Distribution>
}

/** Values that are not finite are not measured; negative values, as from clocks that differ, are measured as 0. */
export interface Measures {
  /**
   * An alert came to the end of a stage.
   * @param since timestamp of the record at its beginning [ms since 1970, UTC]; one below 0, Kafka's for none, is not measured
   * @param until [ms since 1970, UTC]
   */
  latency (stage: LatencyStage, since: number, until: number): void
  /** @param records between the position and the end of the partition, at a batch */
  lag (topic: string, partition: number, records: number): void
  /** The partition moved to another process, which measures its lag from now on. */
  forgetLag (topic: string, partition: number): void
  /** @param records that a restore has read since the last call, so that a long one is seen to progress */
  restoring (role: RestoringRole, records: number): void
  /** @param ms that the restore of a partition took [ms] */
  restored (role: RestoringRole, ms: number): void
  /** @param alerts of one commit */
  batch (alerts: number): void
  /** @param ms that one commit spent in a stage [ms] */
  batchTime (stage: BatchStage, ms: number): void
  /** What became of the alerts of one commit. */
  outcomes (outcomes: readonly AlertOutcome[]): void
  /** @param source of ingest */
  announced (source: string, outcome: Announced): void
  /** @param code of the CandelaError */
  incident (code: string): void
  /** A part of the process waits, and why; null when it goes on. @param part see Incidents.begin */
  waits (part: string, why: Pick<Waiting, 'code' | 'message'> | null): void
  /** How all partitions of photometry are served. */
  served (partitions: readonly ServedPartition[]): void
  /** Prometheus text format 0.0.4. */
  metrics (): Promise<string>
  statistics (): Promise<StreamStatistics>
}

const LATENCY_BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600]
const LAG_BUCKETS = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7]
const RESTORE_BUCKETS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600]
const BATCH_SECONDS_BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60]
const BATCH_ALERTS_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4]

export interface Bucket {
  /** Upper bound, inclusive; Infinity for the last. */
  le: number
  /** Values at or below it. */
  count: number
}

/**
 * A quantile out of cumulative buckets as Prometheus's histogram_quantile estimates it: linear within the bucket that
 * its rank falls into, from 0 in the first one. In the last bucket it is the highest finite bound, and where the first
 * bound is not above 0, that bound in the first. The estimate can lie above the highest value.
 * @param q 0 to 1
 * @param buckets two or more by rising bound, the last without one
 * @returns null where nothing was measured
 */
export function quantile (q: number, buckets: readonly Bucket[]): number | null {
  const all = buckets.at(-1)!.count
  if (all === 0) return null
  const rank = q * all
  const place = buckets.findIndex(({ count }) => count >= rank)
  if (place === buckets.length - 1) return buckets.at(-2)!.le
  const { le, count } = buckets[place]!
  if (place === 0 && le <= 0) return le
  const below = place === 0 ? { le: 0, count: 0 } : buckets[place - 1]!
  return below.le + (le - below.le) * (rank - below.count) / (count - below.count)
}

/** What can be measured of a value, see Measures. */
const measurable = (value: number): number | null => Number.isFinite(value) ? Math.max(0, value) : null

interface HistogramSettings {
  name: string
  help: string
  buckets: number[]
  registers: Registry[]
  label: string
  /** Values of the label that a scrape has from the beginning. */
  known?: readonly string[]
}

function labelledHistogram ({ label, known = [], ...settings }: HistogramSettings) {
  const histogram = new Histogram({ ...settings, labelNames: [label] })
  for (const value of known) histogram.zero({ [label]: value })
  const highest = new Map<string, number>()
  return {
    observe (of: string, given: number): void {
      const value = measurable(given)
      if (value === null) return
      histogram.observe({ [label]: of }, value)
      highest.set(of, Math.max(highest.get(of) ?? 0, value))
    },

    async distributions (): Promise<Map<string, Distribution>> {
      const found = new Map<string, { buckets: Bucket[], sum: number }>()
      for (const { labels, metricName, value } of (await histogram.get()).values) {
        const of = String(labels[label])
        const { buckets, sum } = found.get(of) ?? { buckets: [], sum: 0 }
        const le = labels['le']
        if (le !== undefined) buckets.push({ le: le === '+Inf' ? Infinity : Number(le), count: value })
        found.set(of, { buckets, sum: metricName === `${settings.name}_sum` ? value : sum })
      }
      return new Map([...found].map(([of, { buckets, sum }]) => {
        const count = buckets.at(-1)!.count
        const [p50 = null, p90 = null, p99 = null] = [0.5, 0.9, 0.99].map(q => quantile(q, buckets))
        return [of, { count, mean: count === 0 ? null : sum / count, p50, p90, p99, max: highest.get(of) ?? null }]
      }))
    }
  }
}

export interface MeasuresOptions {
  /** Distribution of P(Ia) on the card of the model in use; without it no drift is measured. */
  reference?: ReferenceDistribution | null
  /** False where the process does not use Kafka: /metrics then has no metrics of Kafka. */
  kafka?: boolean
}

/** Measures with a registry of their own. */
export function createMeasures ({ reference = null, kafka = true }: MeasuresOptions = {}): Measures {
  const registry = new Registry()
  const registers = [registry]
  const onKafka = kafka ? registers : []
  const latency = labelledHistogram({ name: 'candela_alert_latency_seconds', help: 'Time from the timestamp of an alert\'s record in Kafka, or from its arrival without Kafka, to the end of a stage.', label: 'stage', known: LATENCY_STAGES, buckets: LATENCY_BUCKETS, registers })
  const lag = labelledHistogram({ name: 'candela_kafka_lag_records', help: 'Records between the position and the end of a partition, at each batch.', label: 'topic', buckets: LAG_BUCKETS, registers: onKafka })
  const newestLag = new Gauge({ name: 'candela_kafka_lag', help: 'Records between the position and the end of a partition, at the newest batch.', labelNames: ['topic', 'partition'], registers: onKafka })
  const restore = labelledHistogram({ name: 'candela_restore_seconds', help: 'Time to restore a partition from the changelog.', label: 'role', known: RESTORING_ROLES, buckets: RESTORE_BUCKETS, registers: onKafka })
  const restoredRecords = new Counter({ name: 'candela_restored_records_total', help: 'Records of the changelog that were read to restore partitions.', labelNames: ['role'], registers: onKafka })
  for (const role of RESTORING_ROLES) restoredRecords.inc({ role }, 0)
  const batchAlerts = new Histogram({ name: 'candela_batch_alerts', help: 'Alerts of a commit.', buckets: BATCH_ALERTS_BUCKETS, registers })
  const batch = labelledHistogram({ name: 'candela_batch_seconds', help: 'Time that a commit spends in a stage.', label: 'stage', known: BATCH_STAGES, buckets: BATCH_SECONDS_BUCKETS, registers })
  const incidents = new Counter({ name: 'candela_kafka_incidents_total', help: 'Incidents with Kafka by error code.', labelNames: ['code'], registers: onKafka })
  const announced = new Counter({ name: 'candela_announced_total', help: 'Records that name an object without a light curve, by source and by what became of them.', labelNames: ['source', 'outcome'], registers: onKafka })
  const waitingParts = new Gauge({ name: 'candela_waiting', help: 'Parts of the process that wait, by the code of the error that has them wait.', labelNames: ['part', 'code'], registers: onKafka })
  const waiting = new Map<string, Waiting>()
  const partitionOwned = new Gauge({ name: 'candela_partition_owned', help: '1 where a classify process has the partition of photometry, 0 where none has.', labelNames: ['partition'], registers: onKafka })
  const unclassified = new Gauge({ name: 'candela_unclassified_records', help: 'Records of a partition of photometry behind the position of the classify processes.', labelNames: ['partition'], registers: onKafka })
  let served: ServedPartition[] = []
  const outcomes = probabilityMeasures(registers, reference)

  return {
    latency (stage, since, until) {
      if (since >= 0) latency.observe(stage, (until - since) / 1000)
    },
    lag (topic, partition, records) {
      const newest = measurable(records)
      if (newest === null) return
      lag.observe(topic, newest)
      newestLag.set({ topic, partition }, newest)
    },
    forgetLag (topic, partition) {
      newestLag.remove({ topic, partition })
    },
    restoring (role, records) {
      restoredRecords.inc({ role }, measurable(records) ?? 0)
    },
    restored: (role, ms) => restore.observe(role, ms / 1000),
    batch (alerts) {
      const measured = measurable(alerts)
      if (measured !== null) batchAlerts.observe(measured)
    },
    batchTime: (stage, ms) => batch.observe(stage, ms / 1000),
    outcomes,
    announced (source, outcome) {
      // All of them at once: a rate needs a beginning.
      for (const one of ANNOUNCED) announced.inc({ source, outcome: one }, one === outcome ? 1 : 0)
    },
    incident: code => incidents.inc({ code }),
    waits (part, why) {
      const before = waiting.get(part)
      if (before) waitingParts.remove({ part, code: before.code })
      waiting.delete(part)
      if (!why) return
      waiting.set(part, { part, ...why, since: before?.since ?? new Date().toISOString() })
      waitingParts.set({ part, code: why.code }, 1)
    },
    served (partitions) {
      served = [...partitions]
      partitionOwned.reset()
      unclassified.reset()
      for (const { partition, hasOwner, unclassified: records } of served) {
        partitionOwned.set({ partition }, hasOwner ? 1 : 0)
        unclassified.set({ partition }, records)
      }
    },
    metrics: () => registry.metrics(),

    async statistics () {
      const [latencies, lags, restores, { values: newest }] = await Promise.all([latency.distributions(), lag.distributions(), restore.distributions(), newestLag.get()])
      const newestOf = (topic: string) => Object.fromEntries(newest.filter(({ labels }) => labels.topic === topic).map(({ labels, value }) => [String(labels.partition), value]))
      return {
        waiting: [...waiting.values()],
        served,
        latency: Object.fromEntries(latencies) as Record<LatencyStage, Distribution>,
        lag: Object.fromEntries([...lags].map(([topic, distribution]) => [topic, { ...distribution, newest: newestOf(topic) }])),
        restore: Object.fromEntries(restores) as Record<RestoringRole, Distribution>
      }
    }
  }
}
