/** Paths on a command line → the alerts in them, whatever the files are. */
import { CandelaError } from '../../errors.ts'
import type { LostAlert, ReceivedAlert } from '../alert.ts'
import { decodeFile, type DecodedAlert, type DecodeOptions } from '../decode.ts'
import { filesInBytes, inputFiles, STDIN_NAME, UNKNOWN_FORM, type InputFile, type InputItem, type InputOptions } from './input-files.ts'
import { Window } from './pieces.ts'
import type { PointReport } from '../points/point-report.ts'
import { snanaAlerts } from '../snana/alerts.ts'
import { lightCurvesIn, type ReadLightCurve } from '../snana/light-curves.ts'
import { objectOfFile } from '../table/light-curves.ts'
import { boundedUnreadable } from '../unreadable.ts'

interface PacketOptions extends DecodeOptions {
  /** Alerts of one file that cannot be read, where they are more than those that can, before its rest is lost as one; any number where not given. */
  mostUnreadable?: number | undefined
}

export interface ReadAlertsOptions extends PacketOptions, InputOptions {
  /** Told of a file in a folder or an archive that may be data and is of no form that is read; without it each is a lost alert. */
  onUnknownForm?: (error: CandelaError) => void
  /** Paths are names of files, after which a light curve is named that has no name; true where not given. */
  hasFileNames?: boolean
  /** Told what was read of each file, points of light curves that give no alert among them. */
  report?: PointReport | undefined
}

/**
 * The alerts of files in the order of the arguments; of a folder, in the order of names; of an archive, in its order.
 * What is read in them docs/alerts.md says; a file that is named is read whatever its name, and '-' is standard input.
 * A file that cannot be read gives a lost alert without bytes.
 * @throws CandelaError `path-not-found` before anything is read
 */
export async function * readAlertFiles (paths: readonly string[], options: ReadAlertsOptions): AsyncGenerator<ReceivedAlert> {
  for await (const item of inputFiles(paths, options)) {
    if ('error' in item && item.error.code === UNKNOWN_FORM && options.onUnknownForm) options.onUnknownForm(item.error)
    else yield * alertsOf(item, options)
  }
}

async function * alertsOf (item: InputItem, options: ReadAlertsOptions): AsyncGenerator<ReceivedAlert> {
  if ('error' in item) {
    yield { ...lostFile(item.error), origin: item.path }
  } else if (item.form === 'snana' || item.form === 'fits') {
    for await (const read of lightCurvesIn(item)) {
      if ('curve' in read) options.report?.add(item.path, read.curve)
      for (const decoded of decodedOf(read)) yield { ...decoded, origin: read.path }
    }
  } else {
    yield * alertsOfPackets(item, options)
  }
}

async function * alertsOfPackets ({ path, bytes }: InputFile, { given, hasFileNames = true, ...options }: ReadAlertsOptions): AsyncGenerator<ReceivedAlert> {
  try {
    const window = new Window()
    const object = hasFileNames && path !== STDIN_NAME ? objectOfFile(path) : ''
    const alerts = decodeFile(bytes.all(), { ...options, window, given: { ...object !== '' && { object }, ...given } })
    const { mostUnreadable = Infinity, report } = options
    for await (const decoded of boundedUnreadable(alerts, { most: mostUnreadable, bytes: Infinity }, window)) {
      if ('alert' in decoded) report?.add(path, decoded.alert)
      yield { ...decoded, origin: path }
    }
  } catch (error) {
    if (!(error instanceof CandelaError)) throw error
    yield { ...lostFile(error), origin: path }
  }
}

const lostFile = (error: CandelaError): LostAlert => ({ error, bytes: new Uint8Array(), isWholeFile: true })

/** All alerts of a text file have its text as their original, and differ in their part. */
function decodedOf (read: ReadLightCurve): DecodedAlert[] {
  if ('error' in read) return [{ error: read.error, bytes: read.bytes, ...read.isWholeFile && { isWholeFile: true } }]
  const { curve, text } = read
  return snanaAlerts(curve).map((alert, part) => text === undefined ? { alert } : { alert, original: () => Buffer.from(text), part })
}

/** The alerts of bytes that were kept, read as their file was: decompressed, out of archives, light curves too. */
export async function * alertsInBytes (bytes: Uint8Array, origin: string, options: DecodeOptions): AsyncGenerator<DecodedAlert> {
  // Of what was posted, the origin is no name of a file.
  const hasFileNames = !origin.startsWith('POST ')
  for await (const item of filesInBytes(bytes, origin)) {
    for await (const { origin: _, ...decoded } of alertsOf(item, { ...options, hasFileNames })) yield decoded
  }
}
