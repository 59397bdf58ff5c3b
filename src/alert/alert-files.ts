/** Paths on a command line → the alerts in them, whatever the files are. */
import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import type { CandelaError } from '../errors.ts'
import type { ReceivedAlert } from './alert.ts'
import { decodeFile, type DecodedAlert, type DecodeOptions } from './decode.ts'
import { filesBelow, STDIN, unreadable } from './files.ts'
import type { PointReport } from './point-report.ts'
import type { SchemaSource } from './schema-source.ts'
import { snanaAlerts } from './snana/alerts.ts'
import { isTextLightCurve } from './snana/light-curve-files.ts'
import { isLightCurveFile, LIGHT_CURVES, lightCurvesIn, textLightCurve, type ReadLightCurve } from './snana/light-curves.ts'

const ALERT_FILES = new RegExp(`\\.(avro|json|ndjson|jsonl)$|${LIGHT_CURVES.source}`, 'i')

export interface ReadFilesOptions extends DecodeOptions {
  /** Told what was read of each file, points of light curves that give no alert among them. */
  report?: PointReport | undefined
}

/**
 * The alerts of files in the order of the arguments; of a folder, in the order of names. In folders only .avro, .json,
 * .ndjson, .jsonl, .DAT, HEAD.FITS (with their PHOT.FITS) and tar archives are looked at; a file that is named is read
 * whatever its name, and '-' is standard input.
 * @throws CandelaError `path-not-found` before anything is read
 */
export async function * readAlertFiles (paths: readonly string[], options: ReadFilesOptions): AsyncGenerator<ReceivedAlert> {
  const unread: CandelaError[] = []
  for await (const path of filesBelow(paths, ALERT_FILES, error => unread.push(error))) {
    if (isLightCurveFile(path)) yield * lightCurveAlerts(path, options.report)
    else yield * readAlerts(path, options)
  }
  for (const error of unread) yield { error, bytes: new Uint8Array(), origin: String(error.value) }
}

async function * readAlerts (path: string, options: ReadFilesOptions): AsyncGenerator<ReceivedAlert> {
  let bytes: Buffer
  try {
    bytes = path === STDIN ? await buffer(process.stdin) : await readFile(path)
  } catch (cause) {
    yield { error: unreadable(path, cause), bytes: new Uint8Array(), origin: path }
    return
  }
  const origin = path === STDIN ? 'stdin' : path
  for await (const decoded of decodeFile(bytes, options)) {
    if ('alert' in decoded) options.report?.add(origin, decoded.alert)
    yield { ...decoded, origin }
  }
}

async function * lightCurveAlerts (path: string, report: PointReport | undefined): AsyncGenerator<ReceivedAlert> {
  for await (const read of lightCurvesIn(path)) {
    if ('curve' in read) report?.add(path, read.curve)
    for (const decoded of decodedOf(read)) yield { ...decoded, origin: read.path }
  }
}

/** All alerts of a text file have its text as their original, and differ in their part. */
function decodedOf (read: ReadLightCurve): DecodedAlert[] {
  if ('error' in read) return [{ error: read.error, bytes: read.bytes }]
  const { curve, text } = read
  return snanaAlerts(curve).map((alert, part) => text === undefined ? { alert } : { alert, original: () => Buffer.from(text), part })
}

/**
 * The alerts of bytes that were kept, read as their file was: a light curve where its name says so, any other survey
 * dialect by the bytes themselves.
 */
export async function * alertsInBytes (bytes: Uint8Array, origin: string, options: { schemas: SchemaSource }): AsyncGenerator<DecodedAlert> {
  if (isTextLightCurve(origin)) yield * decodedOf(textLightCurve({ path: origin, text: Buffer.from(bytes).toString() }))
  else yield * decodeFile(bytes, options)
}
