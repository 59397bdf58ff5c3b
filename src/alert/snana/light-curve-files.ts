/** Paths on a command line → the texts of the light-curve files below them (FITS files: light-curves.ts). */
import { CandelaError } from '../../errors.ts'
import { MOST_WHOLE_BYTES } from '../decode.ts'
import { inputFiles, type InputFile, type InputOptions } from '../input/input-files.ts'

export interface LightCurveFile {
  /** Path of the file; of a file in an archive: archive path, `!`, path inside. */
  path: string
  text: string
}

export interface ReadOptions extends InputOptions {
  /** Called for every file or archive that cannot be read; the rest is still given. */
  onUnreadable: (error: CandelaError) => void
}

/**
 * The text of a file of one light curve.
 * @throws CandelaError 'file-unreadable', 'snana-damaged' where it is too long for one, 'not-a-light-curve' where it is of another form
 */
export async function lightCurveText ({ path, form, bytes }: InputFile): Promise<LightCurveFile> {
  if (form !== 'snana' && form !== 'unknown') {
    throw new CandelaError('not-a-light-curve', `${path} holds ${form === 'fits' ? 'FITS tables' : 'alerts'}, not the text of a light curve`, {
      value: path, action: 'Leave it out; `candela replay` reads alerts.'
    })
  }
  const whole = await bytes.whole(MOST_WHOLE_BYTES)
  if (whole) return { path, text: whole.toString() }
  throw new CandelaError('snana-damaged', `${path} has more than ${MOST_WHOLE_BYTES / 2 ** 20} MiB, too much for the text of one light curve`, {
    value: path, action: 'Write one object a file.'
  })
}

/**
 * Gives the text of every light-curve file: a path is a file of any name, a folder, an archive or a list of paths, as
 * docs/alerts.md describes them. Nothing is unpacked to disk.
 * @throws CandelaError `path-not-found` before anything is read, where a path does not exist
 */
export async function * readLightCurveFiles (paths: readonly string[], options: ReadOptions): AsyncGenerator<LightCurveFile> {
  for await (const item of inputFiles(paths, options)) {
    if ('error' in item) {
      options.onUnreadable(item.error)
      continue
    }
    let file: LightCurveFile
    try {
      file = await lightCurveText(item)
    } catch (error) {
      if (!(error instanceof CandelaError)) throw error
      options.onUnreadable(error)
      continue
    }
    yield file
  }
}
