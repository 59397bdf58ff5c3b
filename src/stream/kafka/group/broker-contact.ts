/** Whether a consumer hears from its brokers. kafkajs retries by itself and reports it only in events. */
import type kafkajs from 'kafkajs'
import { CandelaError } from '../../../errors.ts'
import { kafkaError, type KafkaContext } from '../client/errors.ts'

/** A consumer that fetches or sends heartbeats gets an answer every few seconds [ms]. */
const LONGEST_SILENCE = 10_000
/** A consumer that joins a group waits for the other members: kafkajs gives them 60 s [ms]. */
const LONGEST_JOINING = 70_000
const LOOK_EVERY = 1000
/** Before a consumer that kafkajs has given up runs again [ms]. */
const RUN_AGAIN = 1000

export interface Contact {
  /** Null while brokers answer. */
  trouble (): CandelaError | null
  stop (): void
}

export interface ContactOptions extends KafkaContext {
  /** Called once when brokers stop answering. */
  onLost: (error: CandelaError) => void
  /** Called once when they answer again. */
  onBack: () => void
  /** kafkajs has given up, but a retry may help: runs the consumer again. */
  onGivenUp: () => void
  /** kafkajs has given up, and no retry helps. */
  onEnd: (error: CandelaError) => void
  /** Milliseconds that only grow. */
  now?: () => number
}

export function watchContact (consumer: kafkajs.Consumer, { onLost, onBack, onGivenUp, onEnd, now = () => performance.now(), ...context }: ContactOptions): Contact {
  let joining = true
  let heard = now()
  let lost: CandelaError | null = null
  const hear = (): void => {
    heard = now()
    if (lost === null) return
    lost = null
    onBack()
  }
  const lose = (error: CandelaError): void => {
    if (lost !== null) return
    lost = error
    onLost(error)
  }
  const { FETCH, HEARTBEAT, REBALANCING, GROUP_JOIN, CRASH } = consumer.events
  const join = (): void => {
    joining = true
    heard = now()
  }
  const remove = [
    consumer.on(FETCH, hear),
    consumer.on(HEARTBEAT, hear),
    consumer.on(REBALANCING, join),
    consumer.on(GROUP_JOIN, () => {
      joining = false
      hear()
    }),
    consumer.on(CRASH, ({ payload: { error, restart } }) => {
      const known = kafkaError(error, context)
      if (!restart && !known.canRetry) return onEnd(known)
      lose(known)
      join()
      if (!restart) setTimeout(onGivenUp, RUN_AGAIN).unref()
    })
  ]
  let looked = heard
  const timer = setInterval(() => {
    const time = now()
    // Time in which this process itself was suspended does not count.
    heard += Math.max(0, time - looked - LOOK_EVERY)
    looked = time
    if (time - heard > (joining ? LONGEST_JOINING : LONGEST_SILENCE)) lose(silent(context))
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
