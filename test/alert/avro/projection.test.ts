import assert from 'node:assert/strict'
import test from 'node:test'
import { boundedType } from '../../../src/alert/avro/bounded-types.ts'
import { project } from '../../../src/alert/avro/projection.ts'
import { decodeAlert } from '../../../src/alert/decode.ts'
import { containerBlock, containerHeader, countingSource, nullable, writerOf } from '../../fixtures/alert-packets.ts'
import { ztfAlert, ztfContainer, ztfSchema } from '../../fixtures/ztf-packets.ts'

const wide = {
  type: 'record',
  name: 'survey.alert',
  fields: [
    nullable('cutout', { type: 'record', name: 'cutout', fields: [{ name: 'stampData', type: 'bytes' }] }),
    { name: 'objectId', type: 'string' },
    { name: 'columns', type: { type: 'map', values: 'double' } },
    { name: 'sources', type: { type: 'array', items: { type: 'record', name: 'source', fields: [{ name: 'note', type: 'string' }, { name: 'flux', type: 'float' }, { name: 'chi', type: 'float' }] } } }
  ]
}
const narrow = boundedType({
  type: 'record',
  name: 'alert',
  fields: [
    { name: 'objectId', type: 'string' },
    { name: 'sources', type: { type: 'array', items: { type: 'record', name: 'source', fields: [{ name: 'flux', type: 'double' }] } } }
  ]
})

test('a record has the fields that are wanted; cut-outs and other columns leave no trace in it', () => {
  const bytes = writerOf(wide).toBuffer({
    cutout: { stampData: Buffer.alloc(2 ** 20) }, objectId: 'a', columns: { x: 1 }, sources: [{ note: 'n', flux: 1.5, chi: 2 }, { note: '', flux: -1, chi: 3 }]
  })
  const { record, end } = project<object>(boundedType(wide), narrow).read(bytes, 0)
  assert.equal(JSON.stringify(record), '{"objectId":"a","sources":[{"flux":1.5},{"flux":-1}]}')
  assert.equal(end, bytes.length)
})

test('a column that is not wanted is skipped, not decoded: what cannot be read there does no harm', async () => {
  // avsc refuses to read a long beyond 2^53 into a number, and skips it without a look.
  const schema = { ...ztfSchema, fields: [...ztfSchema.fields, { name: 'objectidps1', type: 'long' }] }
  const record = writerOf(schema).toBuffer(ztfAlert({ objectidps1: 2n ** 63n - 1n }))
  assert.throws(() => boundedType(schema).fromBuffer(record))
  const read = await decodeAlert(Buffer.concat([containerHeader(schema), containerBlock([record])]), { schemas: countingSource() })
  assert.deepEqual(read, await decodeAlert(ztfContainer([[ztfAlert()]]), { schemas: countingSource() }))
})

test('optional numbers that are not wanted are passed over by their sizes', () => {
  const optional = ['float', 'double', 'boolean'].flatMap(type => [[type, ['null', type]], [`${type}Last`, [type, 'null']]] as const)
  const writer = { type: 'record', name: 'alert', fields: [...optional.map(([name, type]) => ({ name, type })), { name: 'objectId', type: 'string' }] }
  const reader = boundedType({ type: 'record', name: 'alert', fields: [{ name: 'objectId', type: 'string' }] })
  const projection = project<{ objectId: string }>(boundedType(writer), reader)
  const given = { float: 1.5, floatLast: null, double: null, doubleLast: -2, boolean: true, booleanLast: null, objectId: 'behind them' }
  const bytes = writerOf(writer).toBuffer(given)
  const { record, end } = projection.read(bytes, 0)
  assert.deepEqual([record.objectId, end], ['behind them', bytes.length])
  for (const branch of [1, 3, 4, 0x80, 0xff]) {
    const damaged = Buffer.from(bytes)
    damaged[0] = branch
    assert.throws(() => projection.read(damaged, 0), { code: 'avro-invalid', message: /has no type/ }, `branch ${branch}`)
  }
  for (let end = 0; end < bytes.length; end++) assert.throws(() => projection.read(bytes.subarray(0, end), 0), { code: /alert-truncated|avro-invalid/ }, `cut to ${end} bytes`)
})
