/** Paths on a command line → the alerts in them, whatever the files are. */
import { readFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CandelaError } from '../errors.ts'
import type { Alert, ReceivedAlert } from './alert.ts'
import { decodeFile } from './decode.ts'
import type { SchemaSource } from './schema-source.ts'
import { snanaAlerts } from './snana/alerts.ts'
import { readLightCurveFiles } from './snana/light-curve-files.ts'
import { parseSnana } from './snana/snana.ts'

const LIGHT_CURVES = /\.(dat|tar|tar\.gz|tgz|tar\.xz|txz)$/i
const ALERTS = /\.avro$/i

/**
 * The alerts of files in the order of the arguments; of a folder, in the order of names. In folders only .avro, .DAT
 * and tar archives are looked at; a file that is named is read whatever its name.
 * @throws CandelaError `path-not-found` before anything is read
 */
export async function * readAlertFiles (paths: readonly string[], options: { schemas: SchemaSource }): AsyncGenerator<ReceivedAlert> {
  const folders = new Set<string>()
  for (const path of paths) {
    try {
      if ((await stat(path)).isDirectory()) folders.add(path)
    } catch (cause) {
      throw new CandelaError('path-not-found', `no such file or folder: ${path}`, {
        value: path, cause, action: 'Give alert files, SNANA .DAT files, folders or tar archives of them.'
      })
    }
  }
  for (const path of paths) yield * folders.has(path) ? readFolder(path, options) : readOne(path, options)
}

async function * readFolder (folder: string, options: { schemas: SchemaSource }): AsyncGenerator<ReceivedAlert> {
  const entries = await readdir(folder, { withFileTypes: true })
  entries.sort((a, b) => a.name < b.name ? -1 : 1)
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield * readFolder(path, options)
    else if (LIGHT_CURVES.test(entry.name) || ALERTS.test(entry.name)) yield * readOne(path, options)
  }
}

async function * readOne (path: string, options: { schemas: SchemaSource }): AsyncGenerator<ReceivedAlert> {
  if (LIGHT_CURVES.test(path)) {
    yield * readLightCurves(path)
    return
  }
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    yield { error: new CandelaError('file-unreadable', `${path} cannot be read: ${reason}`, { cause, value: path }), bytes: new Uint8Array(), origin: path }
    return
  }
  for await (const decoded of decodeFile(bytes, options)) yield { ...decoded, origin: path }
}

async function * readLightCurves (path: string): AsyncGenerator<ReceivedAlert> {
  const unreadable: CandelaError[] = []
  for await (const file of readLightCurveFiles([path], { onUnreadable: error => unreadable.push(error) })) {
    let alerts: Alert[]
    try {
      alerts = snanaAlerts(parseSnana(file.text, file.path))
    } catch (error) {
      if (!(error instanceof CandelaError)) throw error
      yield { error, bytes: Buffer.from(file.text), origin: file.path }
      continue
    }
    for (const alert of alerts) yield { alert, origin: file.path }
  }
  for (const error of unreadable) yield { error, bytes: new Uint8Array(), origin: path }
}
