/** All that a data folder holds, save the times at which it was written. */
import { openLmdbStore } from '../../src/state/storage/store.ts'
import type { StateStore } from '../../src/state/store.ts'
import type { Accounting } from '../../src/state/views.ts'

/** More than there are. */
const ALL = 1_000_000

export type Contents = Record<string, unknown> & { accounting: Accounting, position: unknown }

/** @param objects ids of the objects to look at; @param position name of the position to look at */
export async function contentsOf (folder: string, { objects, position }: { objects: Iterable<string>, position: string }): Promise<Contents> {
  const store = openLmdbStore(folder)
  try {
    const { reader, deadLetters } = store
    return {
      ...reader.statistics(),
      sequence: reader.sequence(),
      position: store.position(position),
      candidates: reader.candidates({ limit: ALL }).candidates.map(withoutTime),
      records: Object.fromEntries(Array.from(objects, diaObjectId => [diaObjectId, recordOf(store, diaObjectId)])),
      letters: deadLetters.list({ limit: ALL, oldestFirst: true }).deadLetters.map(({ receivedAt: _, failedAt: __, ...facts }) =>
        ({ ...facts, original: Buffer.from(deadLetters.bytes(facts.number)).toString('base64') }))
    }
  } finally {
    await store.close()
  }
}

/** All of an object save the times at which it was written. */
export function recordOf (store: StateStore, diaObjectId: string): unknown {
  const record = store.objects.get(diaObjectId)
  if (record === undefined) return undefined
  return {
    ...record,
    publications: record.publications.map(withoutTime),
    closedPoints: store.objects.closedPoints(diaObjectId, record.closedPointBlocks),
    classifications: store.reader.classifications(diaObjectId)!.map(withoutTime)
  }
}

const withoutTime = <Published extends { publishedAt: unknown }>({ publishedAt: _, ...rest }: Published): Omit<Published, 'publishedAt'> => rest
