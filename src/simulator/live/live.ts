/** A simulated sky as it would stream: night after night, at a pace, from any position on. */
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { CandelaError } from '../../errors.ts'
import type { Sky } from './sky.ts'

/** How far a simulated sky has been streamed. */
export interface SkyPosition {
  seed: number
  /** See Sky. */
  fingerprint: string
  night: number
  /** Alerts of that night that have been given. */
  given: number
}

export interface LivePacket {
  bytes: Uint8Array
  origin: string
  position: SkyPosition
}

const isPosition = (value: unknown): value is SkyPosition => {
  if (typeof value !== 'object' || value === null) return false
  const { seed, fingerprint, night, given } = value as Record<string, unknown>
  return [seed, night, given].every(Number.isInteger) && typeof fingerprint === 'string'
}

/**
 * Where to go on.
 * @param stored what the state store holds; undefined before the first start
 * @throws CandelaError `sky-differs` where another sky was streamed into this store: its ids would be taken for the same objects
 */
export function resumePosition (stored: unknown, { seed, fingerprint }: Sky): SkyPosition {
  if (stored === undefined) return { seed, fingerprint, night: 0, given: 0 }
  if (!isPosition(stored) || stored.seed !== seed) {
    throw new CandelaError('sky-differs', `the data folder holds a simulated sky of seed ${isPosition(stored) ? stored.seed : 'unknown'}, and ${seed} is asked for`, {
      value: seed, action: 'Give that seed (CANDELA_SKY_SEED), or another --data-dir.'
    })
  }
  if (stored.fingerprint !== fingerprint) {
    throw new CandelaError('sky-differs', `the data folder holds a simulated sky of seed ${seed} from another version of the simulator`, {
      value: stored.fingerprint, action: 'Choose another --data-dir, or remove this one: what it holds was simulated.'
    })
  }
  return stored
}

/**
 * The alerts from a position on, without end until the signal aborts.
 * @param nightSeconds how long a night with alerts takes [s]: they come evenly spread over that time; a night without any is passed at once
 */
export async function * liveSky (sky: Sky, from: SkyPosition, nightSeconds: number, signal: AbortSignal): AsyncGenerator<LivePacket> {
  let given = from.given
  for (let night = from.night; ; night++) {
    for (const steps = sky.approach(night); !steps.next().done;) {
      await turn()
      if (signal.aborted) return
    }
    const alerts = sky.night(night)
    const began = performance.now() - given / Math.max(alerts.length, 1) * nightSeconds * 1000
    for (; given < alerts.length; given++) {
      const wait = began + given / alerts.length * nightSeconds * 1000 - performance.now()
      if (wait > 1) await sleep(wait, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      yield { bytes: alerts[given]!.bytes, origin: `simulated sky ${from.seed}, night ${night}`, position: { ...from, night, given: given + 1 } }
    }
    given = 0
    await sleep(0, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
  }
}
