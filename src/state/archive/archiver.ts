/** Moves objects that were not seen for long from the store to files, so that the store stays bounded. */
import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { CandelaError } from '../../errors.ts'
import { archiveExists, checksumOf, lastSeen, toArchived, writeArchive, type ArchivedObject } from './file.ts'
import { oneAfterAnother, type SerializedProcessor } from '../processor/serialized.ts'
import { NOTHING, type StateStore } from '../store.ts'
import { walk, type Breathe } from './walk.ts'

/** A file closes at this many packed bytes, which are held in memory. */
const FILE_BYTES = 32 * 2 ** 20
/** Objects that leave the store in one commit; the stream goes on between two commits. */
const BATCH = 64

export interface ArchiveQuery {
  /** Objects last seen before this time leave [d, MJD TAI], and objects without any time. */
  before: number
  /** The file to write. */
  path: string
  /** Continue after this object. */
  after?: string | undefined
  /** Most objects to look at. */
  limit?: number | undefined
  /** A file closes at this many packed bytes. */
  fileBytes?: number | undefined
  breathe?: Breathe | undefined
}

export interface WrittenArchive {
  path: string
  /** Objects in it. */
  objects: number
  /** Objects of the file that changed while it was written; they stay in the store. */
  stayed: number
  bytes: number
}

export interface ArchivePage {
  /** Null where nothing was old enough. */
  archive: WrittenArchive | null
  /** Objects whose records cannot be read: they stay. */
  damaged: string[]
  /** Value of `after` to go on with, or null at the end. */
  next: string | null
}

export interface Archiver {
  /**
   * Writes one file, then removes its objects from the store in small commits. An object that changes in between is in the
   * file and stays in the store. After a crash in between, objects are in both; archiving or restoring them again is safe.
   * @throws CandelaError `archive-exists`, `archive-unwritable`: no object has left; `commit-failed`: every object that has left is in the file
   */
  archive (query: ArchiveQuery): Promise<ArchivePage>
}

export interface ArchiverOptions {
  store: StateStore
  processor: Pick<SerializedProcessor, 'inTurn'>
  /** [ms since 1970, UTC] */
  now?: () => number
}

export function createArchiver ({ store, processor, now = Date.now }: ArchiverOptions): Archiver {
  const queue = oneAfterAnother()

  async function collect ({ before, after, limit = Infinity, fileBytes = FILE_BYTES, breathe }: ArchiveQuery): Promise<{ objects: ArchivedObject[], damaged: string[], next: string | null }> {
    const objects: ArchivedObject[] = []
    const damaged: string[] = []
    let bytes = 0
    let seen = 0
    for await (const { diaObjectId, record } of walk(store, { after, breathe })) {
      try {
        const packed = record && lastSeen(record) < before ? store.objects.packed(diaObjectId) : undefined
        if (!record) damaged.push(diaObjectId)
        else if (packed) {
          objects.push(toArchived(packed))
          bytes += [packed.record, ...packed.pointBlocks, ...packed.publicationBlocks, packed.settled].reduce((sum, part) => sum + (part?.length ?? 0), 0)
        }
      } catch (error) {
        if (!(error instanceof CandelaError)) throw error
        damaged.push(diaObjectId)
      }
      if (bytes >= fileBytes || ++seen >= limit) return { objects, damaged, next: diaObjectId }
    }
    return { objects, damaged, next: null }
  }

  /** @returns how many left the store */
  const remove = async (objects: readonly ArchivedObject[]): Promise<number> => await processor.inTurn(async () => {
    const archived = objects.filter(({ diaObjectId, checksum }) => {
      const now = store.objects.packed(diaObjectId)
      return now && checksumOf(now) === checksum
    }).map(({ diaObjectId }) => diaObjectId)
    if (archived.length > 0) await store.commit({ ...NOTHING, archived })
    return archived.length
  })

  async function archivePage (query: ArchiveQuery): Promise<ArchivePage> {
    const { path, breathe = setImmediate } = query
    if (existsSync(path)) throw archiveExists(path)
    const { objects, damaged, next } = await collect(query)
    if (objects.length === 0) return { archive: null, damaged, next }
    await writeArchive(path, objects, now())
    let left = 0
    for (let first = 0; first < objects.length; first += BATCH) {
      left += await remove(objects.slice(first, first + BATCH))
      await breathe()
    }
    const { size: bytes } = await stat(path)
    return { archive: { path, objects: objects.length, stayed: objects.length - left, bytes }, damaged, next }
  }

  return {
    archive: query => queue.next(() => archivePage(query))
  }
}
