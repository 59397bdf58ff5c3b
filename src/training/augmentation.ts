/** Random variants of a light curve, so that the network meets more skies than the training data holds. */
import type { Band, HostFacts } from '../alert/alert.ts'
import type { FeaturePoint } from '../light-curve/features.ts'
import { isDetection, steppedPoints } from '../light-curve/window.ts'
import type { LabelledObject } from './labelled-object.ts'
import type { Random } from './random.ts'
import type { AugmentationSettings } from './settings.ts'

/** A light curve as the network steps through it, and what it is told of the host. */
export interface Variant {
  points: FeaturePoint[]
  host: HostFacts
}

/** Adds Gaussian noise so that every error grows by `factor`. */
const noisier = (points: readonly FeaturePoint[], factor: number, random: Random): FeaturePoint[] =>
  points.map(({ midpointMjdTai, band, psfFlux, psfFluxErr }) => ({
    midpointMjdTai,
    band,
    psfFlux: psfFlux + Math.sqrt(factor * factor - 1) * psfFluxErr * random.normal(),
    psfFluxErr: factor * psfFluxErr
  }))

function thinned (points: readonly FeaturePoint[], bands: readonly Band[], settings: AugmentationSettings, random: Random): FeaturePoint[] {
  const share = random.uniform() * settings.dropPoints
  const lost = random.uniform() < settings.dropBand ? bands[random.integer(bands.length)] : undefined
  return points.filter(point => point.band !== lost && random.uniform() >= share)
}

/** Hides host redshift and extinction, each from its share of the light curves. */
const hidden = (host: HostFacts, settings: AugmentationSettings, random: Random): HostFacts => {
  const photoZ = random.uniform() < settings.hidePhotoZ ? { redshift: null, redshiftErr: null } : { redshift: host.redshift, redshiftErr: host.redshiftErr }
  return { ...photoZ, mwebv: random.uniform() < settings.hideExtinction ? null : host.mwebv }
}

/**
 * One random variant: noisier, thinner, without a band, starting anywhere up to the first detection (a live stream
 * may begin with it), ending anywhere after it, host facts hidden. Where nothing detected would be left, the light
 * curve is not thinned.
 * @returns no points where the object was never detected
 */
export function randomVariant (object: LabelledObject, bands: readonly Band[], settings: AugmentationSettings, random: Random): Variant {
  const noise = random.uniform() < settings.noiseShare ? 1 + random.uniform() * (settings.noiseFactor - 1) : 1
  const noisy = noise > 1 ? noisier(object.points, noise, random) : object.points
  let points = steppedPoints(thinned(noisy, bands, settings, random), bands)
  if (points.length === 0) points = steppedPoints(object.points, bands)
  const detection = Math.max(0, points.findIndex(isDetection))
  const end = random.uniform() < settings.cutEnd ? detection + 1 + random.integer(Math.max(1, points.length - detection)) : points.length
  const start = random.uniform() < settings.cutStart ? random.integer(detection + 1) : 0
  return { points: points.slice(start, end), host: hidden(object.host, settings, random) }
}
