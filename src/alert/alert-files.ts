/** Paths on a command line → the alerts in them, whatever the files are. */
import { readFile } from 'node:fs/promises'
import { CandelaError } from '../errors.ts'
import type { Alert, ReceivedAlert } from './alert.ts'
import { decodeFile } from './decode.ts'
import { filesBelow, unreadable } from './files.ts'
import type { SchemaSource } from './schema-source.ts'
import { snanaAlerts } from './snana/alerts.ts'
import { LIGHT_CURVES, readLightCurveFiles } from './snana/light-curve-files.ts'
import { parseSnana } from './snana/snana.ts'

const ALERT_FILES = new RegExp(`\\.avro$|${LIGHT_CURVES.source}`, 'i')

/**
 * The alerts of files in the order of the arguments; of a folder, in the order of names. In folders only .avro, .DAT
 * and tar archives are looked at; a file that is named is read whatever its name.
 * @throws CandelaError `path-not-found` before anything is read
 */
export async function * readAlertFiles (paths: readonly string[], options: { schemas: SchemaSource }): AsyncGenerator<ReceivedAlert> {
  const unread: CandelaError[] = []
  for await (const path of filesBelow(paths, ALERT_FILES, error => unread.push(error))) {
    if (LIGHT_CURVES.test(path)) yield * readLightCurves(path)
    else yield * readAlerts(path, options)
  }
  for (const error of unread) yield { error, bytes: new Uint8Array(), origin: String(error.value) }
}

async function * readAlerts (path: string, options: { schemas: SchemaSource }): AsyncGenerator<ReceivedAlert> {
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (cause) {
    yield { error: unreadable(path, cause), bytes: new Uint8Array(), origin: path }
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
