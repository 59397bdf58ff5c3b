/** A simulated sky as it would stream: night after night, at a pace, from any position on. */
import { setTimeout as sleep } from 'node:timers/promises'
import { CandelaError } from '../errors.ts'
import type { Sky } from './sky.ts'

/** How far a simulated sky has been streamed. */
export interface SkyPosition {
  seed: number
  night: number
  /** Alerts of that night that have been given. */
  given: number
}

export interface LivePacket {
  bytes: Uint8Array
  origin: string
  position: SkyPosition
}

const isPosition = (value: unknown): value is SkyPosition =>
  typeof value === 'object' && value !== null && ['seed', 'night', 'given'].every(name => Number.isInteger((value as Record<string, unknown>)[name]))

/**
 * Where to go on.
 * @param stored what the state store holds; undefined before the first start
 * @throws CandelaError `sky-differs` where another sky was streamed into this store: its ids would be taken for the same objects
 */
export function resumePosition (stored: unknown, seed: number): SkyPosition {
  if (stored === undefined) return { seed, night: 0, given: 0 }
  if (isPosition(stored) && stored.seed === seed) return stored
  throw new CandelaError('sky-differs', `the data folder holds a simulated sky of seed ${isPosition(stored) ? stored.seed : 'unknown'}, and ${seed} is asked for`, {
    value: seed, action: 'Give that seed (CANDELA_SKY_SEED), or another --data-dir.'
  })
}

/**
 * The alerts from a position on, without end until the signal aborts.
 * @param nightSeconds how long a night with alerts takes [s]: they come evenly spread over that time; a night without any is passed at once
 */
export async function * liveSky (sky: Sky, from: SkyPosition, nightSeconds: number, signal: AbortSignal): AsyncGenerator<LivePacket> {
  let given = from.given
  for (let night = from.night; ; night++) {
    const alerts = sky.night(night)
    const began = performance.now() - given / Math.max(alerts.length, 1) * nightSeconds * 1000
    for (; given < alerts.length; given++) {
      const wait = began + given / alerts.length * nightSeconds * 1000 - performance.now()
      if (wait > 1) await sleep(wait, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      yield { bytes: alerts[given]!.bytes, origin: `simulated sky ${from.seed}, night ${night}`, position: { seed: from.seed, night, given: given + 1 } }
    }
    given = 0
    await sleep(0, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
  }
}
