import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSky } from '../../../src/simulator/live/sky.ts'
import { ensureTopic } from '../../../src/stream/kafka/client/topics.ts'
import { serve, type Serving } from '../../e2e/candela-process.ts'
import { clientOf, sendAll, startBroker } from '../../e2e/kafka/broker.ts'
import { needs } from '../../parts.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { until } from '../../until.ts'

/** Longer than kafkajs's and Candela's own patience; OUTAGE_SECONDS=600 gives the log of docs/operations.md. */
const SECONDS = Number(process.env['OUTAGE_SECONDS'] ?? 25)

const isReady = async ({ url }: Serving): Promise<boolean> => (await fetch(`${url}/health/ready`)).status === 200
const received = async ({ url }: Serving): Promise<number> => (await (await fetch(`${url}/v1/statistics`)).json() as { accounting: { received: number } }).accounting.received

test('an outage of the broker is one line in the log of each role when it begins, and one when it ends', async t => {
  if (!needs(t, 'docker')) return
  const broker = await startBroker(t, '4.1.0')
  await ensureTopic(clientOf(broker.address), { topic: 'survey', partitions: 3, replication: 1 }, [broker.address])
  const sky = createSky({ seed: 3, activeObjects: 100 })
  const alerts = Array.from({ length: 12 }, (_, night) => sky.night(night)).flat().map(({ bytes, diaObjectId }) => ({ bytes, key: diaObjectId }))
  const half = alerts.length >> 1
  await sendAll(broker, 'survey', alerts.slice(0, half))
  const start = async (...args: string[]): Promise<Serving> => await serve(t, ['--source', 'kafka', '--engine', 'wasm', '--kafka-brokers', broker.address, '--kafka-topics', 'survey', '--kafka-session-timeout-seconds', '10', '--data-dir', temporaryFolder(t), ...args])
  // A role that comes first makes the topics.
  const ingest = await start('--role', 'ingest')
  const roles = {
    ingest,
    ...Object.fromEntries(await Promise.all([
      ...(['classify', 'query'] as const).map(async role => [role, await start('--role', role)] as const),
      ['all', await start('--kafka-group', 'all', '--kafka-prefix', 'all.')] as const
    ]))
  } as Record<'ingest' | 'classify' | 'query' | 'all', Serving>
  const processes = Object.entries(roles)
  await Promise.all(processes.map(async ([name, one]) => await until(`${name} is ready`, () => isReady(one), 60_000)))
  for (const one of [roles.query, roles.all]) await until('all alerts are there', async () => await received(one) === half, 60_000)
  const before = new Map(processes.map(([name, { log }]) => [name, log.length]))

  await broker.stop('SIGTERM')
  await Promise.all(processes.map(async ([name, one]) => await until(`${name} says no`, async () => !await isReady(one), 60_000)))
  const waiting = await (await fetch(`${roles.all.url}/v1/statistics`)).json() as { stream: { waiting: Array<{ part: string, code: string }> } }
  await sleep(SECONDS * 1000)
  await broker.start()
  await sendAll(broker, 'survey', alerts.slice(half))
  for (const one of [roles.query, roles.all]) await until('the others are there', async () => await received(one) === alerts.length, 120_000)
  await Promise.all(processes.map(async ([name, one]) => await until(`${name} is ready`, () => isReady(one), 120_000)))
  await Promise.all(processes.map(async ([, one]) => await one.logged(/answers again, after/)))
  // What is said behind the end would be another incident.
  await sleep(6000)

  for (const [name, { log }] of processes) {
    const said = log.slice(before.get(name)!)
    if (process.env['OUTAGE_SECONDS'] !== undefined) console.log(`${name}:\n${said.join('\n')}`)
    assert.equal(said.length, 2, `${name}: ${log.join('\n')}`)
    assert.match(said[0]!, /^waiting \(.*\): Kafka at .*\[kafka-/, name)
    assert.match(said[1]!, /^Kafka at localhost:\d+ answers again, after [\d.]+ s$/, name)
  }
  assert.ok(waiting.stream.waiting.length > 0 && waiting.stream.waiting.every(({ code }) => code.startsWith('kafka-')), JSON.stringify(waiting))
})
