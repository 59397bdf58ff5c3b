/** Candela's own topics: the settings that they are created with, and those without which data would be lost. */
import type kafkajs from 'kafkajs'
import type { Settings } from '../../config.ts'
import { CandelaError } from '../../errors.ts'
import { withAdmin } from './client/admin.ts'
import type { KafkaSettings } from './client/client.ts'
import type { OwnTopics, RoleLog } from './role.ts'
import { ensureTopic, type WantedTopic } from './client/topics.ts'

/** How the cluster of Candela's own topics is reached, and how they are made. */
export type OwnKafkaSettings = KafkaSettings & Pick<Settings, 'kafkaPartitions' | 'kafkaReplication' | 'kafkaCompression'>

const DAY = 86_400_000
/** How long the changelog remembers a deletion [ms]. */
const DELETES_KEPT = 7 * DAY
/** A store or replica that is further behind the changelog than this is built anew [ms]: it may have missed deletions. */
export const LONGEST_LEFT_BEHIND = DELETES_KEPT - DAY
/** An alert without its packet has 20 KiB with 700 points; packets with cut-outs have 100 to 200 KiB. */
const LARGE = { 'max.message.bytes': String(10 * 2 ** 20) }
/** Room for the largest record of photometry and the headers added to it. */
const LARGER = { 'max.message.bytes': String(11 * 2 ** 20) }

interface OwnTopic {
  settings: Readonly<Record<string, string>>
  /** Settings without which something is lost. */
  vital: readonly string[]
}

const kinds = {
  photometry: { settings: { 'cleanup.policy': 'delete', ...LARGE }, vital: ['cleanup.policy'] },
  // A consumer that reads within a day gets every outcome, a later one the newest of each object.
  classifications: { settings: { 'cleanup.policy': 'compact', 'min.compaction.lag.ms': String(DAY) }, vital: [] },
  // Deletions are remembered for longer than a process may be away and still use its own folder, see restore.ts.
  objectRecords: { settings: { 'cleanup.policy': 'compact', 'delete.retention.ms': String(DELETES_KEPT) }, vital: ['cleanup.policy'] },
  deadLetters: { settings: { 'cleanup.policy': 'compact,delete', 'retention.ms': String(30 * DAY), ...LARGER }, vital: [] },
  output: { settings: { 'cleanup.policy': 'delete', ...LARGER }, vital: [] }
} satisfies Record<keyof OwnTopics | 'output', OwnTopic>

export interface EnsureOptions {
  kafka: kafkajs.Kafka
  brokers: readonly string[]
  /** Of topics that are made. */
  partitions: number
  /** Replicas of topics that are made; 0 for the broker's default. */
  replication: number
  log: RoleLog
}

export const ensureOptions = (kafka: kafkajs.Kafka, { kafkaBrokers, kafkaPartitions, kafkaReplication }: OwnKafkaSettings, log: RoleLog): EnsureOptions =>
  ({ kafka, brokers: kafkaBrokers, partitions: kafkaPartitions, replication: kafkaReplication, log })

/**
 * Creates a missing topic. Where the topic exists with other settings, the log says so.
 * @throws CandelaError `kafka-topic-differs` where the difference would lose something; as kafkaError
 */
export async function ensureOwnTopic (kind: keyof typeof kinds, topic: string, options: EnsureOptions): Promise<void> {
  const { kafka, brokers, partitions, replication, log } = options
  const { settings, vital }: OwnTopic = kinds[kind]
  const wanted: WantedTopic = { topic, settings }
  try {
    const missing = !await exists(kafka, topic, brokers)
    const made = await ensureTopic(kafka, missing ? { ...wanted, partitions, ...replication > 0 && { replication } } : wanted, brokers)
    if (made === 'made') log.info({ topic, partitions }, `topic ${topic} was missing and has been made, with ${partitions} partitions`)
  } catch (error) {
    if (!(error instanceof CandelaError) || error.code !== 'kafka-topic-differs') throw error
    if (vital.length > 0) await ensureTopic(kafka, { topic, settings: Object.fromEntries(vital.map(name => [name, settings[name]!])) }, brokers)
    log.warn({ topic, code: error.code }, `${error.message}: continuing with it\n  ${error.action}`)
  }
}

const exists = async (kafka: kafkajs.Kafka, topic: string, brokers: readonly string[]): Promise<boolean> =>
  (await withAdmin(kafka, admin => admin.listTopics(), { brokers, topic })).includes(topic)

/** @throws CandelaError as kafkaError */
export const partitionsOf = async (kafka: kafkajs.Kafka, topic: string, brokers: readonly string[]): Promise<number> =>
  (await withAdmin(kafka, admin => admin.fetchTopicMetadata({ topics: [topic] }), { brokers, topic })).topics[0]!.partitions.length

/**
 * Adds partitions to the changelog or the dead letters: each needs as many as photometry has.
 * @throws CandelaError as kafkaError
 */
export async function growTopic (topic: string, partitions: number, { kafka, brokers, log }: Pick<EnsureOptions, 'kafka' | 'brokers' | 'log'>): Promise<void> {
  if (await partitionsOf(kafka, topic, brokers) >= partitions) return
  try {
    await withAdmin(kafka, admin => admin.createPartitions({ topicPartitions: [{ topic, count: partitions }] }), { brokers, topic })
    log.info({ topic, partitions }, `topic ${topic} has grown to ${partitions} partitions, as many as those of photometry`)
  } catch (error) {
    // Another process may have added them meanwhile.
    if (await partitionsOf(kafka, topic, brokers) < partitions) throw error
  }
}
