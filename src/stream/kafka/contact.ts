/** Whether a consumer hears from its brokers: kafkajs tries again by itself, and says so in events alone. */
import type kafkajs from 'kafkajs'
import { CandelaError } from '../../errors.ts'
import { kafkaError, type KafkaContext } from './errors.ts'

/** A consumer that fetches or sends heartbeats hears something every few seconds [ms]. */
const LONGEST_SILENCE = 10_000
const LOOK_EVERY = 1000

export interface Contact {
  /** Null while brokers answer; else what is wrong. */
  trouble (): CandelaError | null
  stop (): void
}

export interface ContactOptions extends KafkaContext {
  /** Told once where brokers do not answer any more. */
  onLost: (error: CandelaError) => void
  /** Told once when they answer again. */
  onBack: (silentMs: number) => void
  /** kafkajs has given up for good: no retry mends it. */
  onEnd: (error: CandelaError) => void
}

export function watchContact (consumer: kafkajs.Consumer, { onLost, onBack, onEnd, ...context }: ContactOptions): Contact {
  let heard = performance.now()
  let lost: CandelaError | null = null
  let since = heard
  const hear = (): void => {
    heard = performance.now()
    if (lost === null) return
    lost = null
    onBack(heard - since)
  }
  const lose = (error: CandelaError): void => {
    if (lost !== null) return
    lost = error
    since = heard
    onLost(error)
  }
  const { FETCH, HEARTBEAT, GROUP_JOIN, CRASH } = consumer.events
  const remove = [
    consumer.on(FETCH, hear),
    consumer.on(HEARTBEAT, hear),
    consumer.on(GROUP_JOIN, hear),
    consumer.on(CRASH, ({ payload: { error, restart } }) => {
      const known = kafkaError(error, context)
      if (restart) lose(known)
      else onEnd(known)
    })
  ]
  let looked = heard
  const timer = setInterval(() => {
    const now = performance.now()
    // What this process itself stood still is no silence of the brokers.
    heard += Math.max(0, now - looked - LOOK_EVERY)
    looked = now
    if (now - heard > LONGEST_SILENCE) lose(silent(context))
  }, LOOK_EVERY)
  timer.unref()
  return {
    trouble: () => lost,
    stop () {
      clearInterval(timer)
      for (const off of remove) off()
    }
  }
}

const silent = ({ brokers }: KafkaContext): CandelaError => new CandelaError('kafka-unreachable', `Kafka at ${brokers.join(', ')} does not answer`, {
  canRetry: true, action: 'Check that it runs; it is tried again by itself.'
})
