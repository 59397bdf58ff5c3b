/** Archives: Avro container files of objects that left the store. Schema: schemas/archive.avsc. */
import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { link, mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import avsc from 'avsc'
import { flushToDisk } from '../../durable-files.ts'
import { CandelaError, reasonIn } from '../../errors.ts'
import { archiveSchema } from './schema.ts'
import { DATA_FORMAT } from '../storage/data-file.ts'
import { toClassification } from '../record/classification.ts'
import type { ObjectRecord } from '../record/record.ts'
import type { PackedObject } from '../store.ts'
import { unpackObject } from '../record/whole-object.ts'

/** The columns of an archived object that any reader of Avro can use. */
export interface ArchivedFacts {
  diaObjectId: string
  /** [deg, ICRS] */
  ra: number
  dec: number
  /** [d, MJD TAI] */
  lastMjdTai: number | null
  points: number
  publications: number
  probabilityIa: number | null
  epochs: number | null
  revision: number | null
  classifierName: string | null
  classifierVersion: string | null
  /** [ms since 1970, UTC] */
  publishedAt: number | null
}

export interface ArchivedObject extends ArchivedFacts, PackedObject {
  checksum: number
}

/** When an object was last seen: the later of its newest point and its newest alert [d, MJD TAI]; −∞ where neither has a time. */
export const lastSeen = ({ openPoints, factsMjdTai }: ObjectRecord): number => Math.max(openPoints.at(-1)?.midpointMjdTai ?? -Infinity, factsMjdTai)

/** CRC-32 of all bytes of an object, its id among them. */
export const checksumOf = ({ diaObjectId, record, pointBlocks, publicationBlocks, settled }: PackedObject): number =>
  [record, ...pointBlocks, ...publicationBlocks, ...settled ? [settled] : []].reduce<number>((sum, bytes) => crc32(bytes, sum), crc32(diaObjectId))

/** @throws CandelaError `record-damaged` */
export function toArchived (packed: PackedObject): ArchivedObject {
  const { record, points, publications } = unpackObject(packed)
  const seen = lastSeen(record)
  const last = record.publications.at(-1)
  const newest = record.tip && last ? toClassification(packed.diaObjectId, last) : undefined
  return {
    ...packed,
    ra: record.ra,
    dec: record.dec,
    lastMjdTai: seen === -Infinity ? null : seen,
    points: points.length,
    publications: publications.length,
    probabilityIa: newest?.probabilityIa ?? null,
    epochs: newest?.epochs ?? null,
    revision: newest?.revision ?? null,
    classifierName: newest?.classifierName ?? null,
    classifierVersion: newest?.classifierVersion ?? null,
    publishedAt: newest ? Date.parse(newest.publishedAt) : null,
    checksum: checksumOf(packed)
  }
}

/**
 * Writes an archive. A file with its name is whole and on the disk, or does not exist.
 * @param now [ms since 1970, UTC]
 * @throws CandelaError `archive-exists`: an existing file is never overwritten; `archive-unwritable`
 */
export async function writeArchive (path: string, objects: readonly ArchivedObject[], now: number): Promise<void> {
  const unfinished = `${path}.${process.pid}.unfinished`
  try {
    await mkdir(dirname(path), { recursive: true })
    const metadata = {
      'candela.format': Buffer.from(String(DATA_FORMAT)),
      'candela.objects': Buffer.from(String(objects.length)),
      'candela.archivedAt': Buffer.from(new Date(now).toISOString())
    }
    // avsc takes metadata; its types lack the option.
    const options = { codec: 'deflate', writeHeader: 'always' as const, syncMarker: randomBytes(16), metadata }
    await pipeline(Readable.from(inPieces(objects)), new avsc.streams.BlockEncoder(archiveSchema as avsc.Schema, options), createWriteStream(unfinished, { flush: true }))
    // Unlike a rename, a link never replaces a file.
    await link(unfinished, path)
    await rm(unfinished)
    flushToDisk(dirname(path))
  } catch (cause) {
    await rm(unfinished, { force: true }).catch(() => {})
    if ((cause as NodeJS.ErrnoException).syscall === 'link' && (cause as NodeJS.ErrnoException).code === 'EEXIST') throw archiveExists(path)
    throw new CandelaError('archive-unwritable', `archive ${path} cannot be written: ${reasonIn(cause)}`, {
      value: path, cause, canRetry: true, action: 'Check the folder, its permissions and the free space; no object has left the store for this file.'
    })
  }
}

/** Objects encoded in one turn of the event loop. */
const PIECE = 16

async function * inPieces (objects: readonly ArchivedObject[]): AsyncGenerator<ArchivedObject> {
  for (let first = 0; first < objects.length; first += PIECE) {
    yield * objects.slice(first, first + PIECE)
    await setImmediate()
  }
}

export const archiveExists = (path: string): CandelaError =>
  new CandelaError('archive-exists', `${path} is there already`, { value: path, action: 'Choose another file: an archive is never overwritten.' })
