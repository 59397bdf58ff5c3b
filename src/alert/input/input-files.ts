/** Paths on a command line → the files of data below them: decompressed, taken out of archives, with their form. */
import { createReadStream } from 'node:fs'
import { addAbortSignal } from 'node:stream'
import { CandelaError } from '../../errors.ts'
import { filesBelow, STDIN, unreadable } from './paths.ts'
import { tarMembers } from './archive.ts'
import type { Beginning } from './beginning.ts'
import { decompressed, failingWith } from './decompress.ts'
import { formOf, isTruthTable, MAGIC_BYTES, notReadForm, TEXT_BYTES, type Form } from './forms.ts'
import { FITS_NAME, isAlertName, isLightCurveName, isNoData, isTarName, mayBeTable, SNANA_FITS_NAME } from './names.ts'
import { asBuffer } from './pieces.ts'

export interface InputOptions {
  /** Told of every file in a folder or an archive that plainly is no data. */
  onPassedOver?: (path: string) => void
  /** Ends the reading. */
  signal?: AbortSignal
}

/** A file that may hold data; whoever takes it reads it before the next is asked for. */
export interface InputFile {
  /** Path of the file; of a file in an archive: archive path, `!`, path inside. */
  path: string
  /** 'unknown': it was named, or its name says that it is data, and the bytes tell nothing. */
  form: Exclude<Form, 'tar'> | 'unknown'
  /** Decompressed. Reading them throws CandelaError 'file-unreadable'. */
  bytes: Beginning
  /** The file itself lies on disk, outside of an archive. */
  isOnDisk: boolean
}

export type InputItem = InputFile | { path: string, error: CandelaError }

/** Archives within more archives are named and not read. */
const MOST_DEPTH = 4

/** What messages and outcomes call standard input. */
export const STDIN_NAME = 'stdin'

/** Code of a file that may be data and is of no form that is known. */
export const UNKNOWN_FORM = 'unknown-form'

/**
 * Every file that paths stand for, in the order given; of a folder, by name; of an archive, in its order. A file that
 * is named is given whatever its name; of others, those whose name or bytes say that they are data. What may be data
 * and cannot be read is given as an error: 'unknown-form', 'file-unreadable', 'fits-in-archive'.
 * @throws CandelaError `path-not-found` before anything is given, where a path does not exist
 */
export async function * inputFiles (paths: readonly string[], options: InputOptions = {}): AsyncGenerator<InputItem> {
  const unread: CandelaError[] = []
  for await (const { path, isNamed } of filesBelow(paths, error => unread.push(error))) {
    if (options.signal?.aborted) return
    const isStdin = path === STDIN
    yield * filesIn({ path: isStdin ? STDIN_NAME : path, isNamed, isOnDisk: !isStdin, pieces: piecesOf(path, options.signal) }, options)
  }
  for (const error of unread) yield { path: String(error.value), error }
}

/** Bytes under a name, before it is known what they are. */
interface Source {
  path: string
  isNamed: boolean
  isOnDisk: boolean
  pieces: AsyncIterable<Buffer>
}

async function * piecesOf (path: string, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const file = path === STDIN ? process.stdin : createReadStream(path)
  yield * (signal ? addAbortSignal(signal, file) : file) as AsyncIterable<Buffer>
}

/** The same of bytes that are at hand, under the name that they came with. */
export const filesInBytes = (bytes: Uint8Array, path: string): AsyncGenerator<InputItem> =>
  filesIn({ path, isNamed: true, isOnDisk: false, pieces: piecesOfBytes(bytes) }, {})

async function * piecesOfBytes (bytes: Uint8Array): AsyncGenerator<Buffer> {
  yield asBuffer(bytes)
}

