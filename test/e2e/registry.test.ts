import assert from 'node:assert/strict'
import avsc from 'avsc'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { exactLong } from '../../src/alert/avro/exact-long.ts'
import { writeFrame } from '../../src/alert/schemas/confluent.ts'
import { decodeAlert } from '../../src/alert/decode.ts'
import { SchemaKeeper } from '../../src/alert/schemas/keeper.ts'
import { openSchemaRegistry } from '../../src/alert/schemas/registry.ts'
import { schemaFolders } from '../../src/alert/schemas/source.ts'
import { CandelaError } from '../../src/errors.ts'
import { lsstAlert, lsstSchema, lsstSource } from '../fixtures/alert-packets.ts'
import { needs } from '../parts.ts'
import { temporaryFolder } from '../pipeline.ts'
import { candela } from './candela-process.ts'
import { API, apicurio } from './kafka/registry-container.ts'

const frame = (id: number, schema: object, alert: object): Buffer =>
  Buffer.concat([writeFrame(id), avsc.Type.forSchema(schema as avsc.Schema, { registry: { long: exactLong } }).toBuffer(alert)])
const failsWith = (code: string, canRetry: boolean) => (error: unknown): boolean => error instanceof CandelaError && error.code === code && error.canRetry === canRetry

/** A minor version with a field more in the alert and in its source. */
const newerSchema = {
  ...structuredClone(lsstSchema),
  namespace: 'lsst.v10_7',
  fields: [{ name: 'reliabilityModel', type: ['null', 'string'], default: null }, ...structuredClone(lsstSchema).fields.map(field => field.name === 'prvDiaSources'
    ? { ...field, type: ['null', { type: 'array', items: 'lsst.v10_7.diaSource' }] }
    : field)]
}

test('alerts are read by the schemas of a real registry, which goes away and comes back', async t => {
  if (!needs(t, 'docker')) return
  const registry = await apicurio(t)
  await registry.start()
  const id = await registry.register('alert-packet', lsstSchema)
  const newer = await registry.register('alert-packet-newer', newerSchema)
  assert.notEqual(newer, id)
  const other = await registry.register('other', { type: 'string' })
  const bytes = frame(id, lsstSchema, lsstAlert({ prvDiaSources: [lsstSource({ midpointMjdTai: 61100 })] }))
  const open = (folder = 'none') => {
    const schemas = new SchemaKeeper({ registry: openSchemaRegistry({ url: registry.url, retries: 1, firstWaitMs: 50 }), folders: schemaFolders(folder) })
    t.after(() => schemas.close())
    return schemas
  }

  const schemas = open()
  const alert = await decodeAlert(bytes, { schemas })
  assert.deepEqual([alert.diaObjectId, alert.points.length, alert.points[0]!.psfFlux], ['170028485706776685', 2, 1200])
  const extended = await decodeAlert(frame(newer, newerSchema, lsstAlert({ reliabilityModel: 'r2' })), { schemas })
  assert.deepEqual([extended.diaSourceId, extended.points.length], ['170094456272322680', 1])
  const unknown = Buffer.concat([writeFrame(4711), bytes.subarray(5)])
  await assert.rejects(decodeAlert(unknown, { schemas }), failsWith('schema-unknown', false))
  await assert.rejects(decodeAlert(Buffer.concat([writeFrame(2 ** 32 - 1), bytes.subarray(5)]), { schemas }), failsWith('schema-unknown', false))
  await assert.rejects(decodeAlert(Buffer.concat([writeFrame(other), bytes.subarray(5)]), { schemas }), failsWith('dialect-unknown', false))
  const wrongPath = new SchemaKeeper({ registry: openSchemaRegistry({ url: registry.url.replace(API, '/apis/ccompat') }), folders: schemaFolders('none') })
  t.after(() => wrongPath.close())
  await assert.rejects(decodeAlert(bytes, { schemas: wrongPath }), failsWith('registry-invalid', true))

  const folder = temporaryFolder(t)
  const rubinsOwn = Buffer.concat([writeFrame(1204), bytes.subarray(5)])
  mkdirSync(join(folder, '12.4'))
  writeFileSync(join(folder, '12.4/alert.avsc'), JSON.stringify(lsstSchema))
  assert.equal((await decodeAlert(rubinsOwn, { schemas: open(folder) })).points.length, 2, 'the folder knows what the registry does not')

  const replayed = join(folder, 'alert.avro')
  writeFileSync(replayed, bytes)
  const replay = await candela(t, ['replay', replayed, '--engine', 'wasm'], { CANDELA_SCHEMA_REGISTRY: registry.url })
  assert.equal(replay.status, 0, replay.stderr)
  assert.equal((JSON.parse(replay.stdout) as { outcome: string }).outcome, 'classified')

  await registry.stop()
  assert.equal((await decodeAlert(bytes, { schemas })).points.length, 2, 'what is kept serves on')
  const restarted = open()
  await assert.rejects(decodeAlert(bytes, { schemas: restarted }), failsWith('registry-unreachable', true))
  assert.equal((await decodeAlert(rubinsOwn, { schemas: open(folder) })).points.length, 2, 'the folder stands in')
  const away = await candela(t, ['replay', replayed, '--schema-registry', registry.url.replace('//', '//candela:secret@'), '--engine', 'wasm'])
  assert.equal(away.status, 1)
  assert.equal((JSON.parse(away.stdout) as { reason: string }).reason, 'registry-unreachable')
  assert.doesNotMatch(away.stdout + away.stderr, /secret/)

  await registry.start()
  assert.equal(await registry.register('alert-packet', lsstSchema), id, 'a fresh registry counts from the same id')
  const again = open()
  assert.equal((await decodeAlert(bytes, { schemas: again })).points.length, 2)
})

test('a registry that was set up anew in another order gives another schema under a known id', async t => {
  if (!needs(t, 'docker')) return
  const registry = await apicurio(t)
  await registry.start()
  const id = await registry.register('alert-packet', lsstSchema)
  const schemas = new SchemaKeeper({ registry: openSchemaRegistry({ url: registry.url }), folders: schemaFolders('none') })
  t.after(() => schemas.close())
  const bytes = frame(id, lsstSchema, lsstAlert())
  assert.equal((await decodeAlert(bytes, { schemas })).points.length, 1)
  await registry.stop()
  await registry.start()
  assert.equal(await registry.register('alert-packet-newer', newerSchema), id)
  await assert.rejects(decodeAlert(frame(id, newerSchema, lsstAlert({ reliabilityModel: 'r2' })), { schemas }), failsWith('schema-changed', false))
  await assert.rejects(decodeAlert(bytes, { schemas }), failsWith('schema-changed', false))
})
