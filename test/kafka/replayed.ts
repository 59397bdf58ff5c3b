/** What `candela replay` makes of a list of alerts. */
import { join } from 'node:path'
import { candela, type Cleanup } from '../e2e/candela-process.ts'
import { writeReadable, type ListedAlert } from './alert-list.ts'

/** What is told of an alert, whichever way it comes. */
export interface AlertResult {
  diaObjectId: string
  diaSourceId: string
  midpointMjdTai: number
  outcome: string
  reason?: string
  probabilityIa?: number
  epochs?: number
  revision?: number
}

export interface Replayed {
  /** One for each alert that can be read, in order. */
  results: AlertResult[]
  /** Its state store. */
  dataDir: string
}

/** @param folder an empty one */
export async function replay (t: Cleanup, list: readonly ListedAlert[], folder: string): Promise<Replayed> {
  const file = join(folder, 'alerts.avro')
  const dataDir = join(folder, 'replayed')
  await writeReadable(list, file)
  const { status, stdout, stderr } = await candela(t, ['replay', '--engine', 'wasm', '--data-dir', dataDir, file])
  if (status !== 0) throw new Error(`the replay ended with ${status}: ${stderr}`)
  return { results: stdout.trimEnd().split('\n').map(line => JSON.parse(line) as AlertResult), dataDir }
}
