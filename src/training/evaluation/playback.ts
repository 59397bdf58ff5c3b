/** Plays light curves through a network in an engine, as the live pipeline would, many at a time. */
import { nightOf, type HostFacts } from '../../alert/alert.ts'
import { NO_CONTEXT } from '../../light-curve/features/context.ts'
import { featureSet, type FeaturePoint, type FixedFacts } from '../../light-curve/features/features.ts'
import { firstDetection, steppedPoints } from '../../light-curve/window.ts'
import type { Network } from '../../model/engine.ts'
import { inputLength, outputLength } from '../../model/shape.ts'
import { writeFeatures } from '../data/batch.ts'
import { isTypeIa, type LabelledObject } from '../data/labelled-object.ts'

/** What the network is told of the host's photometric redshift. */
export type PhotoZ = 'known' | 'unknown'

/** What the network is told beside the light curves; `known` means as far as the data say it. */
export interface Told {
  photoZ: PhotoZ
  /** Facts of the first alert: context.ts. */
  context: 'known' | 'unknown'
}

/** One light curve after it was played: what the network said after every step. */
export interface PlayedObject {
  snid: string
  isIa: boolean
  /** Class of its true type. */
  type: string
  /** [d, MJD TAI] of every step; its length is the number of steps. */
  times: number[]
  /** [steps, outputLength] after every step, before calibration: of a network without classes logit(Ia) − logit(not Ia). */
  outputs: Float32Array
  /** Significant detections after every step (S/N > 4). */
  detections: Uint16Array
  /** Time of the first detection, in whatever band [d, MJD TAI]; null where there is none (then there are no steps either). */
  firstDetection: number | null
  /** Last step of the night of the sixth observation with S/N > 4, or the last step where there are fewer. */
  early: number
}

/** What the network said after a step [outputLength]; null where there is no such step. */
export function outputsAt ({ outputs, times }: Pick<PlayedObject, 'outputs' | 'times'>, step: number): Float32Array | null {
  if (step < 0 || step >= times.length) return null
  const length = outputs.length / times.length
  return outputs.subarray(step * length, (step + 1) * length)
}

const EARLY_SNR = 4
const EARLY_OBSERVATIONS = 6
const ROWS_AT_ONCE = 32
const MOST_DETECTIONS = 0xffff

interface Stepped {
  object: LabelledObject
  points: FeaturePoint[]
}

function earlyStep (points: readonly FeaturePoint[]): number {
  let significant = 0
  for (const point of points) {
    if (!(point.psfFlux > EARLY_SNR * point.psfFluxErr)) continue
    if (++significant === EARLY_OBSERVATIONS) {
      return points.findLastIndex(later => nightOf(later.midpointMjdTai) === nightOf(point.midpointMjdTai))
    }
  }
  return points.length - 1
}

const hostFor = (host: HostFacts, photoZ: PhotoZ): HostFacts => photoZ === 'known' ? host : { ...host, redshift: null, redshiftErr: null }

/** What the network is told of an object. */
export const factsFor = (object: LabelledObject, told: Told): FixedFacts =>
  ({ host: hostFor(object.host, told.photoZ), context: told.context === 'known' ? object.context ?? NO_CONTEXT : NO_CONTEXT })

function playTogether (network: Network, batch: readonly Stepped[], told: Told): PlayedObject[] {
  const { shape } = network
  const rows = batch.length
  const steps = Math.max(...batch.map(({ points }) => points.length))
  const features = new Float32Array(steps * rows * inputLength(shape))
  const set = featureSet(shape.features)
  const detections = batch.map(({ object, points }, row) => {
    const counted = new Uint16Array(points.length)
    writeFeatures(points, factsFor(object, told), shape, features, row, rows, (step, accumulator) => {
      counted[step] = Math.min(MOST_DETECTIONS, set.detections(accumulator))
    })
    return counted
  })
  const all = steps === 0 ? new Float32Array(0) : network.sequence(features, steps, rows).outputs
  const length = outputLength(shape)
  return batch.map(({ object, points }, row) => {
    const outputs = new Float32Array(points.length * length)
    for (let step = 0; step < points.length; step++) outputs.set(all.subarray((step * rows + row) * length, (step * rows + row + 1) * length), step * length)
    return {
      snid: object.snid,
      isIa: isTypeIa(object),
      type: object.type,
      times: points.map(point => point.midpointMjdTai),
      outputs,
      detections: detections[row]!,
      firstDetection: firstDetection(object.points),
      early: earlyStep(points)
    }
  })
}

/**
 * @param onProgress called with the number of objects played so far
 * @returns in the order of `objects`
 */
export function playObjects (
  network: Network, objects: readonly LabelledObject[], told: Told, onProgress: (played: number) => void = () => {}
): PlayedObject[] {
  const { bands } = network.shape
  const byLength = objects.map((object, place) => ({ place, stepped: { object, points: steppedPoints(object.points, bands) } }))
    .sort((a, b) => a.stepped.points.length - b.stepped.points.length)
  const results = new Array<PlayedObject>(objects.length)
  for (let at = 0; at < byLength.length; at += ROWS_AT_ONCE) {
    const batch = byLength.slice(at, at + ROWS_AT_ONCE)
    playTogether(network, batch.map(({ stepped }) => stepped), told)
      .forEach((result, k) => { results[batch[k]!.place] = result })
    onProgress(at + batch.length)
  }
  return results
}
