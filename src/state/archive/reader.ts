/** Reads archives. Every object of a file is checked before the first one is returned. */
import { open, readFile } from 'node:fs/promises'
import type { Type } from 'avsc'
import { OBJECT_ID } from '../../alert/alert.ts'
import { boundedType } from '../../alert/avro/bounded-types.ts'
import { isContainer, readBlocks, readHeader, type ContainerHeader } from '../../alert/avro/container.ts'
import { writerType } from '../../alert/avro/writer-type.ts'
import { CandelaError, reasonIn } from '../../errors.ts'
import { checksumOf, type ArchivedObject } from './file.ts'
import { archiveSchema } from './schema.ts'
import { DATA_FORMAT } from '../storage/data-file.ts'
import { unpackObject } from '../record/whole-object.ts'

const archiveType = boundedType(archiveSchema)

/** The header is shorter. */
const HEADER_BYTES = 64 * 2 ** 10

/** What the header of an archive says. */
export interface ArchiveHeader {
  objects: number
  bytes: number
  /** ISO 8601, UTC. */
  archivedAt: string | null
}

/** An archive that was checked: all its objects can be read. */
export interface Archive extends ArchiveHeader {
  path: string
  /** Reads the objects, in the order of the file. */
  read (): Generator<ArchivedObject>
}

/**
 * Opens an archive and checks all of it.
 * @throws CandelaError `archive-unreadable`, `archive-invalid` (no archive of Candela), `archive-format` (of another
 *   data format), `archive-damaged`
 */
export async function openArchive (path: string): Promise<Archive> {
  const bytes = await readFile(path).catch((cause: unknown) => { throw unreadable(path, cause) })
  const header = headerOf(path, bytes)
  const read = (): Generator<ArchivedObject> => objectsOf(path, bytes, header)
  const facts = factsOf(header, bytes.length)
  const ids = new Set<string>()
  for (const object of read()) {
    check(path, object)
    if (ids.has(object.diaObjectId)) throw damaged(path, `it has object ${object.diaObjectId} twice`)
    ids.add(object.diaObjectId)
  }
  if (ids.size !== facts.objects) throw damaged(path, `it has ${ids.size} of ${facts.objects} objects`)
  return { path, ...facts, read }
}

/**
 * Reads only the header of an archive.
 * @throws CandelaError as openArchive does
 */
export async function archiveHeader (path: string): Promise<ArchiveHeader> {
  const file = await open(path, 'r').catch((cause: unknown) => { throw unreadable(path, cause) })
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0)
    return factsOf(headerOf(path, buffer.subarray(0, bytesRead)), (await file.stat()).size)
  } finally {
    await file.close()
  }
}

const factsOf = ({ meta }: ContainerHeader, bytes: number): ArchiveHeader =>
  ({ objects: Number(meta['candela.objects']?.toString()), bytes, archivedAt: meta['candela.archivedAt']?.toString() ?? null })

function headerOf (path: string, bytes: Buffer): ContainerHeader {
  const invalid = (what: string, cause?: unknown): CandelaError => new CandelaError('archive-invalid', `${path} is no archive of Candela: ${what}`, {
    value: path, cause, action: 'Give a file that candela archive wrote.'
  })
  if (!isContainer(bytes)) throw invalid('it is no Avro container file')
  let header: ContainerHeader
  try {
    header = readHeader(bytes)
  } catch (cause) {
    throw damaged(path, reasonIn(cause), cause)
  }
  const format = header.meta['candela.format']?.toString()
  if (format === undefined) throw invalid('its header has no candela.format')
  if (format === String(DATA_FORMAT)) return header
  throw new CandelaError('archive-format', `archive ${path} has data format ${format.slice(0, 20)}, this Candela reads format ${DATA_FORMAT}`, {
    value: format.slice(0, 20), action: 'Restore it with the Candela version that wrote it, and migrate that data folder.'
  })
}

/** @throws CandelaError `archive-damaged` */
function * objectsOf (path: string, bytes: Buffer, header: ContainerHeader): Generator<ArchivedObject> {
  let resolver: ReturnType<Type['createResolver']>
  try {
    resolver = archiveType.createResolver(writerType(JSON.parse(header.schemaText) as object))
  } catch (cause) {
    throw damaged(path, `its schema does not fit: ${reasonIn(cause)}`, cause)
  }
  for (const block of readBlocks(bytes, header)) {
    if ('error' in block) throw damaged(path, block.error.message, block.error)
    if (block.cut) throw damaged(path, `it ends inside its block ${block.number}`)
    let position = 0
    for (let k = 0; k < block.count; k++) {
      let decoded: { value: ArchivedObject | undefined, offset: number }
      try {
        decoded = archiveType.decode(block.data, position, resolver) as typeof decoded
      } catch (cause) {
        throw damaged(path, `an object in its block ${block.number} cannot be read`, cause)
      }
      if (decoded.value === undefined || decoded.offset < 0) throw damaged(path, `its block ${block.number} ends inside an object`)
      position = decoded.offset
      yield decoded.value
    }
    if (position !== block.data.length) throw damaged(path, `its block ${block.number} goes on behind its last object`)
  }
}

function check (path: string, object: ArchivedObject): void {
  if (!OBJECT_ID.test(object.diaObjectId) || checksumOf(object) !== object.checksum) throw damaged(path, `the checksum of object ${object.diaObjectId.slice(0, 64)} is wrong`)
  try {
    unpackObject(object)
  } catch (cause) {
    throw damaged(path, reasonIn(cause), cause)
  }
}

const unreadable = (path: string, cause: unknown): CandelaError =>
  new CandelaError('archive-unreadable', `archive ${path} cannot be read: ${reasonIn(cause)}`, {
    value: path, cause, action: 'Check the path and the permissions of the file.'
  })

const damaged = (path: string, what: string, cause?: unknown): CandelaError => new CandelaError('archive-damaged', `archive ${path} is damaged: ${what}`, {
  value: path, cause, action: 'Nothing of it was restored. Restore it from a copy of the file.'
})
