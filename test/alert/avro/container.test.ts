import assert from 'node:assert/strict'
import test from 'node:test'
import { MAXIMUM_BLOCK_BYTES } from '../../../src/alert/avro/codecs.ts'
import { decodeContainer, type DecodedAlert } from '../../../src/alert/decode.ts'
import { containerBlock, containerHeader, elasticcAlert, elasticcContainer, elasticcSchema, elasticcSource, elasticcWriter, SYNC } from '../../fixtures/alert-packets.ts'

const numbered = (k: number) => elasticcAlert({ diaSource: elasticcSource({ diaSourceId: BigInt(k) }) })
const record = (k: number): Buffer => elasticcWriter.toBuffer(numbered(k))
const header = containerHeader(elasticcSchema)
const outcome = (one: DecodedAlert): string => 'alert' in one ? one.alert.diaSourceId : one.error.code
const outcomes = (bytes: Uint8Array): string[] => [...decodeContainer(bytes)].map(outcome)
const three = [[numbered(1), numbered(2)], [numbered(3), numbered(4)], [numbered(5)]]

test('blocks of each codec are read in order', () => {
  for (const codec of ['null', 'deflate', 'snappy']) assert.deepEqual(outcomes(elasticcContainer(three, codec)), ['1', '2', '3', '4', '5'])
  assert.deepEqual(outcomes(header), [])
})

test('an unknown codec is named', () => {
  const [one] = decodeContainer(containerHeader(elasticcSchema, 'zstandard'))
  assert.ok(one && 'error' in one)
  assert.equal(one.error.code, 'codec-unknown')
  assert.match(one.error.message, /zstandard/)
  assert.match(one.error.action ?? '', /null, deflate, snappy/)
})

test('a block with a damaged record keeps the ones before it and the blocks around it', () => {
  const broken = Buffer.alloc(40, 0x09)
  const bytes = Buffer.concat([header, containerBlock([record(1)]), containerBlock([record(2), broken, record(3)]), containerBlock([record(4)])])
  assert.deepEqual(outcomes(bytes), ['1', '2', 'container-damaged', '4'])
})

test('after a block of the wrong length it goes on behind the next sync marker', () => {
  for (const at of [0, 1]) {
    const block = containerBlock([record(2), record(3)])
    block[at] = block[at]! ^ 0x3e
    const decoded = outcomes(Buffer.concat([header, containerBlock([record(1)]), block, containerBlock([record(4)])]))
    assert.deepEqual([decoded[0], decoded.at(-1)], ['1', '4'])
    assert.ok(decoded.includes('container-damaged'))
  }
  const noSync = containerBlock([record(2)]).subarray(0, -SYNC.length)
  assert.deepEqual(outcomes(Buffer.concat([header, noSync, Buffer.alloc(SYNC.length), containerBlock([record(3)]), containerBlock([record(4)])])), ['container-damaged', '4'])
})

test('a container cut short gives the whole records before its end, then an error', () => {
  const block = containerBlock([record(2), record(3), record(4)])
  const whole = Buffer.concat([header, containerBlock([record(1)]), block])
  const start = whole.length - block.length
  const inThird = start + 5 + 2 * record(2).length + 10
  assert.deepEqual(outcomes(whole.subarray(0, inThird)), ['1', '2', '3', 'container-truncated'])
  assert.deepEqual(outcomes(whole.subarray(0, whole.length - 4)), ['1', '2', '3', '4', 'container-truncated'])
  assert.deepEqual(outcomes(whole.subarray(0, start + 1)), ['1', 'container-truncated'])
  assert.deepEqual(outcomes(whole.subarray(0, header.length - 3)), ['container-invalid'])
  const deflated = elasticcContainer([[numbered(1)], Array.from({ length: 50 }, (_, k) => numbered(1000 * (k + 2)))], 'deflate')
  const cut = outcomes(deflated.subarray(0, deflated.length - 80))
  assert.deepEqual(cut.slice(0, 3), ['1', '2000', '3000'])
  assert.equal(cut.at(-1), 'container-truncated')
})

test('an absurd count or size is an error, not a wait', () => {
  const long = (bytes: number[]): Buffer => Buffer.from(bytes)
  const huge = long([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02])
  const negative = long([0x03])
  const data = record(1)
  for (const [count, size] of [[huge, long([2])], [long([2]), huge], [negative, long([2])], [long([2]), negative]] as const) {
    const decoded = outcomes(Buffer.concat([header, count, size, data, SYNC, containerBlock([record(2)])]))
    assert.deepEqual(decoded, ['container-damaged', '2'])
  }
  assert.deepEqual(outcomes(Buffer.concat([header, containerBlock([data], 'null', 100_000)])), ['container-damaged'])
  assert.deepEqual(outcomes(Buffer.concat([header, containerBlock([data], 'null', 2)])), ['1', 'container-damaged'])
  assert.deepEqual(outcomes(Buffer.concat([header, containerBlock([data, data], 'null', 1)])), ['1', 'container-damaged'])
})

test('a block that grows beyond the limit when decompressed is refused', () => {
  const bomb = containerBlock([Buffer.alloc(MAXIMUM_BLOCK_BYTES + 1)], 'deflate')
  assert.ok(bomb.length < MAXIMUM_BLOCK_BYTES / 500)
  assert.deepEqual(outcomes(Buffer.concat([containerHeader(elasticcSchema, 'deflate'), bomb])), ['container-damaged'])
})

test('the bytes of a lost block can be decoded again', () => {
  const broken = Buffer.alloc(40, 0x09)
  const bytes = Buffer.concat([header, containerBlock([record(1)]), containerBlock([record(2), broken])])
  const lost = [...decodeContainer(bytes)].at(-1)
  assert.ok(lost && 'error' in lost)
  assert.deepEqual(outcomes(lost.bytes), ['2', 'container-damaged'])
})