async function * filesIn (source: Source, options: InputOptions, depth = 0): AsyncGenerator<InputItem> {
  const { path, isNamed, isOnDisk, pieces } = source
  const isText = !isNamed && mayBeTable(path)
  if (!isNamed && !isText && isNoData(path)) {
    options.onPassedOver?.(path)
    return
  }
  let bytes: Beginning
  let form: Form | 'unknown' | 'no-data'
  try {
    bytes = await decompressed(pieces, cause => unreadableAs(path, cause))
    if (isText) form = formOf(await bytes.look(TEXT_BYTES)) === 'table' ? 'table' : 'no-data'
    else form = await formOfFile(source, bytes)
  } catch (cause) {
    yield { path, error: unreadableAs(path, cause) }
    return
  }
  try {
    if (form === 'no-data') options.onPassedOver?.(path)
    else if (form !== 'tar') yield { path, form, bytes, isOnDisk }
    else yield * membersOf(path, bytes, options, depth)
  } finally {
    await bytes.close()
  }
}

/** An error of the bytes as one of the file; that of the archive around it stays what it is. */
const unreadableAs = (path: string, cause: unknown): CandelaError => cause instanceof CandelaError ? cause : unreadable(path, cause)

async function formOfFile ({ path, isNamed, isOnDisk }: Source, bytes: Beginning): Promise<Form | 'unknown' | 'no-data'> {
  let head = await bytes.look(1)
  if (isTarName(path)) {
    if (head.length > 0) return 'tar'
    throw unreadable(path, new Error('it is empty'))
  }
  let form = formOf(head)
  // No more than it takes: a pipe may have no more to give for now.
  for (const length of [MAGIC_BYTES, TEXT_BYTES]) {
    if (form !== undefined) break
    head = await bytes.look(length)
    form = formOf(head)
  }
  if (form === 'fits' && !isSnana(path, await bytes.look(TEXT_BYTES))) return 'table'
  if (!isOnDisk && (form === 'fits' || (form === undefined && FITS_NAME.test(path)))) {
    throw new CandelaError('fits-in-archive', `${path}: SNANA's FITS files are not read from archives`, { value: path, action: 'Unpack the archive and give the folder.' })
  }
  if (form !== undefined) return form
  const notRead = notReadForm(head)
  if (notRead !== undefined) throw unknownForm(path, `it is ${notRead}`)
  if (isLightCurveName(path)) return 'snana'
  if (isOnDisk && FITS_NAME.test(path)) return 'fits'
  if (isNamed || isAlertName(path)) return 'unknown'
  if (isTruthTable(head)) return 'no-data'
  throw unknownForm(path, head.length === 0 ? 'it is empty' : `it begins with ${JSON.stringify(head.toString('latin1', 0, 8))}`)
}

/** Of SNANA's pairs, by their names or the columns of HEAD. */
const isSnana = (path: string, head: Buffer): boolean => SNANA_FITS_NAME.test(path) || head.includes('PTROBS_MIN')

const unknownForm = (path: string, what: string): CandelaError => new CandelaError('unknown-form', `${path} is of no form that is read: ${what}`, {
  value: path, action: 'Unpack or convert it, or name it by itself if it is data. docs/alerts.md says what is read in folders and archives.'
})

async function * membersOf (path: string, bytes: Beginning, options: InputOptions, depth: number): AsyncGenerator<InputItem> {
  if (depth === MOST_DEPTH) {
    yield { path, error: unknownForm(path, `it is an archive within ${MOST_DEPTH} others`) }
    return
  }
  // Where it is damaged inside a member, whoever reads that one says so.
  let isSaid = false
  const failure = (cause: unknown): CandelaError => {
    isSaid = true
    return unreadableAs(path, cause)
  }
  try {
    for await (const { name, isFile, pieces } of tarMembers(bytes.all())) {
      const inner = `${path}!${name}`
      if (isFile) yield * filesIn({ path: inner, isNamed: false, isOnDisk: false, pieces: failingWith(failure, pieces) }, options, depth + 1)
      else options.onPassedOver?.(`${inner}.link`)
    }
  } catch (cause) {
    if (!isSaid) yield { path, error: unreadableAs(path, cause) }
  }
}
