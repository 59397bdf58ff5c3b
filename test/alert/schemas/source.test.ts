import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { decodeAlert } from '../../../src/alert/decode.ts'
import { assembleSchema, schemaFolders } from '../../../src/alert/schemas/source.ts'
import { CandelaError } from '../../../src/errors.ts'
import { framed, lsstAlert, lsstSchema, lsstSource } from '../../fixtures/alert-packets.ts'

test('named types are written out where they are first used', () => {
  const source = { type: 'record', name: 'source', namespace: 'a', fields: [{ name: 'flux', type: 'float' }] }
  const alert = {
    type: 'record',
    name: 'alert',
    namespace: 'a',
    fields: [{ name: 'one', type: 'a.source' }, { name: 'two', type: ['null', { type: 'array', items: 'source' }] }, { name: 'three', type: 'long' }]
  }
  assert.deepEqual(assembleSchema('a.alert', new Map<string, object>([['a.source', source], ['a.alert', alert]])), {
    ...alert,
    fields: [{ name: 'one', type: source }, { name: 'two', type: ['null', { type: 'array', items: 'a.source' }] }, { name: 'three', type: 'long' }]
  })
})

test('a folder may hold one file a record or one whole schema', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'candela-schemas-'))
  try {
    const separate = (lsstSchema.fields[2] as { type: { fields: object[] } }).type
    const root = { ...lsstSchema, fields: lsstSchema.fields.map(field => field.name === 'diaSource' ? { name: 'diaSource', type: 'lsst.v10_0.diaSource' } : field) }
    const write = (path: string, schema: unknown): void => {
      mkdirSync(join(folder, path, '..'), { recursive: true })
      writeFileSync(join(folder, path), typeof schema === 'string' ? schema : JSON.stringify(schema))
    }
    write('10/0/lsst.v10_0.alert.avsc', root)
    write('10/0/lsst.v10_0.diaSource.avsc', { ...separate, namespace: 'lsst.v10_0' })
    write('10/0/README.md', 'not a schema')
    write('12.3/alert.avsc', lsstSchema)
    write('13.0/alert.avsc', '{ "type": ')
    const schemas = schemaFolders(join(folder, 'missing'), folder)
    const bytes = framed(lsstAlert({ prvDiaSources: [lsstSource()] }))
    assert.equal((await decodeAlert(bytes, { schemas })).points.length, 2)
    bytes.writeUInt32BE(1203, 1)
    assert.equal((await decodeAlert(bytes, { schemas })).points.length, 2)
    assert.equal(await schemas.get(1001), undefined)
    await assert.rejects(async () => schemas.get(1300), (error: unknown) => error instanceof CandelaError && error.code === 'schema-invalid' && error.message.includes('13.0'))
  } finally {
    rmSync(folder, { recursive: true })
  }
})
