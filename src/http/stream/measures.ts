/** The form of the measures of the stream of alerts. */
import { z } from 'zod'

const count = z.int().min(0)
const quantile = (percent: number) => z.number().nullable().describe(`${percent} % are below it, estimated from the buckets of the histogram in /metrics as histogram_quantile of Prometheus does: it can lie above \`max\``)

const distributionSchema = z.object({
  count: count.describe('How many were measured since the process started; where none, all else is null'),
  mean: z.number().nullable(),
  p50: quantile(50),
  p90: quantile(90),
  p99: quantile(99),
  max: z.number().nullable().describe('Exact')
}).meta({ id: 'Distribution' })

export const waitingSchema = z.object({
  part: z.string().describe('What waits: a partition, a source, the replica'),
  code: z.string().describe('Of the newest error; docs/kafka.md lists the codes'),
  message: z.string(),
  since: z.iso.datetime()
}).meta({ id: 'Waiting' })

export const streamStatisticsSchema = z.object({
  waiting: z.array(waitingSchema).describe('Parts of this process on Kafka that wait now, for brokers, a registry, a topic or the disk; /health/ready is 503 meanwhile'),
  served: z.array(z.object({
    partition: z.int().min(0),
    hasOwner: z.boolean().describe('Whether a classify process has it; where none has, its alerts wait'),
    unclassified: z.int().min(0).describe('Records of photometry behind the position of the classify processes'),
    behind: z.int().min(0).describe('Records of the changelog that this replica has not read yet')
  }).meta({ id: 'ServedPartition' })).describe('The partitions of photometry as a query process sees them, every 10 s; empty in other roles, and while the brokers cannot be asked'),
  latency: z.object({
    ingest: distributionSchema.describe('From the timestamp of an alert\'s record in the survey\'s topic until it is written to Candela\'s topic of photometry [s]'),
    classify: distributionSchema.describe('From the timestamp of that record until its classification is published [s]'),
    total: distributionSchema.describe('From the timestamp of the survey\'s record, without Kafka from the arrival of the alert, until the classification is published [s]'),
    query: distributionSchema.describe('From the timestamp of the published record until a query replica serves it [s]')
  }).describe('By stage; a stage that this process does not do has the count 0'),
  lag: z.record(z.string(), distributionSchema.extend({
    newest: z.record(z.string(), z.number().min(0)).describe('By partition, of those that this process reads [records]')
  })).describe('By topic: records between the position and the end of a partition, at each batch [records]'),
  restore: z.object({
    classify: distributionSchema.describe('Of a partition that came to this process [s]'),
    query: distributionSchema.describe('Of a partition of the replica [s]')
  }).describe('By role: how long partitions took to be restored from the changelog [s]')
}).meta({ id: 'StreamStatistics' })

export type StreamStatistics = z.output<typeof streamStatisticsSchema>

export interface StreamMeasures {
  /** Prometheus text format 0.0.4, with names of its own. */
  metrics (): Promise<string>
  statistics (): Promise<StreamStatistics>
}
