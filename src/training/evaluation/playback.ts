/** Plays light curves through a network in an engine, as the live pipeline would, many at a time. */
import { nightOf, type Band, type HostFacts } from '../../alert/alert.ts'
import { featureLength } from '../../light-curve/features.ts'
import { firstDetection, steppedPoints } from '../../light-curve/window.ts'
import type { Network } from '../../model/engine.ts'
import { writeFeatures } from '../data/batch.ts'
import { isTypeIa, type LabelledObject } from '../data/labelled-object.ts'

/** What the network is told of the host's photometric redshift. */
export type PhotoZ = 'known' | 'unknown'

/** One light curve after it was played: what the network said after every step. */
export interface PlayedObject {
  snid: string
  isIa: boolean
  /** [d, MJD TAI] of every step. */
  times: number[]
  /** Logit(Ia) − logit(not Ia) after every step, before calibration. */
  logits: Float32Array
  /** Time of the first detection, in whatever band [d, MJD TAI]; null where there is none (then there are no steps either). */
  firstDetection: number | null
  /** Last step of the night of the sixth observation with S/N > 4, or the last step where there are fewer. */
  early: number
}

const EARLY_SNR = 4
const EARLY_OBSERVATIONS = 6
const ROWS_AT_ONCE = 32

interface Stepped {
  object: LabelledObject
  points: ReturnType<typeof steppedPoints>
}

function earlyStep (points: Stepped['points']): number {
  let significant = 0
  for (const point of points) {
    if (!(point.psfFlux > EARLY_SNR * point.psfFluxErr)) continue
    if (++significant === EARLY_OBSERVATIONS) {
      return points.findLastIndex(later => nightOf(later.midpointMjdTai) === nightOf(point.midpointMjdTai))
    }
  }
  return points.length - 1
}

function played ({ object, points }: Stepped, logits: Float32Array): PlayedObject {
  return {
    snid: object.snid,
    isIa: isTypeIa(object),
    times: points.map(point => point.midpointMjdTai),
    logits,
    firstDetection: firstDetection(object.points),
    early: earlyStep(points)
  }
}

const hostFor = (host: HostFacts, photoZ: PhotoZ): HostFacts => photoZ === 'known' ? host : { ...host, redshift: null, redshiftErr: null }

function playTogether (network: Network, bands: readonly Band[], batch: readonly Stepped[], photoZ: PhotoZ): PlayedObject[] {
  const rows = batch.length
  const steps = Math.max(...batch.map(({ points }) => points.length))
  if (steps === 0) return batch.map(stepped => played(stepped, new Float32Array(0)))
  const features = new Float32Array(steps * rows * featureLength(bands))
  batch.forEach(({ object, points }, row) => writeFeatures(points, hostFor(object.host, photoZ), bands, features, row, rows))
  const { logits } = network.sequence(features, steps, rows)
  return batch.map((stepped, row) => played(stepped, Float32Array.from(stepped.points, (_, step) => logits[step * rows + row]!)))
}

/**
 * @param photoZ `unknown`: host redshifts are kept from the network
 * @param onProgress called with the number of objects played so far
 * @returns in the order of `objects`
 */
export function playObjects (
  network: Network, objects: readonly LabelledObject[], photoZ: PhotoZ, onProgress: (played: number) => void = () => {}
): PlayedObject[] {
  const { bands } = network.shape
  const byLength = objects.map((object, place) => ({ place, stepped: { object, points: steppedPoints(object.points, bands) } }))
    .sort((a, b) => a.stepped.points.length - b.stepped.points.length)
  const results = new Array<PlayedObject>(objects.length)
  for (let at = 0; at < byLength.length; at += ROWS_AT_ONCE) {
    const batch = byLength.slice(at, at + ROWS_AT_ONCE)
    playTogether(network, bands, batch.map(({ stepped }) => stepped), photoZ)
      .forEach((result, k) => { results[batch[k]!.place] = result })
    onProgress(at + batch.length)
  }
  return results
}
