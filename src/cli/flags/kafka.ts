/** Flags of commands that can feed a topic of Kafka. */
import { Option, type Command } from 'commander'
import { KAFKA_CONNECTION, SETTINGS, type SettingName } from '../../config.ts'
import { UsageError } from '../../errors.ts'
import { COMPRESSIONS, type Compression } from '../../kafka-settings.ts'
import type { Pace } from '../../stream/kafka/feeder.ts'
import { wholeNumber } from './whole-number.ts'

export interface FeedFlags {
  to?: 'kafka'
  topic?: string
  rate?: number
  burst?: number
  compression?: Compression
  partitions?: number
  replication?: number
}

/** The settings of Kafka that have a flag. */
export const KAFKA_FLAGS: readonly SettingName[] = SETTINGS.filter(({ name, secret }) => KAFKA_CONNECTION.includes(name) && !secret).map(({ name }) => name)

/** Adds --to kafka and what belongs to it, but for the settings. */
export const addFeedFlags = (command: Command): Command => command
  .addOption(new Option('--to <where>', 'kafka: feed a topic with the packets, byte for byte').choices(['kafka']))
  .option('--topic <name>', 'with --to kafka: the topic; made where it is missing')
  .option('--rate <n>', 'with --to kafka: mean number of alerts per second; where not given, as fast as the broker takes them', wholeNumber('rate', 1))
  .option('--burst <n>', 'with --rate: alerts that come together, as those of a visit do', wholeNumber('burst', 1))
  .addOption(new Option('--compression <codec>', 'with --to kafka: compression of the record batches (default: none)').choices(COMPRESSIONS))
  .option('--partitions <n>', 'with --to kafka: partitions of the topic; an existing topic with another number is an error', wholeNumber('partitions', 1))
  .option('--replication <n>', 'with --to kafka: replicas of the topic; an existing topic with another number is an error', wholeNumber('replication', 1))

/** What the flags of a feed ask for. */
export interface FeedRequest {
  topic: string
  pace: Pace | undefined
  compression: Compression
  partitions: number | undefined
  replication: number | undefined
}

/**
 * What the flags ask for; undefined without --to.
 * @param usual compression where the flags name none
 * @throws UsageError for flags that go without each other
 */
export function feedRequestOf ({ to, ...flags }: FeedFlags, usual: Compression = 'none'): FeedRequest | undefined {
  const { topic, rate, burst, compression = usual, partitions, replication } = flags
  if (to === undefined) {
    const stray = (['topic', 'rate', 'burst', 'compression', 'partitions', 'replication'] as const).find(name => flags[name] !== undefined)
    if (stray !== undefined) throw new UsageError(`--${stray} without --to kafka`, { action: 'Add --to kafka, or leave it out.' })
    return undefined
  }
  if (topic === undefined) throw new UsageError('--to kafka without --topic', { action: 'Name the topic that is to be fed.' })
  if (burst !== undefined && rate === undefined) throw new UsageError('--burst without --rate', { action: 'Give the mean number of alerts per second with --rate.' })
  return { topic, pace: rate === undefined ? undefined : { rate, burst: burst ?? 1 }, compression, partitions, replication }
}
