import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { decodeAlert } from '../../../src/alert/decode.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../../../src/alert/schemas/source.ts'
import { openLmdbStore } from '../../../src/state/storage/store.ts'
import type { StateStore } from '../../../src/state/store.ts'
import { createSky } from '../../../src/simulator/live/sky.ts'
import { runClassify } from '../../../src/stream/kafka/classify/classify.ts'
import { feed } from '../../../src/stream/kafka/feeder.ts'
import { partitionOf } from '../../../src/stream/kafka/client/partitions.ts'
import { ownTopics } from '../../../src/stream/kafka/role.ts'
import { createMeasures } from '../../../src/stream/measures.ts'
import { needs } from '../../parts.ts'
import { openPipeline, temporaryFolder } from '../../pipeline.ts'
import { clientOf, makeOwnTopics } from './broker.ts'
import { sharedBroker } from './shared-broker.ts'

const NIGHTS = 6

/** Newest P(Ia), epochs and number of points by object. */
const standing = (store: StateStore): Map<string, unknown> => new Map(Array.from(store.objects.ids(), id => {
  const { classification, points } = store.reader.object(id)!
  return [id, [classification?.probabilityIa, classification?.epochs, points]]
}))

test('photometry gets more partitions while alerts come: objects go to where they belong, with the P(Ia) that they would have had', async t => {
  if (!needs(t, 'docker')) return
  const broker = await sharedBroker('4.1.0')
  const brokers = [broker.address]
  const kafka = clientOf(broker.address)
  const own = ownTopics('more.')
  const schemas = schemaFolders(SHIPPED_SCHEMAS)
  const lines: string[] = []
  const say = (_about: object, line: string): void => { lines.push(line) }
  const log = { info: say, warn: say, error: say }
  await makeOwnTopics(broker, own, 2)
  const sky = createSky({ seed: 3, activeObjects: 80 })
  const alerts = Array.from({ length: NIGHTS }, (_, night) => sky.night(night)).flat()
  const { processor, store, network, model } = await openPipeline(t)
  for (const { bytes } of alerts) await processor.process([{ alert: await decodeAlert(bytes, { schemas }), origin: 'sky' }])

  const folder = temporaryFolder(t)
  const admin = kafka.admin()
  await admin.connect()
  t.after(() => admin.disconnect())
  const role = await runClassify({
    kafka, cluster: (await admin.describeCluster()).clusterId, own, group: 'more-classify', sessionTimeout: 15_000, lingerMs: 25, brokers, folder, network, model, shares: () => null, outputs: [], compression: 'none', measures: createMeasures(), log, decode: bytes => decodeAlert(bytes, { schemas })
  })
  t.after(() => role.stop())
  const send = async (some: typeof alerts): Promise<void> => {
    async function * packets () {
      for (const { bytes, diaObjectId } of some) yield { bytes, key: diaObjectId, origin: 'sky' }
    }
    await feed(kafka, packets(), { topic: own.photometry, brokers, signal: new AbortController().signal })
  }
  const until = async (what: string, condition: () => boolean): Promise<void> => {
    for (const end = performance.now() + 120_000; !condition(); await delay(50)) if (performance.now() > end) throw new Error(`${what}: ${JSON.stringify(role.statistics())}\n${lines.join('\n')}`)
  }
  const half = Math.floor(alerts.length / 2)
  await send(alerts.slice(0, half))
  await until('the first half', () => role.statistics().accounting.received === half)
  await admin.createPartitions({ topicPartitions: [{ topic: own.photometry, count: 4 }] })
  await send(alerts.slice(half))
  await until('the handing over', () => lines.filter(line => /objects were handed over/.test(line)).length === 2)
  await until('the second half', () => role.statistics().accounting.received === alerts.length && role.statistics().objects === store.reader.statistics().objects)
  await until('the end', () => role.readiness().ready && role.statistics().archivedObjects === 0)
  await role.stop()

  const found = new Map<string, unknown>()
  for (let partition = 0; partition < 4; partition++) {
    const part = openLmdbStore(join(folder, `partition-${partition}`))
    const own = standing(part)
    await part.close()
    assert.ok(own.size > 0)
    for (const [id, is] of own) {
      assert.equal(partitionOf(id, 4), partition)
      found.set(id, is)
    }
  }
  assert.deepEqual(found, standing(store))
})
