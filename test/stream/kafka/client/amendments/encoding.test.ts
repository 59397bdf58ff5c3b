import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import test from 'node:test'
import fc from 'fast-check'
import { makeSparing, type Encoder, type EncoderClass } from '../../../../../src/stream/kafka/client/amendments/encoding.ts'

const require = createRequire(import.meta.url)

/** The classes of kafkajs's encoder and of its records, not shared with anyone. */
function fresh (): { Encoder: EncoderClass, Record: (record: object) => Encoder } {
  for (const path of Object.keys(require.cache)) if (/kafkajs.src.protocol/.test(path)) delete require.cache[path]
  return { Encoder: require('kafkajs/src/protocol/encoder') as EncoderClass, Record: require('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => Encoder }
}

const plain = fresh()
const sparing = fresh()
makeSparing(sparing.Encoder)

test('the two are not the same class', () => {
  assert.notEqual(plain.Encoder, sparing.Encoder)
  assert.notEqual(plain.Encoder.prototype.writeUVarInt, sparing.Encoder.prototype.writeUVarInt)
})

test('numbers of variable length are written as kafkajs writes them', () => {
  const edges = [0, -0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, 2 ** 20, 2 ** 30 - 1, 2 ** 30, -(2 ** 30), 2 ** 31 - 1, -(2 ** 31)]
  for (const value of edges) {
    assert.deepEqual(new sparing.Encoder().writeVarInt(value).buffer, new plain.Encoder().writeVarInt(value).buffer, `varint ${value}`)
    assert.deepEqual(new sparing.Encoder().writeUVarInt(value).buffer, new plain.Encoder().writeUVarInt(value).buffer, `unsigned varint ${value}`)
  }
  for (const value of [...edges, 2 ** 31, 2 ** 40, -(2 ** 40), 1_764_000_000_000]) {
    assert.deepEqual(new sparing.Encoder().writeVarLong(value).buffer, new plain.Encoder().writeVarLong(value).buffer, `varlong ${value}`)
    assert.equal(sparing.Encoder.sizeOfVarLong(value), plain.Encoder.sizeOfVarLong(value), `size of varlong ${value}`)
  }
})

test('records have the same bytes, whatever their sizes', () => {
  const bytes = fc.oneof(fc.constant(null), fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 500, maxLength: 9000 })).map(value => value && Buffer.from(value))
  const records = fc.record({ offsetDelta: fc.nat(), timestampDelta: fc.integer({ min: -5000, max: 2 ** 33 }), key: bytes, value: bytes, headers: fc.dictionary(fc.string({ minLength: 1, maxLength: 20 }), fc.string({ maxLength: 200 }), { noNullPrototype: true }) })
  fc.assert(fc.property(fc.array(records, { maxLength: 8 }), records => {
    const written = [plain, sparing].map(({ Encoder, Record }) => {
      const all = new Encoder() as Encoder & { writeEncoderArray (value: Encoder[]): Encoder }
      return all.writeEncoderArray(records.map(record => Record(record))).buffer
    })
    assert.deepEqual(written[1], written[0])
  }))
})
