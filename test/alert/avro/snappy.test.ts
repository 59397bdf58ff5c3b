import assert from 'node:assert/strict'
import test from 'node:test'
import { MAXIMUM_BLOCK_BYTES } from '../../../src/alert/avro/codecs.ts'
import { readSnappy } from '../../../src/alert/avro/snappy.ts'
import { decodeContainer } from '../../../src/alert/decode.ts'
import { containerHeader, snappyBlock } from '../../fixtures/alert-packets.ts'
import { ztfAlert, ztfContainer, ztfSchema } from '../../fixtures/ztf-packets.ts'

const read = (block: Buffer): Buffer => readSnappy(block, 2 ** 20)

test('a block of literals and copies is read', () => {
  // google/snappy format_description.txt: length 10; literal of 3 'abc'; copy of 7 from 3 back. CRC-32 of abcabcabca by Python's zlib.
  const block = Buffer.from('0a08616263' + '0d03' + 'fb9d0b5d', 'hex')
  assert.equal(read(block).toString(), 'abcabcabca')
  const long = Buffer.from(Array.from({ length: 70_000 }, (_, k) => (k * k) >> 7))
  assert.deepEqual(read(snappyBlock(long)), long)
  assert.deepEqual(read(snappyBlock(Buffer.alloc(2 ** 20))), Buffer.alloc(2 ** 20))
  assert.equal(read(Buffer.from('0000000000', 'hex')).length, 0)
})

test('a changed byte fails the checksum or the block', () => {
  const block = snappyBlock(Buffer.from('a light curve of many points, a light curve of many points'))
  for (let at = 0; at < block.length; at++) {
    const changed = Buffer.from(block)
    changed[at] = changed[at]! ^ 0x21
    assert.throws(() => read(changed), Error, `byte ${at}`)
  }
  for (let length = 0; length < block.length; length++) assert.throws(() => read(block.subarray(0, length)), Error, `${length} bytes`)
})

test('a claimed length beyond the limit, or beyond what the bytes could hold, is refused before memory is taken', () => {
  const claim = (length: number[], bytes: number): Buffer => Buffer.concat([Buffer.from(length), Buffer.alloc(bytes)])
  const before = process.memoryUsage().arrayBuffers
  assert.throws(() => readSnappy(claim([0xff, 0xff, 0xff, 0xff, 0x0f], 100), MAXIMUM_BLOCK_BYTES), /claims to hold 4294967295/)
  assert.throws(() => readSnappy(claim([0x80, 0x80, 0x80, 0x10], 100), MAXIMUM_BLOCK_BYTES), /claims to hold 33554432/)
  assert.throws(() => readSnappy(claim([0x80, 0x80, 0x80, 0x80, 0x80, 0x80], 100), MAXIMUM_BLOCK_BYTES), /no length/)
  assert.throws(() => readSnappy(snappyBlock(Buffer.alloc(2 ** 20 + 1)), 2 ** 20), /claims to hold 1048577/)
  assert.ok(process.memoryUsage().arrayBuffers - before < 8 * 2 ** 20)
})

test('a container whose snappy block is damaged or cut says so', () => {
  const whole = ztfContainer([[ztfAlert(), ztfAlert()]], 'snappy')
  const codes = (bytes: Buffer): string[] => [...decodeContainer(bytes)].map(one => 'alert' in one ? 'alert' : one.error.code)
  assert.deepEqual(codes(whole), ['alert', 'alert'])
  const damaged = Buffer.from(whole)
  const inBlock = containerHeader(ztfSchema, 'snappy').length + 60
  damaged[inBlock] = damaged[inBlock]! ^ 0xff
  assert.deepEqual(codes(damaged), ['container-damaged'])
  assert.deepEqual(codes(whole.subarray(0, whole.length - 30)), ['container-truncated'])
})
