/** What Candela changes within kafkajs 2.2.4. Each of the modules says what, and why. */
import { createRequire } from 'node:module'
import { CandelaError } from '../../../../errors.ts'
import { makeHiding, type FetchingBroker } from './aborted.ts'
import { registerCodecs } from '../codecs.ts'
import { makeRemembering, type KafkajsClasses } from './coordinators.ts'
import { makeSparing, type EncoderClass } from './encoding.ts'
import { makePromptWhenIdle, type FetchingBroker as PromptBroker } from './idle-fetches.ts'
import { makeReadAhead, type AheadBroker } from './read-ahead.ts'

type Prototyped<Class> = { prototype: Class }

/** The amendments replace methods of its inside, which another version may have changed. */
const VERSION = '2.2.4'

let done = false

/**
 * For all clients of the process; from the second time on it does nothing.
 * @throws CandelaError `kafkajs-version`
 */
export function amendKafkajs (): void {
  if (done) return
  const require = createRequire(import.meta.url)
  requireVersion((require('kafkajs/package.json') as { version: string }).version)
  done = true
  const Broker = require('kafkajs/src/broker') as Prototyped<FetchingBroker & PromptBroker & AheadBroker> & KafkajsClasses['Broker']
  registerCodecs()
  makeSparing(require('kafkajs/src/protocol/encoder') as EncoderClass)
  makeRemembering({ Cluster: require('kafkajs/src/cluster') as KafkajsClasses['Cluster'], Broker })
  makeHiding(Broker)
  makePromptWhenIdle(Broker)
  // Around the others: what is read ahead is fetched as they have it.
  makeReadAhead(Broker)
}

/** @throws CandelaError `kafkajs-version` */
export function requireVersion (version: string): void {
  if (version === VERSION) return
  throw new CandelaError('kafkajs-version', `kafkajs ${version} is installed, and Candela works with ${VERSION} alone: it amends the inside of that version`, {
    value: version, action: `Install it with Candela's own lock file (npm ci), or: npm install --save-exact kafkajs@${VERSION}`
  })
}
