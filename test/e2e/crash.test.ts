import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCrashCampaign } from '../crash/campaign.ts'
import { temporaryFolder } from '../pipeline.ts'

test('a replay that is killed at random moments ends in what an undisturbed one does: every record, history, counter and dead letter', async t => {
  const { alerts, kills, accounting, differences, faults } = await runCrashCampaign(t, { folder: temporaryFolder(t), seed: 22, kills: 8, nights: 40, objects: 100, batch: 32 })
  assert.ok(alerts > 800, `${alerts} alerts`)
  assert.equal(kills.length, 8)
  assert.deepEqual(faults, [])
  for (const moment of ['start', 'lines', 'commit']) assert.ok(kills.some(kill => kill.moment === moment), `no kill of kind ${moment}`)
  assert.deepEqual(differences, [])
  const { classified, declined, duplicate, deadLettered } = accounting
  for (const [outcome, count] of Object.entries({ classified, declined, duplicate, deadLettered })) assert.ok(count > 0, `no alert was ${outcome}`)
})
