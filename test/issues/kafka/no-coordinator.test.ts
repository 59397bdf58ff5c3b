import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSky } from '../../../src/simulator/live/sky.ts'
import { ensureTopic } from '../../../src/stream/kafka/client/topics.ts'
import { ended, serve } from '../../e2e/candela-process.ts'
import { clientOf, sendAll, startBroker } from '../../e2e/kafka/broker.ts'
import { seen } from '../../kafka/topics.ts'
import { needs } from '../../parts.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { until } from '../../until.ts'

test('a cluster with too few brokers for its internal topics is waited for, in every role, and said with its code', async t => {
  if (!needs(t, 'docker')) return
  const broker = await startBroker(t, '4.1.0', undefined, { KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '3', KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '3' })
  const kafka = clientOf(broker.address)
  const make = (topic: string, partitions: number): Promise<unknown> => ensureTopic(kafka, { topic, partitions, replication: 1, settings: { 'cleanup.policy': 'compact' } }, [broker.address])
  const sky = createSky({ seed: 3, activeObjects: 60 })
  const [alert] = Array.from({ length: 9 }, (_, night) => sky.night(night)).flat()
  await make('survey', 1)
  await sendAll(broker, 'survey', [{ key: alert!.diaObjectId, bytes: alert!.bytes }])
  const all = await serve(t, ['--source', 'kafka', '--engine', 'wasm', '--kafka-topics', 'survey', '--kafka-brokers', broker.address, '--kafka-partitions', '1', '--data-dir', temporaryFolder(t)])
  const code = /has no coordinator .*\[kafka-no-coordinator\]/
  const waiting = async (): Promise<string[]> => (await (await fetch(`${all.url}/v1/statistics`)).json() as { stream: { waiting: Array<{ part: string, code: string }> } }).stream.waiting.filter(({ code }) => code === 'kafka-no-coordinator').map(({ part }) => part)
  await Promise.race([ended(all), all.logged(new RegExp('^waiting \\(.*' + code.source))])
  await Promise.race([ended(all), until('every role waits', async () => (await waiting()).sort().join() === 'photometry,source main,the replica')])
  const ready = await fetch(`${all.url}/health/ready`)
  assert.equal(ready.status, 503)
  assert.match((await ready.json() as { detail: string }).detail, code)

  await make('__consumer_offsets', 1)
  await Promise.race([ended(all), until('the partition waits', async () => (await waiting()).includes('partition 0'))])
  await make('__transaction_state', 3)
  await Promise.race([ended(all), seen(t, kafka, 'candela.classifications', () => true)])
  await until('it is ready', async () => (await fetch(`${all.url}/health/ready`)).status === 200)
  assert.equal(all.log.filter(line => line.startsWith('waiting ')).length, 1, all.log.join('\n'))
  assert.equal((await all.stop('SIGTERM')).status, 0, all.stderr())
})
