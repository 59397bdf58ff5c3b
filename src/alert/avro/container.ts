/**
 * Avro object container files (Avro 1.11 specification, "Object Container Files"): a header with the schema,
 * then blocks of records, each closed by the file's sync marker. A damaged block costs its own records only.
 */
import { CandelaError, reasonIn } from '../../errors.ts'
import { Later, MORE, parseWhole, Window, type More } from '../input/pieces.ts'
import { boundedType } from './bounded-types.ts'
import { codecOf, type Codec } from './codecs.ts'

const MAGIC = Buffer.from('Obj\x01', 'latin1')
const SYNC_LENGTH = 16
/** Count and size of a block take at most ten bytes each. */
const MOST_START_BYTES = 20
/** Longer headers are taken for damage: they have a schema, and those of alerts take some 100 KB. */
const MOST_HEADER_BYTES = 16 * 2 ** 20
/** Blocks that take more as they stand in the file are taken for damage: they would have to be held as a whole. */
const MOST_STORED_BYTES = 256 * 2 ** 20

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
  const { value } = headerIn(new Window(bytes, true)).next()
  return value as ContainerHeader
}

/**
 * The header at a window's beginning, which stays there.
 * @throws as readHeader
 */
export function * headerIn (window: Window): Generator<More, ContainerHeader> {
  for (;;) {
    const isAll = window.ended || window.bytes.length > MOST_HEADER_BYTES
    const { bytes } = window
    let header: { value: { meta: Record<string, Buffer>, sync: Buffer } | undefined, offset: number } | undefined
    try {
      header = headerType.decode(bytes)
    } catch (cause) {
      if (isAll) throw invalid(`its header cannot be read: ${reasonIn(cause)}`)
    }
    if (header?.value !== undefined && isContainer(bytes)) return headerOf(header.value, bytes.subarray(0, header.offset))
    if (isAll) throw invalid('it ends inside its header')
    yield MORE
  }
}

function headerOf ({ meta, sync }: { meta: Record<string, Buffer>, sync: Buffer }, bytes: Buffer): ContainerHeader {
  const schema = meta['avro.schema']
  if (schema === undefined) throw invalid('its header has no avro.schema')
  return { schemaText: schema.toString(), meta, codec: codecOf(meta['avro.codec']?.toString() ?? 'null'), sync, bytes }
}

/**
 * The blocks of a container, in order. After a damaged one it goes on behind the next sync marker.
 * Errors: 'container-damaged', and 'container-truncated' where the file ends inside a block's first bytes.
 */
export const readBlocks = (bytes: Buffer, header: ContainerHeader): Generator<Block> =>
  parseWhole(bytes.subarray(header.bytes.length), window => blocksIn(window, header))

/** The same of a window behind the header; each block is let go of before the next one is read. */
export function * blocksIn (window: Window, { sync, codec }: ContainerHeader): Generator<Block | More> {
  for (let number = 1; ; number++) {
    while (window.bytes.length < MOST_START_BYTES && !window.ended) yield MORE
    if (window.bytes.length === 0) return
    const start = blockStart(window.bytes)
    const end = start && start.position + start.size
    if (start && start.size <= MOST_STORED_BYTES) {
      while (window.bytes.length < end! + SYNC_LENGTH && !window.ended) yield MORE
    }
    const isWhole = end !== undefined && window.bytes.subarray(end, end + SYNC_LENGTH).equals(sync)
    const nextSync = isWhole ? end : yield * find(window, sync)
    const raw = window.bytes.subarray(0, nextSync < 0 ? window.bytes.length : nextSync + SYNC_LENGTH)
    if (isWhole || (start && nextSync < 0 && window.ended)) {
      yield yield * readBlock(start!, raw.subarray(start!.position, Math.min(end!, raw.length)), { number, cut: !isWhole, raw, codec })
    } else {
      yield {
        bytes: raw,
        error: nextSync < 0 && window.ended
          ? truncatedIn(number, 'no record of it is whole')
          : damaged(number, 'its length does not lead to a sync marker; its records are lost')
      }
    }
    window.skip(raw.length)
    if (nextSync < 0 && !window.ended) yield * passOver(window, sync)
  }
}

/** Where bytes stand in a window, as far as one block may reach; -1 where they do not. */
function * find (window: Window, sync: Buffer): Generator<More, number> {
  for (let from = 0; ;) {
    const found = window.bytes.indexOf(sync, from)
    if (found >= 0 || window.ended || window.bytes.length > MOST_STORED_BYTES) return found
    from = Math.max(0, window.bytes.length - SYNC_LENGTH + 1)
    yield MORE
  }
}

/** Goes on behind the next sync marker, however far it is, and holds nothing on the way. */
function * passOver (window: Window, sync: Buffer): Generator<More, void> {
  for (;;) {
    const found = window.bytes.indexOf(sync)
    if (found >= 0 || window.ended) {
      window.skip(found >= 0 ? found + SYNC_LENGTH : window.bytes.length)
      return
    }
    window.skip(Math.max(0, window.bytes.length - SYNC_LENGTH + 1))
    yield MORE
  }
}

/** The bytes of a container of its own with one record of another, uncompressed: what a dead letter keeps. */
export function containerOfRecord (header: Pick<ContainerHeader, 'schemaText' | 'sync'>, record: Buffer): Buffer {
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

function blockStart (bytes: Buffer): BlockStart | undefined {
  try {
    const { value, offset } = blockStartType.decode(bytes) as { value: { count: number, size: number } | undefined, offset: number }
    return value && value.count >= 0 && value.size >= 0 ? { ...value, position: offset } : undefined
  } catch {
    return undefined
  }
}

function * readBlock (start: BlockStart, stored: Buffer, block: { number: number, cut: boolean, raw: Buffer, codec: Codec }): Generator<More, Block> {
  let data: Buffer
  try {
    const read = block.codec(stored, block.cut)
    if (read instanceof Later) yield read
    data = read instanceof Later ? read.result : read
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
