/** One object with the blocks beside its record, as far as they can be read. */
import type { StoredPoint } from '../../light-curve/stored-point.ts'
import { CandelaError } from '../../errors.ts'
import { keyOf, checkpointsKey, type BlockKind } from '../storage/objects.ts'
import { unpackPointBlock, unpackPublicationBlock, unpackRecord, unpackCheckpoints } from '../record/packed-record.ts'
import { BLOCK_LENGTH, closedBlocks, type HiddenState, type ObjectRecord, type Publication } from '../record/record.ts'
import type { FindingCode, Report } from './findings.ts'
import type { Snapshot } from './snapshot.ts'

export interface StoredObject {
  diaObjectId: string
  record: ObjectRecord
  /** Null where a block is missing or cannot be read, which has been reported. */
  closedPoints: readonly StoredPoint[] | null
  closedPublications: readonly Publication[] | null
  checkpoints: readonly HiddenState[] | null
}

/** @returns undefined where it cannot be read, and that has been reported as `code` */
function readable<Value> (read: () => Value, code: FindingCode, diaObjectId: string, report: Report): Value | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof CandelaError) || error.code !== 'record-damaged') throw error
    report(code, error.message, diaObjectId)
    return undefined
  }
}

/** @returns undefined where the record itself cannot be read, and that has been reported */
export const readRecord = (diaObjectId: string, bytes: Uint8Array, report: Report): ObjectRecord | undefined =>
  readable(() => unpackRecord(diaObjectId, bytes), 'record-unreadable', diaObjectId, report)

/** Reads the blocks beside a record, and checks how the light curve and the history are divided into blocks. */
export function readBeside (record: ObjectRecord, { blocks }: Pick<Snapshot, 'blocks'>, report: Report): StoredObject {
  const { diaObjectId } = record
  function closed<Entry> (kind: BlockKind, count: number, open: number, unpack: (diaObjectId: string, bytes: Uint8Array) => Entry[]): Entry[] | null {
    const what = kind === 'points' ? 'light curve' : 'published history'
    const contents = Array.from({ length: count }, (_, block) => {
      const bytes = blocks.get(keyOf(diaObjectId, kind, block))
      if (bytes === undefined) {
        report('block-missing', `object ${diaObjectId}: block ${block} of its ${what} is missing`, diaObjectId)
        return undefined
      }
      return readable(() => unpack(diaObjectId, bytes), 'record-unreadable', diaObjectId, report)
    })
    const whole = contents.filter(content => content !== undefined)
    if (whole.length < count) return null
    const uneven = whole.findIndex(({ length }) => length !== BLOCK_LENGTH)
    const expected = closedBlocks(count * BLOCK_LENGTH + open)
    if (uneven >= 0) report('blocks-uneven', `object ${diaObjectId}: block ${uneven} of its ${what} has ${whole[uneven]!.length} entries, not ${BLOCK_LENGTH}`, diaObjectId)
    else if (count !== expected) report('blocks-uneven', `object ${diaObjectId}: its ${what} has ${count} closed blocks and ${open} open entries, which would be ${expected} blocks`, diaObjectId)
    return whole.flat()
  }
  const checkpoints = blocks.get(checkpointsKey(diaObjectId))
  return {
    diaObjectId,
    record,
    closedPoints: closed('points', record.closedPointBlocks, record.openPoints.length, unpackPointBlock),
    closedPublications: closed('publications', record.closedPublicationBlocks, record.publications.length, unpackPublicationBlock),
    checkpoints: checkpoints === undefined ? [] : readable(() => unpackCheckpoints(diaObjectId, checkpoints), 'settled-state-unreadable', diaObjectId, report) ?? null
  }
}
