/** An object with the blocks beside its record: read from its bytes at rest, and made what a commit writes. */
import type { StoredPoint } from '../../light-curve/stored-point.ts'
import { unpackPointBlock, unpackPublicationBlock, unpackRecord, unpackCheckpoints } from './packed-record.ts'
import { BLOCK_LENGTH, closedBlocks, type HiddenState, type ObjectRecord, type Publication } from './record.ts'
import type { PackedObject, RecordWrite } from '../store.ts'

export interface WholeObject {
  /** Its open points and publications are the last of `points` and `publications`. */
  record: ObjectRecord
  /** In order of time. */
  points: readonly StoredPoint[]
  /** Oldest first. */
  publications: readonly Publication[]
  /** Newest first. */
  checkpoints: readonly HiddenState[]
}

/** @throws CandelaError `record-damaged` */
export function unpackObject ({ diaObjectId, record: bytes, pointBlocks, publicationBlocks, settled }: PackedObject): WholeObject {
  const record = unpackRecord(diaObjectId, bytes)
  return {
    record,
    points: [...pointBlocks.flatMap(block => unpackPointBlock(diaObjectId, block)), ...record.openPoints],
    publications: [...publicationBlocks.flatMap(block => unpackPublicationBlock(diaObjectId, block)), ...record.publications],
    checkpoints: settled === null ? [] : unpackCheckpoints(diaObjectId, settled)
  }
}

/** Divides entries into closed blocks and open entries. */
function cut<Entry> (entries: readonly Entry[]): { blocks: Map<number, readonly Entry[]>, open: readonly Entry[] } {
  const count = closedBlocks(entries.length)
  const blocks = new Map(Array.from({ length: count }, (_, block) => [block, entries.slice(block * BLOCK_LENGTH, (block + 1) * BLOCK_LENGTH)]))
  return { blocks, open: entries.slice(count * BLOCK_LENGTH) }
}

/** Makes the write of a whole object. */
export function wholeWrite ({ record, points, publications, checkpoints }: WholeObject): RecordWrite {
  const light = cut(points)
  const history = cut(publications)
  return {
    record: {
      ...record,
      openPoints: light.open,
      closedPointBlocks: light.blocks.size,
      publications: history.open,
      closedPublicationBlocks: history.blocks.size
    },
    pointBlocks: light.blocks,
    publicationBlocks: history.blocks,
    checkpoints
  }
}
