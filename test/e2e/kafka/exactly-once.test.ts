import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alertList } from '../../kafka/alert-list.ts'
import { runKafkaCampaign } from '../../kafka/campaign.ts'
import { replay } from '../../kafka/replayed.ts'
import { EVERYTHING, UNDISTURBED } from '../../kafka/scenarios.ts'
import { needs } from '../../parts.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { startBroker } from './broker.ts'

// npm run kafka-crash has more of both, and each fault by itself.
test('2,000 alerts of 120 objects, with repeats: one outcome each, the newest P(Ia) of each object that of a replay', async t => {
  if (!needs(t, 'docker')) return
  const broker = await startBroker(t, '4.1.0')
  const list = alertList({ seed: 7, alerts: 2000, objects: 120 })
  const folder = temporaryFolder(t)
  const replayed = await replay(t, list, folder)
  const { differences, records, objects, accounting } = await runKafkaCampaign(t, { broker, scenario: UNDISTURBED, list, replayed, folder, seed: 7, partitions: 3 })
  assert.deepEqual(differences, [])
  assert.deepEqual([records, objects, accounting.received, accounting.duplicate, accounting.deadLettered], [2000, 75, 2000, 200, 10])
})

test('a process killed, one with an empty disk, the broker killed, one that stood still while its partitions moved: the same', async t => {
  if (!needs(t, 'docker')) return
  const broker = await startBroker(t, '3.9.1')
  const list = alertList({ seed: 11, alerts: 1500, objects: 120 })
  const folder = temporaryFolder(t)
  const replayed = await replay(t, list, folder)
  const { differences, records, events } = await runKafkaCampaign(t, { broker, scenario: EVERYTHING, list, replayed, folder, seed: 11, partitions: 4, rate: 50 })
  assert.deepEqual(differences, [], events.join('\n'))
  assert.equal(records, 1500)
})
