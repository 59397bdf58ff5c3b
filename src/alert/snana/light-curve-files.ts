/** Paths on a command line → the texts of the light-curve files below them (FITS files: light-curves.ts). */
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { text } from 'node:stream/consumers'
import type { ReadableStream as WebReadableStream } from 'node:stream/web'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import xz from 'xz-decompress'
import { CandelaError } from '../../errors.ts'
import { filesBelow, unreadable } from '../files.ts'

export interface LightCurveFile {
  /** Path of the file; of a file in an archive: archive path, `!`, path inside. */
  path: string
  text: string
}

export interface ReadOptions {
  /** Called for every file or archive that cannot be read; the rest is still given. Without it they are passed over. */
  onUnreadable?: (error: CandelaError) => void
}

const LIGHT_CURVE = /\.dat$/i
const ARCHIVE = /\.(tar|tar\.gz|tgz|tar\.xz|txz)$/i
/** Names of files that hold light curves as text: .DAT files and archives. */
export const TEXT_LIGHT_CURVES = new RegExp(`${LIGHT_CURVE.source}|${ARCHIVE.source}`, 'i')

/** Whether a file, by its name, is the text of one light curve. */
export const isTextLightCurve = (path: string): boolean => LIGHT_CURVE.test(path)

/** The bytes of a tar archive, decompressed as its name says. */
function tarBytes (path: string): Readable {
  const file = createReadStream(path)
  if (/xz$/i.test(path)) {
    const compressed = Readable.toWeb(file) as unknown as ReadableStream<Uint8Array>
    return Readable.fromWeb(new xz.XzReadableStream(compressed) as unknown as WebReadableStream)
  }
  if (!/gz$/i.test(path)) return file
  const gunzip = createGunzip()
  file.on('error', error => gunzip.destroy(error))
  return file.pipe(gunzip)
}

const FITS = /HEAD\.FITS(\.gz)?$/i

function fitsInArchive (archive: string, name: string): CandelaError {
  return new CandelaError('fits-in-archive', `${archive}!${name}: FITS files are not read from archives`, {
    value: archive, action: 'Unpack the archive and give the folder.'
  })
}

async function * readArchive (path: string, options: ReadOptions): AsyncGenerator<LightCurveFile> {
  const entries = extract()
  let failure: unknown
  const reading = pipeline(tarBytes(path), entries).catch((error: unknown) => { failure = error })
  try {
    for await (const entry of entries) {
      if (entry.header.type === 'file' && LIGHT_CURVE.test(entry.header.name)) {
        yield { path: `${path}!${entry.header.name}`, text: await text(entry) }
      } else {
        if (FITS.test(entry.header.name)) options.onUnreadable?.(fitsInArchive(path, entry.header.name))
        entry.resume()
      }
    }
  } catch (error) {
    failure ??= error
  } finally {
    entries.destroy()
    await reading
  }
  if (failure !== undefined) options.onUnreadable?.(unreadable(path, failure))
}

/** The text of one file, or of every .DAT file in one archive. */
export async function * readLightCurveFile (path: string, options: ReadOptions): AsyncGenerator<LightCurveFile> {
  if (ARCHIVE.test(path)) {
    yield * readArchive(path, options)
    return
  }
  let content: string
  try {
    content = await readFile(path, 'utf8')
  } catch (cause) {
    options.onUnreadable?.(unreadable(path, cause))
    return
  }
  yield { path, text: content }
}

/**
 * Gives the text of every light-curve file: a path is a file of any name, a folder (every .DAT file and archive in
 * it and below, by name), or a .tar, .tar.gz or .tar.xz archive (every .DAT file in it, in its order). Nothing is
 * unpacked to disk.
 * @throws CandelaError `path-not-found` before anything is read, where a path does not exist
 */
export async function * readLightCurveFiles (paths: readonly string[], options: ReadOptions = {}): AsyncGenerator<LightCurveFile> {
  for await (const path of filesBelow(paths, TEXT_LIGHT_CURVES, error => options.onUnreadable?.(error))) yield * readLightCurveFile(path, options)
}
