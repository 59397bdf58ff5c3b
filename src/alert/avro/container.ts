/**
 * Avro object container files (Avro 1.11 specification, "Object Container Files"): a header with the schema,
 * then blocks of records, each closed by the file's sync marker. A damaged block costs its own records only.
 */
import { CandelaError, reasonIn } from '../../errors.ts'
import { boundedType } from './bounded-types.ts'
import { codecOf, type Codec } from './codecs.ts'

const MAGIC = Buffer.from('Obj\x01', 'latin1')
const SYNC_LENGTH = 16

const headerType = boundedType({
  type: 'record',
  name: 'Header',
  fields: [
    { name: 'magic', type: { type: 'fixed', name: 'Magic', size: MAGIC.length } },
    { name: 'meta', type: { type: 'map', values: 'bytes' } },
    { name: 'sync', type: { type: 'fixed', name: 'Sync', size: SYNC_LENGTH } }
  ]
})
const blockStartType = boundedType({
  type: 'record', name: 'BlockStart', fields: [{ name: 'count', type: 'long' }, { name: 'size', type: 'long' }]
})

export interface ContainerHeader {
  /** The writer's schema, JSON. */
  schemaText: string
  /** What its writer says beside, by name. */
  meta: Readonly<Record<string, Buffer>>
  codec: Codec
  sync: Buffer
  /** The header as it stands in the file; the blocks begin after it. */
  bytes: Buffer
}

/** A block whose records can be read, or the error of one that is lost. */
export type Block = ReadableBlock | { error: CandelaError, bytes: Buffer }
export interface ReadableBlock {
  /** 1 for the file's first. */
  number: number
  count: number
  /** The records, decompressed. */
  data: Buffer
  /** The file ends inside this block: `data` holds the records before the end. */
  cut: boolean
  /** The block as it stands in the file. */
  bytes: Buffer
}

export const isContainer = (bytes: Buffer): boolean => bytes.subarray(0, MAGIC.length).equals(MAGIC)

/** @throws CandelaError 'container-invalid' where there is no whole header, 'codec-unknown' */
export function readHeader (bytes: Buffer): ContainerHeader {
  let header: { value: { meta: Record<string, Buffer>, sync: Buffer } | undefined, offset: number }
  try {
    header = headerType.decode(bytes)
  } catch (cause) {
    throw invalid(`its header cannot be read: ${reasonIn(cause)}`)
  }
  if (header.value === undefined || !isContainer(bytes)) throw invalid('it ends inside its header')
  const schema = header.value.meta['avro.schema']
  if (schema === undefined) throw invalid('its header has no avro.schema')
  return {
    schemaText: schema.toString(),
    meta: header.value.meta,
    codec: codecOf(header.value.meta['avro.codec']?.toString() ?? 'null'),
    sync: header.value.sync,
    bytes: bytes.subarray(0, header.offset)
  }
}

/**
 * The blocks of a container, in order. After a damaged one it goes on behind the next sync marker.
 * Errors: 'container-damaged', and 'container-truncated' where the file ends inside a block's first bytes.
 */
export function * readBlocks (bytes: Buffer, header: ContainerHeader): Generator<Block> {
  let position = header.bytes.length
  for (let number = 1; position < bytes.length; number++) {
    const start = blockStart(bytes, position)
    const end = start && start.position + start.size
    const whole = end !== undefined && bytes.subarray(end, end + SYNC_LENGTH).equals(header.sync)
    const nextSync = whole ? end : bytes.indexOf(header.sync, position)
    const next = nextSync < 0 ? bytes.length : nextSync + SYNC_LENGTH
    const raw = bytes.subarray(position, next)
    if (whole || (start && nextSync < 0)) {
      yield readBlock(start!, bytes.subarray(start!.position, Math.min(end!, bytes.length)), { number, cut: !whole, raw, codec: header.codec })
    } else {
      yield {
        bytes: raw,
        error: nextSync < 0
          ? truncatedIn(number, 'no record of it is whole')
          : damaged(number, 'its length does not lead to a sync marker; its records are lost')
      }
    }
    position = next
  }
}

/** The bytes of a container of its own with one record of another, uncompressed: what a dead letter keeps. */
export function containerOfRecord (header: ContainerHeader, record: Buffer): Buffer {
  return Buffer.concat([
    headerType.toBuffer({ magic: MAGIC, meta: { 'avro.schema': Buffer.from(header.schemaText) }, sync: header.sync }),
    blockStartType.toBuffer({ count: 1, size: record.length }),
    record,
    header.sync
  ])
}

export const damaged = (block: number, what: string, cause?: unknown): CandelaError =>
  new CandelaError('container-damaged', `block ${block} of the container is damaged: ${what}`, {
    value: block, cause, action: 'Fetch the file again to have the lost records; the other blocks are read.'
  })

export const truncatedIn = (block: number, what: string): CandelaError =>
  new CandelaError('container-truncated', `the container ends inside its block ${block}: ${what}`, {
    value: block, action: 'Fetch the file again: its end is missing. What came before is read.'
  })

interface BlockStart { count: number, size: number, position: number }

function blockStart (bytes: Buffer, at: number): BlockStart | undefined {
  try {
    const { value, offset } = blockStartType.decode(bytes, at) as { value: { count: number, size: number } | undefined, offset: number }
    return value && value.count >= 0 && value.size >= 0 ? { ...value, position: offset } : undefined
  } catch {
    return undefined
  }
}

function readBlock (start: BlockStart, stored: Buffer, block: { number: number, cut: boolean, raw: Buffer, codec: Codec }): Block {
  let data: Buffer
  try {
    data = block.codec(stored, block.cut)
  } catch (cause) {
    const error = block.cut ? truncatedIn(block.number, 'no record of it is whole') : damaged(block.number, 'it cannot be decompressed', cause)
    return { error, bytes: block.raw }
  }
  // A record has at least one byte, so a count above the data's length is absurd.
  if (!block.cut && start.count > data.length) {
    return { error: damaged(block.number, `it claims ${start.count} records in ${data.length} bytes`), bytes: block.raw }
  }
  return { number: block.number, count: start.count, data, cut: block.cut, bytes: block.raw }
}

const invalid = (what: string): CandelaError => new CandelaError('container-invalid', `the container is damaged: ${what}`, {
  action: 'Fetch the file again: without its header nothing in it can be read.'
})
