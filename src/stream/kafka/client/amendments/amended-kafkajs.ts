/** What Candela changes within kafkajs 2.2.4: each of the modules says what, and why. */
import { createRequire } from 'node:module'
import { makeHiding, type FetchingBroker } from './aborted.ts'
import { registerCodecs } from '../codecs.ts'
import { makeRemembering, type KafkajsClasses } from './coordinators.ts'
import { makeSparing, type EncoderClass } from './encoding.ts'
import { makePromptWhenIdle, type FetchingBroker as PromptBroker } from './idle-fetches.ts'
import { makeReadAhead, type AheadBroker } from './read-ahead.ts'

type Prototyped<Class> = { prototype: Class }

let done = false

/** For all clients of the process; from the second time on it does nothing. */
export function amendKafkajs (): void {
  if (done) return
  done = true
  const require = createRequire(import.meta.url)
  const Broker = require('kafkajs/src/broker') as Prototyped<FetchingBroker & PromptBroker & AheadBroker> & KafkajsClasses['Broker']
  registerCodecs()
  makeSparing(require('kafkajs/src/protocol/encoder') as EncoderClass)
  makeRemembering({ Cluster: require('kafkajs/src/cluster') as KafkajsClasses['Cluster'], Broker })
  makeHiding(Broker)
  makePromptWhenIdle(Broker)
  // Around the others: what is read ahead is fetched as they have it.
  makeReadAhead(Broker)
}
