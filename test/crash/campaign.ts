/** A replay that is killed again and again, against one that nobody disturbs. */
import { once } from 'node:events'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { isDeepStrictEqual } from 'node:util'
import { positionName } from '../../src/cli/replay/position.ts'
import type { Accounting } from '../../src/state/views.ts'
import { candela, start, type Cleanup } from '../e2e/candela-process.ts'
import { generator } from '../pipeline.ts'
import { writeAlertFolder } from './alert-folder.ts'
import { contentsOf, type Contents } from './contents.ts'
import { randomMoment, type Moment } from './moments.ts'

export interface CampaignOptions {
  /** An empty one. */
  folder: string
  seed: number
  kills: number
  /** Of the simulated sky. */
  nights: number
  objects: number
  /** Alerts of one commit of the replay that is killed; the other has its own. */
  batch: number
  onKill?: (kill: Kill, number: number) => void
}

export interface Kill {
  moment: Moment['name']
  /** Alerts committed so far, where the data folder was looked into. */
  committed: number | null
}

export interface CampaignResult {
  /** That the simulator made. */
  alerts: number
  kills: Kill[]
  objects: number
  accounting: Accounting
  /** Ended by itself after the kills. */
  status: number | null
  /** What of the data folder differs from the undisturbed replay's. */
  differences: string[]
  /** What was wrong between two kills. */
  faults: string[]
}

/** @returns the objects that a replay names, and how long it takes until the first commit [ms] */
async function undisturbed (t: Cleanup, command: readonly string[]): Promise<{ startMs: number, ids: Set<string> }> {
  const began = performance.now()
  let startMs = 0
  const child = start(t, command)
  child.stdout.once('data', () => { startMs = performance.now() - began })
  child.stderr.resume()
  const ids = new Set<string>()
  for await (const line of createInterface(child.stdout)) {
    const { diaObjectId } = JSON.parse(line) as { diaObjectId: string | null }
    if (diaObjectId !== null) ids.add(diaObjectId)
  }
  return { startMs, ids }
}

export async function runCrashCampaign (t: Cleanup, { folder, seed, kills: wanted, nights, objects, batch, onKill }: CampaignOptions): Promise<CampaignResult> {
  const random = generator(seed)
  const alertFolder = join(folder, 'alerts')
  const alerts = await writeAlertFolder(alertFolder, { seed, nights, objects })
  const [quiet, killed] = [join(folder, 'undisturbed'), join(folder, 'killed')]
  const command = (dataDir: string, ...more: string[]): string[] => ['replay', alertFolder, '--resume', '--engine', 'wasm', '--data-dir', dataDir, ...more]
  const { startMs, ids } = await undisturbed(t, command(quiet))
  const position = positionName([alertFolder])
  const look = async (dataDir: string, objects: Iterable<string>): Promise<Contents> => await contentsOf(dataDir, { objects, position })

  const expected = await look(quiet, ids)
  const differences: string[] = []
  const compare = async (): Promise<void> => {
    const found = await look(killed, ids)
    differences.push(...Object.keys(expected).filter(part => !isDeepStrictEqual(found[part], expected[part])))
  }
  mkdirSync(killed)
  const kills: Kill[] = []
  const faults: string[] = []
  let ended = 0
  while (kills.length < wanted) {
    const moment = randomMoment(random, { folder: killed, startMs, batch })
    const child = start(t, command(killed, '--batch', String(batch)))
    child.stdout.resume()
    child.stderr.resume()
    const disarm = moment.arm(child)
    const [, signal] = await once(child, 'close') as [number | null, NodeJS.Signals | null]
    disarm()
    if (signal !== 'SIGKILL') {
      // It came to its end before the moment did; the kills go on with another.
      await compare()
      if (++ended > wanted) throw new Error(`${ended} replays ended by themselves after ${kills.length} kills`)
      rmSync(killed, { recursive: true })
      mkdirSync(killed)
      continue
    }
    // Where nobody looks, the next start finds the folder as the kill left it.
    const kill: Kill = { moment: moment.name, committed: null }
    if (random() < 0.3) {
      const { accounting: { received, classified, declined, duplicate, deadLettered }, position } = await look(killed, [])
      kill.committed = received
      if (received !== classified + declined + duplicate + deadLettered) faults.push(`after kill ${kills.length + 1} the accounting does not add up`)
      if (((position ?? { alerts: 0 }) as { alerts: number }).alerts !== received) faults.push(`after kill ${kills.length + 1} ${received} alerts were counted at position ${JSON.stringify(position)}`)
    }
    kills.push(kill)
    onKill?.(kill, kills.length)
  }
  const last = await candela(t, command(killed, '--batch', String(batch)))
  await compare()
  if (ids.size !== expected['objects']) faults.push(`${ids.size} objects were named, ${String(expected['objects'])} are stored`)
  return { alerts, kills, objects: ids.size, accounting: expected.accounting, status: last.status, differences, faults }
}
