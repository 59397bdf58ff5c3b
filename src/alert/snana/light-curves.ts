/** Paths on a command line → the light curves below them, whatever SNANA form they have. */
import { CandelaError } from '../../errors.ts'
import { filesBelow } from '../files.ts'
import { FITS_FILE, HEAD_FILE, headFileOf, PHOT_FILE, readFitsLightCurves } from './fits-light-curves.ts'
import { readLightCurveFile, TEXT_LIGHT_CURVES, type LightCurveFile } from './light-curve-files.ts'
import { parseSnana, type SnanaLightCurve } from './snana.ts'

/** Names of files in a folder that hold light curves: .DAT files, archives, HEAD files. */
export const LIGHT_CURVES = new RegExp(`${TEXT_LIGHT_CURVES.source}|${HEAD_FILE.source}`, 'i')

/** Whether a file, by its name, holds light curves. */
export const isLightCurveFile = (path: string): boolean => LIGHT_CURVES.test(path) || FITS_FILE.test(path)

export type ReadLightCurve =
  /** `path` says where it comes from: the file, the file in an archive, or the HEAD file and its row; `text` is a text file's. */
  | { path: string, curve: SnanaLightCurve, text?: string }
  /** What could not be read; `bytes` are those of a text file that is no light curve. */
  | { path: string, error: CandelaError, bytes: Uint8Array }

const NO_BYTES = new Uint8Array()

/**
 * Gives every light curve: a path is a file, a folder (its .DAT files, archives and HEAD/PHOT.FITS pairs, and those
 * below), or a tar archive of .DAT files. A PHOT file is read through the HEAD file beside it.
 * @throws CandelaError `path-not-found` before anything is read, where a path does not exist
 */
export async function * readLightCurves (paths: readonly string[]): AsyncGenerator<ReadLightCurve> {
  const unread: CandelaError[] = []
  for await (const path of filesBelow(paths, LIGHT_CURVES, error => unread.push(error))) yield * lightCurvesIn(path)
  for (const error of unread) yield { path: String(error.value), error, bytes: NO_BYTES }
}

/** The light curves of one file. */
export async function * lightCurvesIn (path: string): AsyncGenerator<ReadLightCurve> {
  if (PHOT_FILE.test(path)) {
    if (headFileOf(path) !== undefined) return
    yield {
      path,
      error: new CandelaError('head-file-missing', `${path}: no HEAD file is beside it`, { value: path, action: 'Put the HEAD file into the folder of the PHOT file.' }),
      bytes: NO_BYTES
    }
  } else if (FITS_FILE.test(path)) {
    for await (const read of readFitsLightCurves(path)) yield 'error' in read ? { ...read, bytes: NO_BYTES } : read
  } else {
    yield * textLightCurvesIn(path)
  }
}

async function * textLightCurvesIn (path: string): AsyncGenerator<ReadLightCurve> {
  const unread: CandelaError[] = []
  for await (const file of readLightCurveFile(path, { onUnreadable: error => unread.push(error) })) {
    yield textLightCurve(file)
  }
  for (const error of unread) yield { path, error, bytes: NO_BYTES }
}

/** The light curve of a text file, or why there is none. */
export function textLightCurve ({ path, text }: LightCurveFile): ReadLightCurve {
  try {
    return { path, curve: parseSnana(text, path), text }
  } catch (error) {
    if (!(error instanceof CandelaError)) throw error
    return { path, error, bytes: Buffer.from(text) }
  }
}
