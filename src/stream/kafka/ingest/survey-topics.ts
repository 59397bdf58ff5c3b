/**
 * Which topics of a survey exist. Missing ones are waited for: brokers create them for a night, or with the first alert.
 * Patterns find new topics while ingest runs, and let go those that are deleted.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type kafkajs from 'kafkajs'
import { CandelaError } from '../../../errors.ts'
import { isPattern } from '../../../kafka-settings.ts'
import type { Outage } from '../../outage.ts'
import { patternOf, rightsOf, topicOf } from '../subjects.ts'
import { withAdmin } from '../client/admin.ts'
import { deniedTopics } from '../client/denied-topics.ts'
import type { OutageOf } from './source-outages.ts'
import { topicPattern, type TopicPattern } from './topic-pattern.ts'

/** Kafka's own topics: positions of groups, transactions. */
const INTERNAL = /^__/

export interface SurveyTopicsOptions {
  kafka: kafkajs.Kafka
  brokers: readonly string[]
  /** Names, and patterns that ingestSources has taken. */
  wanted: readonly string[]
  /** Of these names no pattern is meant: what Candela writes itself, for one. */
  isExcluded (topic: string): boolean
  /** Between two looks [ms]. */
  lookEveryMs: number
  outageOf: OutageOf
  /** A topic that a pattern had found was deleted. */
  onGone (topic: string): void
}

/** After so many looks it is asked again whether a topic may be read. */
const LOOKS_A_DENIAL = 6

/** A pattern, and the topics that it has found. */
interface Found {
  pattern: string
  matches: TopicPattern
  outage: Outage
  /** Undefined before the first look: what exists by then was not waited for. */
  topics: ReadonlySet<string> | undefined
}

export class SurveyTopics {
  /** Topics that came while somebody waited for them: all that is in them is new. */
  readonly awaited = new Set<string>()
  readonly #options: SurveyTopicsOptions
  readonly #named: ReadonlyMap<string, Outage>
  readonly #patterns: readonly Found[]
  /** Topics of patterns, of which it is known that the user may read them, or not. */
  readonly #allowed = new Set<string>()
  readonly #denied = new Map<string, Outage>()

  constructor (options: SurveyTopicsOptions) {
    const { brokers, wanted, outageOf } = options
    this.#options = options
    this.#named = new Map(wanted.filter(topic => !isPattern(topic)).map(topic => [topic, outageOf(`topic ${topic}`, () => topicOf(topic, brokers))]))
    this.#patterns = wanted.filter(isPattern).map(pattern => ({
      pattern, matches: topicPattern(pattern) as TopicPattern, outage: outageOf(`topics ${pattern}`, () => patternOf(pattern, brokers)), topics: undefined
    }))
  }

  /** The topics that exist. A name, or a pattern without a topic, begins to wait. @throws kafkajs's errors */
  async look (): Promise<string[]> {
    const listed = await withAdmin(this.#options.kafka, admin => admin.listTopics())
    for (const [topic, outage] of this.#named) {
      if (listed.includes(topic)) {
        outage.end()
      } else {
        this.awaited.add(topic)
        outage.fail(topicMissing(topic))
      }
    }
    for (const found of this.#patterns) this.#update(found, new Set(this.#matching(found, listed)))
    await this.#askRights()
    return this.#among(listed)
  }

  /**
   * Resolves when other topics are to be read than those of the last look, or the signal aborts. Keeps one connection.
   * Brokers that do not answer are reported by the reader.
   */
  async untilChanged (there: readonly string[], signal: AbortSignal): Promise<void> {
    if (this.#patterns.length === 0 && there.length === this.#named.size) return await untilAborted(signal)
    while (!signal.aborted) {
      const isChanged = await withAdmin(this.#options.kafka, async admin => {
        for (let looks = 1; await this.#pause(signal); looks++) {
          if (looks % LOOKS_A_DENIAL === 0) await this.#askRights()
          if (this.#among(await admin.listTopics()).join() !== there.join()) return true
        }
        return false
      }).catch(() => false)
      if (isChanged) return
      await this.#pause(signal)
    }
  }

  /** @returns false once the signal aborts */
  #pause (signal: AbortSignal): Promise<boolean> {
    return sleep(this.#options.lookEveryMs, true, { signal, ref: false }).catch(() => false)
  }

  #matching ({ matches }: Found, listed: readonly string[]): string[] {
    return listed.filter(topic => !INTERNAL.test(topic) && !this.#options.isExcluded(topic) && matches(topic)).sort()
  }

  #among (listed: readonly string[]): string[] {
    const named = [...this.#named.keys()].filter(topic => listed.includes(topic))
    return [...new Set([...named, ...this.#patterns.flatMap(found => this.#matching(found, listed)).filter(topic => !this.#denied.has(topic))])]
  }

  /** Of topics that are new to a pattern, and of those that were denied. A topic that has a name of its own is not asked for: its source stops. */
  async #askRights (): Promise<void> {
    const { kafka, brokers, outageOf } = this.#options
    const topics = [...new Set(this.#patterns.flatMap(found => [...found.topics ?? []]))].filter(topic => !this.#named.has(topic))
    for (const topic of this.#allowed) if (!topics.includes(topic)) this.#allowed.delete(topic)
    for (const [topic, outage] of this.#denied) {
      if (topics.includes(topic)) continue
      outage.end()
      this.#denied.delete(topic)
    }
    const unknown = topics.filter(topic => !this.#allowed.has(topic))
    if (unknown.length === 0) return
    const denied = await deniedTopics(kafka, unknown)
    for (const topic of unknown) {
      const outage = this.#denied.get(topic)
      if (denied.includes(topic)) {
        const begun = outage ?? outageOf(`topic ${topic}`, () => rightsOf(topic, brokers))
        this.#denied.set(topic, begun)
        begun.fail(topicDenied(topic))
      } else {
        outage?.end()
        this.#denied.delete(topic)
        this.#allowed.add(topic)
      }
    }
  }

  #update (found: Found, topics: ReadonlySet<string>): void {
    const before = found.topics
    for (const topic of topics) if (before && !before.has(topic)) this.awaited.add(topic)
    for (const topic of before ?? []) {
      if (topics.has(topic)) continue
      this.awaited.delete(topic)
      this.#options.onGone(topic)
    }
    found.topics = topics
    if (topics.size > 0) found.outage.end()
    else found.outage.fail(patternUnmatched(found.pattern))
  }
}

const untilAborted = (signal: AbortSignal): Promise<void> => new Promise(resolve => {
  if (signal.aborted) resolve()
  else signal.addEventListener('abort', () => resolve(), { once: true })
})

const topicMissing = (topic: string): CandelaError => new CandelaError('kafka-topic-unknown', `there is no topic ${topic}, or this user may not see it`, {
  value: topic,
  action: 'It is read as soon as it is there. Where it should be, check its name and the brokers (kafka-topics.sh --list); where they are right, have the user allowed to describe and read it (kafka-acls.sh).'
})

const topicDenied = (topic: string): CandelaError => new CandelaError('kafka-not-authorised', `this user may see topic ${topic} and not read it`, {
  value: topic, action: 'Have the user allowed to read it (kafka-acls.sh), or choose a pattern that does not match it. The other topics are read meanwhile.'
})

const patternUnmatched = (pattern: string): CandelaError => new CandelaError('kafka-topic-unknown', `no topic matches ${pattern}, or this user may see none that does`, {
  value: pattern,
  action: 'Topics that match are read as soon as they are there. Where there should be some, check the expression and the brokers (kafka-topics.sh --list); where they are right, have the user allowed to describe and read the topics (kafka-acls.sh).'
})
