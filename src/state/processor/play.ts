/** Plays light curves through the same network as the live step, for P(Ia) after each point. Nothing is stored. */
import { setImmediate } from 'node:timers/promises'
import type { HostFacts } from '../../alert/alert.ts'
import type { StoredPoint } from '../../light-curve/stored-point.ts'
import { firstDetection, whyPassedOver, type PassedOverReason } from '../../light-curve/window.ts'
import { probabilityIa } from '../../model/calibration.ts'
import type { Network } from '../../model/engine.ts'
import type { Model } from '../../model/model-file.ts'
import { publishedProbability, type HiddenState } from '../record/record.ts'
import { Checkpoints } from '../record/checkpoints.ts'
import { runWavefront, type StepJob } from './wavefront.ts'

export interface LightCurve {
  host: HostFacts
  /** In order of time, without withdrawn ones. */
  points: readonly StoredPoint[]
}

/** A photometric point after it was played. */
export interface PlayedPoint {
  point: StoredPoint
  /** Which step of the network it was, from 1; null where it was passed over. */
  epoch: number | null
  /** Calibrated P(Ia) after it, to the decimals of published ones; null where it was passed over. */
  probabilityIa: number | null
  /** Why it was passed over. */
  reason: PassedOverReason | null
}

export interface PlayOptions {
  network: Network
  model: Pick<Model, 'calibration'>
  /** Aborts the work between two turns of the event loop. */
  signal?: AbortSignal | undefined
}

/** Light curves that step together, and steps of each between two turns of the event loop. */
const ROWS = 8
const STEPS = 32

/** Keeps the logit after every step. */
class Trail extends Checkpoints {
  readonly logits: number[] = []

  constructor () {
    super(() => [])
  }

  override beforeStep (tip: HiddenState): void {
    this.logits.push(tip.logit)
  }
}

/**
 * The result of a light curve does not depend on the others, and is bit for bit what the live step makes of the same
 * points in any order of arrival. Yields to the event loop every few milliseconds.
 * @returns of each light curve, its points in order of time
 * @throws the signal's reason
 */
export async function playLightCurves (curves: readonly LightCurve[], { network, model: { calibration }, signal }: PlayOptions): Promise<PlayedPoint[][]> {
  const { bands } = network.shape
  const played: PlayedPoint[][] = []
  for (let first = 0; first < curves.length; first += ROWS) {
    const together = curves.slice(first, first + ROWS).map(({ host, points }) => {
      const detection = firstDetection(points)
      const reasons = points.map(point => whyPassedOver(point, detection, bands))
      const job: StepJob = { host, steps: points.filter((_, k) => reasons[k] === null), tip: null, checkpoints: new Trail() }
      return { points, reasons, job }
    })
    const jobs = together.map(({ job }) => job)
    const longest = jobs.reduce((most, { steps }) => Math.max(most, steps.length), 0)
    for (let done = 0; done < longest; done += STEPS) {
      const slices = jobs.map(job => ({ ...job, steps: job.steps.slice(done, done + STEPS) }))
      runWavefront(network, slices)
      slices.forEach(({ tip }, k) => { jobs[k]!.tip = tip })
      await setImmediate()
      signal?.throwIfAborted()
    }
    for (const { points, reasons, job: { tip, checkpoints } } of together) {
      const logits = [...(checkpoints as Trail).logits, ...tip ? [tip.logit] : []]
      let epoch = 0
      played.push(points.map((point, k): PlayedPoint => {
        if (reasons[k] !== null) return { point, epoch: null, probabilityIa: null, reason: reasons[k]! }
        epoch++
        return { point, epoch, probabilityIa: publishedProbability(probabilityIa(logits[epoch - 1]!, epoch, calibration)), reason: null }
      }))
    }
  }
  return played
}
