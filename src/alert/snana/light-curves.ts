/** Paths on a command line → the light curves below them, whatever SNANA form they have. */
import { CandelaError } from '../../errors.ts'
import { inputFiles, type InputFile, type InputOptions } from '../input/input-files.ts'
import { hasHeadFile, PHOT_FILE, readFitsLightCurves } from './fits-light-curves.ts'
import { lightCurveText, type LightCurveFile } from './light-curve-files.ts'
import { parseSnana, type SnanaLightCurve } from './snana.ts'

export type ReadLightCurve =
  /** `path` says where it comes from: the file, the file in an archive, or the HEAD file and its row; `text` is a text file's. */
  | { path: string, curve: SnanaLightCurve, text?: string }
  /** What could not be read; `bytes` are those of a text file that is no light curve. */
  | { path: string, error: CandelaError, bytes: Uint8Array, isWholeFile?: true }

const NO_BYTES = new Uint8Array()

/**
 * Gives every light curve: a path is a file, a folder (its text files, archives and HEAD/PHOT.FITS pairs, and those
 * below), an archive or a list of paths, as docs/alerts.md describes them. A PHOT file is read through its HEAD file.
 * @throws CandelaError `path-not-found` before anything is read, where a path does not exist
 */
export async function * readLightCurves (paths: readonly string[], options: InputOptions = {}): AsyncGenerator<ReadLightCurve> {
  for await (const item of inputFiles(paths, options)) {
    if ('error' in item) yield { path: item.path, error: item.error, bytes: NO_BYTES, isWholeFile: true }
    else yield * lightCurvesIn(item)
  }
}

/** The light curves of one file. */
export async function * lightCurvesIn (file: InputFile): AsyncGenerator<ReadLightCurve> {
  const { path } = file
  if (file.form !== 'fits') {
    yield await lightCurveText(file).then(textLightCurve, (error: unknown) => {
      if (error instanceof CandelaError) return { path, error, bytes: NO_BYTES, isWholeFile: true as const }
      throw error
    })
    return
  }
  await file.bytes.close()
  if (!PHOT_FILE.test(path)) {
    for await (const read of readFitsLightCurves(path)) yield 'error' in read ? { ...read, bytes: NO_BYTES, ...read.path === path && { isWholeFile: true } } : read
  } else if (!await hasHeadFile(path)) {
    yield {
      path,
      error: new CandelaError('head-file-missing', `${path}: no HEAD file is beside it`, { value: path, action: 'Put the HEAD file into the folder of the PHOT file.' }),
      bytes: NO_BYTES,
      isWholeFile: true
    }
  }
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
