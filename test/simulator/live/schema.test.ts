import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import avsc from 'avsc'
import { exactLong } from '../../../src/alert/avro/exact-long.ts'
import { assembleSchema } from '../../../src/alert/schemas/source.ts'
import { alertSchema } from '../../../src/simulator/live/packet.ts'
import { createSky } from '../../../src/simulator/live/sky.ts'
import { needs, sharedData } from '../../parts.ts'

function rubinSchema (): avsc.Schema {
  const folder = join(sharedData, 'schemas/lsst/10/0')
  const records = readdirSync(folder).map(file => JSON.parse(readFileSync(join(folder, file), 'utf8')) as { namespace: string, name: string })
  return assembleSchema('lsst.v10_0.alert', new Map(records.map(record => [`${record.namespace}.${record.name}`, record]))) as avsc.Schema
}

test('the shipped schema is Rubin\'s v10.0: same canonical form, same fingerprint', t => {
  if (!needs(t, 'shared-data')) return
  const ours = avsc.Type.forSchema(alertSchema())
  const rubins = avsc.Type.forSchema(rubinSchema())
  assert.deepEqual(ours.schema(), rubins.schema())
  assert.equal(ours.fingerprint('sha256').toString('hex'), rubins.fingerprint('sha256').toString('hex'))
})

test('a simulated packet is read with Rubin\'s own schema to its last byte, and written back to the same bytes', t => {
  if (!needs(t, 'shared-data')) return
  const type = avsc.Type.forSchema(rubinSchema(), { registry: { long: exactLong as unknown as avsc.Type } })
  const alerts = createSky({ seed: 3, activeObjects: 60 }).night(4)
  assert.ok(alerts.length > 0)
  for (const { bytes, diaSourceId, diaObjectId } of alerts) {
    const datum = Buffer.from(bytes).subarray(5)
    const packet = type.fromBuffer(datum) as { diaSourceId: bigint, diaObject: { diaObjectId: bigint }, ssSource: null }
    assert.equal(packet.diaSourceId.toString(), diaSourceId)
    assert.equal(packet.diaObject.diaObjectId.toString(), diaObjectId)
    assert.equal(packet.ssSource, null)
    assert.ok(type.toBuffer(packet).equals(datum))
  }
})
