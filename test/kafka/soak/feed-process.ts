/** A process of its own: the survey. Sends packets as planned, and tells once a second how far it is. */
import { setTimeout as delay } from 'node:timers/promises'
import { feed } from '../../../src/stream/kafka/feeder.ts'
import { clientOf } from '../../e2e/kafka/client.ts'
import { fedPackets, mix, packetsIn, prepare, type MixOptions, type PacketsOptions } from './packets.ts'
import { plan, type PlanOptions } from './plan.ts'

export interface FeedRequest {
  address: string
  topic: string
  /** For packets that were made ahead. */
  folder: string
  plan: PlanOptions
  packets: PacketsOptions
  mix: MixOptions
}

export type FeedReport =
  | { kind: 'prepared' }
  /** Alerts that were due and those that the broker has, a second after the other. */
  | { kind: 'progress', second: number, due: number, sent: number }
  | { kind: 'done', sent: number, refused: number }

const report = (told: FeedReport): void => { process.send!(told) }

async function run ({ address, topic, folder, ...options }: FeedRequest): Promise<void> {
  const { due } = plan(options.plan)
  const mixed = mix(due.length, options.mix)
  const prepared = await prepare(folder, options.packets, packetsIn(mixed), () => {})
  report({ kind: 'prepared' })
  await new Promise<void>(resolve => process.once('message', () => resolve()))
  const began = performance.now()
  let sent = 0
  let refused = 0
  const done = new AbortController()
  const telling = (async () => {
    for (let second = 1, place = 0; await delay(Math.max(0, began + 1000 * second - performance.now()), true, { signal: done.signal }).catch(() => false); second++) {
      while (place < due.length && due[place]! < 1000 * second) place++
      report({ kind: 'progress', second, due: place, sent })
    }
  })()
  await feed(clientOf(address), fedPackets(prepared, mixed), {
    topic,
    brokers: [address],
    due: place => due[place]!,
    signal: new AbortController().signal,
    onSent: counts => { ({ sent } = counts) },
    onRefused: () => { refused++ }
  })
  done.abort()
  await telling
  report({ kind: 'done', sent, refused })
  process.disconnect()
}

process.once('disconnect', () => process.exit())
process.once('message', (request: FeedRequest) => {
  run(request).catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
})
