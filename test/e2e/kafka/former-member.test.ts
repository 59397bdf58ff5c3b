import assert from 'node:assert/strict'
import { join } from 'node:path'
import test from 'node:test'
import { Fleet } from '../../kafka/fleet.ts'
import { surveyPackets } from '../../kafka/survey-packets.ts'
import { progressOf } from '../../kafka/topics.ts'
import { needs } from '../../parts.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { until } from '../../until.ts'
import { clientOf, sendAll, startBroker } from './broker.ts'

/** Much longer than everything else here takes. */
const SESSION_SECONDS = 300
const PATIENCE = 90_000

test('a process that was killed and one that lost the broker go on before the session of what they were has ended', async t => {
  if (!needs(t, 'docker')) return
  const broker = await startBroker(t, '4.1.0')
  const events: string[] = []
  const prefix = 'former.'
  const fleet = new Fleet(t, { address: broker.address, prefix, partitions: 2, folder: join(temporaryFolder(t), 'fleet'), sessionSeconds: SESSION_SECONDS, onEvent: line => events.push(line) })
  await Promise.all([0, 1].map(place => fleet.start(place)))
  await fleet.ready(PATIENCE)
  const packets = surveyPackets({ seed: 3, nights: 6 })
  let sent = 0
  const classified = async (): Promise<void> => {
    await sendAll(broker, `${prefix}photometry`, packets)
    sent += packets.length
    await until('all alerts are classified', async () => (await progressOf(clientOf(broker.address), `${prefix}photometry`, `${prefix}-classify`)).committed === sent, PATIENCE)
  }
  await classified()

  await fleet.end(0, 'SIGKILL')
  await fleet.start(0)
  await classified()

  await broker.stop('SIGTERM')
  await broker.start()
  await classified()
  await fleet.ready(PATIENCE)
  assert.equal((await fleet.statistics()).accounting.received, sent)
  await fleet.endAll()
  assert.deepEqual(fleet.faults, [], events.join('\n'))
})
