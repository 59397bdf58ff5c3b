import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSky } from '../../../src/simulator/live/sky.ts'
import { ownTopics } from '../../../src/stream/kafka/role.ts'
import { serve } from '../../e2e/candela-process.ts'
import { makeOwnTopics, sendAll } from '../../e2e/kafka/broker.ts'
import { sharedBroker } from '../../e2e/kafka/shared-broker.ts'
import { needs } from '../../parts.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { until } from '../../until.ts'

interface Statistics { stream: { served: Array<{ partition: number, hasOwner: boolean, unclassified: number, behind: number }> } }

test('a query process says which partitions nobody classifies, and how much waits there', async t => {
  if (!needs(t, 'docker')) return
  const broker = await sharedBroker('4.1.0')
  await makeOwnTopics(broker, ownTopics('unserved.'), 2)
  const sky = createSky({ seed: 3, activeObjects: 60 })
  const alerts = Array.from({ length: 8 }, (_, night) => sky.night(night)).flat().slice(0, 12)
  await sendAll(broker, 'unserved.photometry', alerts.map(({ bytes, diaObjectId }) => ({ bytes, key: diaObjectId })))
  const common = ['--engine', 'wasm', '--kafka-brokers', broker.address, '--kafka-prefix', 'unserved.', '--kafka-group', 'unserved']
  const query = await serve(t, [...common, '--role', 'query', '--data-dir', temporaryFolder(t)])
  const served = async (): Promise<Statistics['stream']['served']> => (await (await fetch(`${query.url}/v1/statistics`)).json() as Statistics).stream.served
  const detail = async (): Promise<unknown> => await (await fetch(`${query.url}/health/ready`)).json()

  await query.logged(/^no classify process has the partitions 0, 1 of unserved\.photometry: alerts wait there \[partition-unserved\]/)
  assert.deepEqual((await served()).map(({ partition, hasOwner, behind }) => [partition, hasOwner, behind]), [[0, false, 0], [1, false, 0]])
  assert.equal((await served()).reduce((sum, { unclassified }) => sum + unclassified, 0), alerts.length)
  assert.deepEqual(await detail(), { status: 'ready', detail: 'no classify process has the partitions 0, 1 of unserved.photometry: alerts wait there' }, 'it answers with what it has')
  assert.match(await (await fetch(`${query.url}/metrics`)).text(), /^candela_partition_owned\{partition="1"\} 0$/m)

  await serve(t, [...common, '--role', 'classify', '--data-dir', temporaryFolder(t)])
  await query.logged(/^every partition of unserved\.photometry has a classify process, after/)
  await until('nothing waits', async () => (await served()).every(({ hasOwner, unclassified, behind }) => hasOwner && unclassified === 0 && behind === 0))
  assert.deepEqual(await detail(), { status: 'ready' })
})
