/**
 * The way of each alert through the topics, read when all is over. A record of photometry names its record in the
 * survey's topic. An alert's classification has its key, and so its partition, and a partition is worked off in order:
 * the classifications of a partition are those of its photometry, one for each, in its order. That they are is found out
 * here, by their keys.
 */
import type kafkajs from 'kafkajs'
import { decodePhotometry } from '../../../src/stream/kafka/photometry.ts'
import { readPartition } from '../../../src/stream/kafka/group/partition-reader.ts'
import { offsetsOfTopic } from '../../../src/stream/kafka/client/admin.ts'
import { classificationOf } from '../topics.ts'
import type { Receipts } from './receipts.ts'

/** Times in ms since 1970, UTC. */
export interface Way {
  /** TOPIC/PARTITION@OFFSET in the survey's topic. */
  origin: string
  /** Appended to the survey's topic: the broker's clock. */
  appended: number
  /** Sent to photometry. */
  ingested: number
  /** Its classification sent within a transaction. */
  sent: number
  /** Came to a consumer with read_committed. */
  received: number
  outcome: string
}

export interface Standing {
  probabilityIa: number
  epochs: number
  revision: number
}

export interface Found {
  /** Of those that came once to photometry, or for the first time. */
  ways: Way[]
  /** Records of the survey's topic and of photometry, and outcomes. */
  survey: number
  photometry: number
  outcomes: number
  /** Outcomes by name. */
  byOutcome: Map<string, number>
  /** The newest of each object. */
  newest: Map<string, Standing>
  /** What is wrong. */
  differences: string[]
}

async function records (kafka: kafkajs.Kafka, topic: string, partition: number, take: (record: kafkajs.KafkaMessage) => void): Promise<void> {
  const { low, high } = (await offsetsOfTopic(kafka, topic)).get(partition) ?? { low: 0n, high: 0n }
  await readPartition({ kafka, topic, partition, from: low, until: high, group: 'soak-reading', signal: new AbortController().signal, onRecords: some => some.forEach(take) })
}

export interface Topics {
  survey: string
  surveyPartitions: number
  photometry: string
  classifications: string
  partitions: number
}

/** @param receipts of all classifications */
export async function findWays (kafka: kafkajs.Kafka, topics: Topics, receipts: Receipts): Promise<Found> {
  const found: Found = { ways: [], survey: 0, photometry: 0, outcomes: 0, byOutcome: new Map(), newest: new Map(), differences: [] }
  const { ways, byOutcome, newest, differences } = found
  const appended = new Map<string, number>()
  for (let partition = 0; partition < topics.surveyPartitions; partition++) {
    await records(kafka, topics.survey, partition, ({ offset, timestamp }) => appended.set(`${topics.survey}/${partition}@${offset}`, Number(timestamp)))
  }
  found.survey = appended.size
  const come = new Set<string>()
  for (let partition = 0; partition < topics.partitions; partition++) {
    const expected: Array<{ key: string, origin: string, ingested: number }> = []
    await records(kafka, topics.photometry, partition, ({ key, value, timestamp }) => expected.push({ key: String(key), origin: decodePhotometry(value!)!.origin, ingested: Number(timestamp) }))
    found.photometry += expected.length
    let place = 0
    let wrong = 0
    await records(kafka, topics.classifications, partition, ({ key, value, offset, timestamp }) => {
      const { outcome, probabilityIa, epochs, revision } = classificationOf(value!)
      byOutcome.set(outcome, (byOutcome.get(outcome) ?? 0) + 1)
      if (probabilityIa !== null) newest.set(String(key), { probabilityIa, epochs: epochs!, revision: revision! })
      const { key: expectedKey, origin = '', ingested = NaN } = expected[place++] ?? {}
      const received = receipts.times.get(partition)?.get(Number(offset))
      const at = appended.get(origin)
      if (expectedKey !== String(key) || received === undefined || at === undefined) {
        wrong++
        return
      }
      if (!come.has(origin)) ways.push({ origin, appended: at, ingested, sent: Number(timestamp), received, outcome })
      come.add(origin)
    })
    found.outcomes += place
    if (place !== expected.length) differences.push(`partition ${partition}: ${place} outcomes of ${expected.length} alerts in photometry`)
    if (wrong > 0) differences.push(`partition ${partition}: ${wrong} outcomes do not belong to the alert in their place, or were never received`)
  }
  if (come.size !== appended.size) differences.push(`${come.size} of ${appended.size} alerts of the survey have an outcome`)
  return found
}
