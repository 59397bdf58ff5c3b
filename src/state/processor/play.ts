/** Plays light curves through the same network as the live step, for P(Ia) after each point. Nothing is stored. */
import { setImmediate } from 'node:timers/promises'
import type { HostFacts } from '../../alert/alert.ts'
import { NO_CONTEXT, type FirstContext } from '../../light-curve/features/context.ts'
import type { StoredPoint } from '../../light-curve/stored-point.ts'
import { firstDetection, whyPassedOver, type PassedOverReason } from '../../light-curve/window.ts'
import type { SharesOfObject } from '../../model/class-shares.ts'
import type { Network } from '../../model/engine.ts'
import { hasAttention } from '../../model/shape.ts'
import { classProbabilities, publishedOf, type SayingModel } from '../record/probabilities.ts'
import type { HiddenState } from '../record/record.ts'
import { Checkpoints } from '../record/checkpoints.ts'
import { runWavefront, type StepJob } from './wavefront.ts'

export interface LightCurve {
  /** Decides on the class shares where they differ by survey; absent where it has none. */
  diaObjectId?: string | undefined
  host: HostFacts
  /** What the network is told of the object's first alert; unknown where absent. */
  context?: FirstContext | undefined
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
  /** Its 1σ error; null where it was passed over, absent of a model without classes. */
  probabilityIaErr?: number | null
  /** Probability of each class after it by its name; null where it was passed over, absent of a model without classes. */
  classProbabilities?: Record<string, number> | null
  /** Days from the peak after it, with 16 and 84 %; null where it was passed over and where the object more likely varies than has a peak, absent of a model without a decoder. */
  phase?: number | null
  phaseLow?: number | null
  phaseHigh?: number | null
  /** Share of the epoch in the decision after the last point, their sum 1; null where it was passed over, absent without attention. */
  weight?: number | null
  /** Why it was passed over. */
  reason: PassedOverReason | null
}

export interface PlayOptions {
  network: Network
  model: SayingModel
  /** The class shares of the sky that an object is on; those of the training where not given. */
  shares?: SharesOfObject | undefined
  /** Where there is a list, the hidden state of each light curve after its last step is added to it; null where it has none. */
  tips?: Array<HiddenState | null> | undefined
  /** Aborts the work between two turns of the event loop. */
  signal?: AbortSignal | undefined
}

/** Light curves that step together, and steps of each between two turns of the event loop. */
const ROWS = 8
const STEPS = 32

type Step = Pick<HiddenState, 'steps' | 'outputs' | 'accumulator'>

/** Keeps what the network said after every step. */
class Trail extends Checkpoints {
  readonly steps: Step[] = []

  constructor () {
    super(() => [])
  }

  override beforeStep ({ steps, outputs, accumulator }: HiddenState): void {
    this.steps.push({ steps, outputs: outputs.slice(), accumulator })
  }
}

/**
 * The result of a light curve does not depend on the others, and is bit for bit what the live step makes of the same
 * points in any order of arrival. Yields to the event loop every few milliseconds.
 * @returns of each light curve, its points in order of time
 * @throws the signal's reason
 */
export async function playLightCurves (curves: readonly LightCurve[], { network, model, shares = () => null, tips, signal }: PlayOptions): Promise<PlayedPoint[][]> {
  const { bands } = network.shape
  const noPhase = model.shape.decoder !== null && { phase: null, phaseLow: null, phaseHigh: null }
  const nothing = {
    ...model.classes !== null && { probabilityIaErr: null, classProbabilities: null },
    ...noPhase,
    ...hasAttention(network.shape) && { weight: null }
  }
  const played: PlayedPoint[][] = []
  for (let first = 0; first < curves.length; first += ROWS) {
    const together = curves.slice(first, first + ROWS).map(({ diaObjectId = '', host, context = NO_CONTEXT, points }) => {
      const detection = firstDetection(points)
      const reasons = points.map(point => whyPassedOver(point, detection, bands))
      const weights: number[] = []
      const job: StepJob = { facts: { host, context }, steps: points.filter((_, k) => reasons[k] === null), tip: null, checkpoints: new Trail(), weights }
      return { diaObjectId, points, reasons, job, weights }
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
    for (const { diaObjectId, points, reasons, job: { tip, checkpoints }, weights } of together) {
      tips?.push(tip)
      const steps = [...(checkpoints as Trail).steps, ...tip ? [tip] : []]
      const sharesThere = shares(diaObjectId)
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      let epoch = 0
      played.push(points.map((point, k): PlayedPoint => {
        if (reasons[k] !== null) return { point, epoch: null, probabilityIa: null, ...nothing, reason: reasons[k]! }
        const { classes, phase, ...said } = publishedOf(model, steps[epoch]!, sharesThere)
        const weight = weights[epoch]
        epoch++
        return { point, epoch, ...said, ...classes && { classProbabilities: classProbabilities(classes) }, ...phase ?? noPhase, ...weight !== undefined && { weight: weight / total }, reason: null }
      }))
    }
  }
  return played
}

/** The first points of a played light curve, with the weights that the attention gave them when there were no others. */
export function untilTime (played: readonly PlayedPoint[], midpointMjdTai: number): PlayedPoint[] {
  const then = played.filter(({ point }) => point.midpointMjdTai <= midpointMjdTai)
  const total = then.reduce((sum, { weight }) => sum + (weight ?? 0), 0)
  return then.length === played.length ? then : then.map(point => typeof point.weight === 'number' ? { ...point, weight: point.weight / total } : point)
}
