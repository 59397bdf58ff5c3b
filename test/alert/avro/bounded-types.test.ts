import assert from 'node:assert/strict'
import test from 'node:test'
import avsc from 'avsc'
import { boundedType } from '../../../src/alert/avro/bounded-types.ts'
import { exactLong } from '../../../src/alert/avro/exact-long.ts'

const varint = (value: bigint): Buffer => avsc.Type.forSchema({ type: 'record', name: 'L', fields: [{ name: 'v', type: exactLong }] }).toBuffer({ v: value })
const schema = (fields: object[]): Record<string, unknown> => ({ type: 'record', name: 'R', fields })
const list = { name: 'list', type: { type: 'array', items: 'double' } }
const map = { name: 'map', type: { type: 'map', values: 'long' } }
const last = { name: 'last', type: 'long' }

test('lists are read and skipped as avsc reads them', () => {
  const writer = boundedType(schema([list, map, last]))
  const value = { list: [1.5, -2, 3], map: { a: 1, b: -7 }, last: 42 }
  const bytes = avsc.Type.forSchema(schema([list, map, last]) as Parameters<typeof avsc.Type.forSchema>[0]).toBuffer(value)
  const read = writer.fromBuffer(bytes) as typeof value
  assert.deepEqual({ list: read.list, map: { ...read.map }, last: read.last }, value)
  const lean = boundedType(schema([last]))
  assert.equal((lean.fromBuffer(bytes, lean.createResolver(writer)) as { last: number }).last, 42)
})

test('blocks with a size are read, skipped, and checked against what remains', () => {
  const writer = boundedType(schema([list, last]))
  const lean = boundedType(schema([last]))
  const skip = lean.createResolver(writer)
  const item = Buffer.alloc(8)
  const sized = (size: bigint): Buffer => Buffer.concat([varint(-2n), varint(size), item, item, varint(0n), varint(5n)])
  assert.equal((writer.fromBuffer(sized(16n)) as { last: number }).last, 5)
  assert.equal((lean.fromBuffer(sized(16n), skip) as { last: number }).last, 5)
  for (const size of [-16n, 1n, 2n ** 40n]) {
    assert.throws(() => lean.fromBuffer(sized(size), skip), RangeError)
    assert.throws(() => writer.fromBuffer(sized(size)), RangeError)
  }
})

test('a count that the bytes cannot hold is refused at once', () => {
  for (const field of [list, map]) {
    const writer = boundedType(schema([field, last]))
    const lean = boundedType(schema([last]))
    for (const count of [100n, 2n ** 31n, 2n ** 40n, 2n ** 62n, -(2n ** 40n)]) {
      const bytes = Buffer.concat([varint(count), Buffer.alloc(60)])
      assert.throws(() => writer.fromBuffer(bytes), RangeError)
      assert.throws(() => lean.fromBuffer(bytes, lean.createResolver(writer)), RangeError)
    }
  }
})

test('exact longs keep the whole range of 64 bits', () => {
  const type = boundedType({ type: 'array', items: exactLong })
  const values = [0n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), 281323062375219201n]
  assert.deepEqual(type.fromBuffer(type.toBuffer(values)), values)
  assert.throws(() => type.toBuffer([2n ** 63n]))
  assert.throws(() => type.toBuffer([1]))
  // 2^63 − 1 in zigzag: the spec's longest varint, ten bytes.
  assert.deepEqual(type.fromBuffer(Buffer.from('02feffffffffffffffff0100', 'hex')), [2n ** 63n - 1n])
  assert.throws(() => type.fromBuffer(Buffer.from('02feffffffffffffffffff0100', 'hex')), { message: 'a long of more than 64 bits' })
})

test('exact longs of any length are read as avsc reads them', () => {
  const type = boundedType(exactLong)
  const own = avsc.types.LongType.__with({
    fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(), toBuffer: () => Buffer.alloc(8), fromJSON: BigInt, toJSON: String, isValid: () => true, compare: () => 0
  })
  for (let bits = 0n; bits < 63n; bits++) {
    for (const value of [2n ** bits, 2n ** bits - 1n, -(2n ** bits), 0x5a5a5a5a5a5a5a5an >> (63n - bits)]) {
      const bytes = varint(value)
      assert.equal(type.fromBuffer(bytes), value)
      assert.equal(own.fromBuffer(bytes), value)
    }
  }
})
