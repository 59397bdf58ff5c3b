/** What `candela replay` makes of a list of alerts. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { candela, type Cleanup } from '../e2e/candela-process.ts'
import { writeReadable, type ListedAlert } from './alert-list.ts'

/** What is told of an alert, whichever way it comes. */
export interface AlertResult {
  /** Null, as what follows, where the alert could not be read; alone, where it is of no object. */
  diaObjectId: string | null
  diaSourceId: string | null
  midpointMjdTai: number | null
  outcome: string
  reason?: string
  probabilityIa?: number
  /** This and the two below of a model with classes alone. */
  probabilityIaErr?: number
  classProbabilities?: Record<string, number>
  classShares?: string
  epochs?: number
  revision?: number
  classifierName: string
  classifierVersion: string
}

export interface Replayed {
  /** One for each alert that can be read, in order. */
  results: AlertResult[]
  /** Its state store. */
  dataDir: string
}

/** @param folder an empty one */
export async function replay (t: Cleanup, list: readonly ListedAlert[], folder: string, args: readonly string[] = []): Promise<Replayed> {
  const file = join(folder, 'alerts.avro')
  const dataDir = join(folder, 'replayed')
  await writeReadable(list, file)
  return { results: await resultsOf(t, ['--data-dir', dataDir, ...args, file]), dataDir }
}

/**
 * Packets as they are, each a file of its own: also those that nobody can read.
 * @param folder an empty one
 */
export async function replayPackets (t: Cleanup, packets: readonly Uint8Array[], folder: string, args: readonly string[] = []): Promise<AlertResult[]> {
  packets.forEach((bytes, k) => writeFileSync(join(folder, `${String(k).padStart(6, '0')}.avro`), bytes))
  return await resultsOf(t, [folder, ...args], [0, DEAD_LETTERS])
}

/** Exit code of a replay with dead letters. */
const DEAD_LETTERS = 1

export async function resultsOf (t: Cleanup, args: readonly string[], fine: readonly number[] = [0]): Promise<AlertResult[]> {
  const { status, stdout, stderr } = await candela(t, ['replay', '--engine', 'wasm', ...args])
  if (status === null || !fine.includes(status)) throw new Error(`the replay ended with ${status}: ${stderr}`)
  return stdout.trimEnd().split('\n').map(line => JSON.parse(line) as AlertResult)
}
