import type { ObjectRecord } from '../record/record.ts'
import type { Report } from './findings.ts'
import type { Snapshot } from './snapshot.ts'

/**
 * Checks that each block belongs to a record that counts it.
 * @param recordOf undefined where there is none; null where it cannot be read
 */
export function checkBlocks ({ blocks }: Snapshot, recordOf: (diaObjectId: string) => ObjectRecord | null | undefined, report: Report, onDisorder: (message: string) => void): void {
  for (const { key } of blocks.entries(onDisorder)) {
    const [, diaObjectId, kind, number] = /^([^/]*)\/(?:([lp])(0|[1-9]\d*)|s)$/.exec(String(key)) ?? []
    const record = diaObjectId === undefined ? undefined : recordOf(diaObjectId)
    if (record === null) continue
    const closed = record && (kind === 'l' ? record.closedPointBlocks : kind === 'p' ? record.closedPublicationBlocks : Infinity)
    if (closed === undefined || Number(number ?? 0) >= closed) {
      report('block-orphaned', `block ${String(key)} belongs to no record${closed === undefined ? '' : `: that of object ${diaObjectId} has ${closed} such blocks`}`, record?.diaObjectId)
    }
  }
}
