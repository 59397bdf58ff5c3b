import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import type { Type } from 'avsc'
import { boundedType, type AvroSchema } from '../../../src/alert/avro/bounded-types.ts'
import { writeFrame } from '../../../src/alert/schemas/confluent.ts'
import { decodeAlert } from '../../../src/alert/decode.ts'
import { schemaFolders, SHIPPED_SCHEMAS, type SchemaSource } from '../../../src/alert/schemas/source.ts'
import { lsstAlert, lsstSchema, lsstSource, nullable, writerOf } from '../../fixtures/alert-packets.ts'
import { needs, sharedData } from '../../parts.ts'

const VERSIONS = ['7.0', '7.1', '7.2', '7.3', '7.4', '8.0', '9.0', '10.0', '11.0', '11.1']
const layout = async (schemas: SchemaSource, version: string): Promise<Type> =>
  boundedType(await schemas.get(idOf(version)) as AvroSchema)
const idOf = (version: string): number => Number(version.split('.')[0]) * 100 + Number(version.split('.')[1])

test('the shipped layouts are those of the survey\'s schemas', async t => {
  if (!needs(t, 'shared-data')) return
  const shipped = schemaFolders(SHIPPED_SCHEMAS)
  const surveys = schemaFolders(join(sharedData, 'schemas/lsst'))
  assert.deepEqual(readdirSync(SHIPPED_SCHEMAS).sort(), [...VERSIONS].sort())
  for (const version of VERSIONS) {
    const [ours, theirs] = [await layout(shipped, version), await layout(surveys, version)]
    assert.deepEqual(ours.schema(), theirs.schema(), version)
    assert.equal(ours.fingerprint().toString('hex'), theirs.fingerprint().toString('hex'), version)
  }
})

/** A made-up 11.9: fields added before, between and after the known ones, one renamed, one of a wider type, all in another order. */
function nextSchema (): object {
  const source = lsstSchema.fields.find(field => field.name === 'diaSource')!.type as unknown as { fields: Array<{ name: string }> }
  const kept = source.fields.filter(({ name }) => !['psfFlux', 'ssObjectId', 'snr'].includes(name)).reverse()
  const diaSource = {
    type: 'record',
    name: 'diaSource',
    fields: [
      nullable('provenance', { type: 'record', name: 'provenance', fields: [{ name: 'steps', type: { type: 'map', values: 'string' } }] }),
      ...kept,
      nullable('solarSystemObjectId', 'long'),
      nullable('psfFlux', 'double'),
      { name: 'grade', type: { type: 'enum', name: 'grade', symbols: ['low', 'high'] } }
    ]
  }
  return {
    ...lsstSchema,
    namespace: 'lsst.v11_9',
    fields: [
      { name: 'broadcast', type: { type: 'array', items: 'double' } },
      ...lsstSchema.fields.map(field => field.name === 'diaSource' ? { name: 'diaSource', type: diaSource } : field)
        .map(field => field.name === 'prvDiaSources' ? nullable('prvDiaSources', { type: 'array', items: 'lsst.v11_9.diaSource' }) : field)
    ]
  }
}

test('a newer minor version is read from a schema folder, whatever it adds, renames and moves', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'candela-schemas-'))
  try {
    mkdirSync(join(folder, '11.9'))
    writeFileSync(join(folder, '11.9', 'alert.avsc'), JSON.stringify(nextSchema()))
    const news = { provenance: { steps: { subtraction: 'a' } }, solarSystemObjectId: null, grade: 'high' }
    const packet = lsstAlert({
      broadcast: [1, 2], diaSource: { ...lsstSource({ psfFlux: 0.1 }), ...news }, prvDiaSources: [{ ...lsstSource({ visit: 3n, psfFlux: -2 }), ...news, grade: 'low' }]
    })
    const bytes = Buffer.concat([writeFrame(1109), writerOf(nextSchema()).toBuffer(packet)])
    const alert = await decodeAlert(bytes, { schemas: schemaFolders(SHIPPED_SCHEMAS, folder) })
    assert.deepEqual([alert.diaObjectId, alert.diaSourceId, alert.ra, alert.solarSystem], ['170028485706776685', '170094456272322680', 150.5, false])
    assert.deepEqual(alert.points.map(({ visit, psfFlux, band }) => [visit, psfFlux, band]), [[2026030500055, 0.1, 'r'], [3, -2, 'r']])
    assert.deepEqual(alert.omitted, [])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
