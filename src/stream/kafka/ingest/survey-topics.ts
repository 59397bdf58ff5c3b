/** Which topics of a survey exist. Missing ones are waited for: brokers create them for a night, or with the first alert. */
import { setTimeout as sleep } from 'node:timers/promises'
import type kafkajs from 'kafkajs'
import { CandelaError } from '../../../errors.ts'
import { withAdmin } from '../client/admin.ts'

/** Between two looks for topics that are missing [ms]. */
export const LOOK_EVERY = 5000

/** @throws kafkajs's errors */
export async function topicsThere (kafka: kafkajs.Kafka, topics: readonly string[]): Promise<string[]> {
  const there = new Set(await withAdmin(kafka, admin => admin.listTopics()))
  return topics.filter(topic => there.has(topic))
}

/** Resolves when one of the topics exists, or the signal aborts. Brokers that do not answer are reported by the reader. */
export async function untilThere (kafka: kafkajs.Kafka, topics: readonly string[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(LOOK_EVERY, undefined, { signal, ref: false }).catch(() => {})
    if (signal.aborted) return
    const there = await topicsThere(kafka, topics).catch(() => [])
    if (there.length > 0) return
  }
}

export const topicMissing = (topic: string): CandelaError => new CandelaError('kafka-topic-unknown', `there is no topic ${topic}, or this user may not see it`, {
  value: topic,
  action: 'It is read as soon as it is there. Where it should be, check its name and the brokers (kafka-topics.sh --list); where they are right, have the user allowed to describe and read it (kafka-acls.sh).'
})
