/**
 * The writer's schema of topics whose alerts are bare Avro datums: of a file, or of a schema topic, whose records have the
 * schema as their key, as Fink's data transfer writes them. A topic without its schema is not read: it waits.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type kafkajs from 'kafkajs'
import { CandelaError } from '../../../errors.ts'
import type { Outage } from '../../outage.ts'
import { kafkaError } from '../client/errors.ts'
import { newestRecord } from '../client/newest-record.ts'
import { schemaTopicOf } from '../subjects.ts'
import type { OutageOf } from './source-outages.ts'

/** JSON text of a schema, or the topic that has it: true for each topic's own, TOPIC_schema. */
export type WriterSchema = { text: string } | { topic: true | string }

export interface WriterSchemasOptions {
  kafka: kafkajs.Kafka
  brokers: readonly string[]
  /** Undefined where alerts name or carry their schema. */
  given: WriterSchema | undefined
  lookEveryMs: number
  outageOf: OutageOf
}

const SUFFIX = '_schema'

export class WriterSchemas {
  readonly #options: WriterSchemasOptions
  /** Of topics that are there, as far as they are known. */
  readonly #texts = new Map<string, string>()
  readonly #outages = new Map<string, Outage>()

  constructor (options: WriterSchemasOptions) {
    this.#options = options
  }

  /** JSON text; undefined where alerts name or carry their schema. */
  schemaOf (topic: string): string | undefined {
    const { given } = this.#options
    return given && 'text' in given ? given.text : this.#texts.get(topic)
  }

  /** Whether a topic holds schemas, and no alerts. */
  isSchemaTopic (topic: string): boolean {
    const wanted = this.#wanted
    return wanted === true ? topic.endsWith(SUFFIX) : topic === wanted
  }

  /**
   * The topics that can be read. One whose schema is not to be had begins to wait.
   * @throws CandelaError as kafkaError, where a retry helps
   */
  async ready (topics: readonly string[]): Promise<string[]> {
    if (this.#wanted === undefined) return [...topics]
    for (const topic of this.#texts.keys()) if (!topics.includes(topic)) this.#texts.delete(topic)
    for (const [topic, outage] of this.#outages) if (!topics.includes(topic)) outage.end()
    for (const topic of topics) if (!this.#texts.has(topic)) await this.#find(topic, this.#wanted)
    return topics.filter(topic => this.#texts.has(topic))
  }

  /** Resolves when more of the topics can be read, or the signal aborts. */
  async untilReady (topics: readonly string[], signal: AbortSignal): Promise<void> {
    const before = this.#wanted === undefined ? topics.length : this.#texts.size
    while (await sleep(this.#options.lookEveryMs, true, { signal, ref: false }).catch(() => false)) {
      if (before === topics.length) continue
      if ((await this.ready(topics).catch(() => [])).length > before) return
    }
  }

  get #wanted (): true | string | undefined {
    const { given } = this.#options
    return given && 'topic' in given ? given.topic : undefined
  }

  async #find (topic: string, wanted: true | string): Promise<void> {
    const { kafka, brokers, outageOf } = this.#options
    const schemaTopic = wanted === true ? `${topic}${SUFFIX}` : wanted
    try {
      const record = await newestRecord(kafka, schemaTopic, ({ key }) => key !== null && key.length > 0)
      this.#texts.set(topic, textOf(record?.key ?? null, schemaTopic))
      this.#outages.get(topic)?.end()
    } catch (cause) {
      const error = kafkaError(cause, { brokers, topic: schemaTopic })
      if (error.canRetry) throw error
      const outage = this.#outages.get(topic) ?? outageOf(`schema of topic ${topic}`, () => schemaTopicOf(schemaTopic, brokers))
      this.#outages.set(topic, outage)
      outage.fail(error.code === 'kafka-topic-unknown' ? missing(schemaTopic) : error)
    }
  }
}

/** @throws CandelaError 'kafka-schema-missing' */
function textOf (key: Buffer | null, schemaTopic: string): string {
  const text = key?.toString()
  if (text === undefined) throw absent(`topic ${schemaTopic} holds no record with a schema as its key`)
  try {
    JSON.parse(text)
    return text
  } catch {
    throw absent(`the newest record of topic ${schemaTopic} has no schema as its key: ${JSON.stringify(text.slice(0, 40))} is no JSON`)
  }
}

const absent = (message: string): CandelaError => new CandelaError('kafka-schema-missing', message, {
  action: 'The alerts are read as soon as a schema is there. Where the topic should hold none, leave schemaTopic out; where another topic has it, name that (docs/kafka-ingest.md).'
})

const missing = (schemaTopic: string): CandelaError => absent(`there is no topic ${schemaTopic}, which should have the schema of the alerts, or this user may not see it`)
