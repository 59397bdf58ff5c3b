/** Random variants of a light curve, so that the network meets more skies than the training data holds. */
import type { Band, HostFacts } from '../../alert/alert.ts'
import type { FeaturePoint } from '../../light-curve/features.ts'
import { isDetection, steppedPoints } from '../../light-curve/window.ts'
import type { LabelledObject } from './labelled-object.ts'
import { shuffled, type Random } from './random.ts'
import { movedHost, observe, pointingsOf, withNewNoise, withNewPhotoZ } from './realisation.ts'
import type { AugmentationSettings } from '../settings.ts'

/** A light curve as the network steps through it, and what it is told of the host. */
export interface Variant {
  points: FeaturePoint[]
  host: HostFacts
  /** True redshift of this realisation; null where not known. */
  redshift: number | null
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
  const lost = bands.length > 1 && random.uniform() < settings.dropBands ? shuffled(bands, random).slice(0, 1 + random.integer(Math.max(1, bands.length - 2))) : []
  return points.filter(point => !lost.includes(point.band) && random.uniform() >= share)
}

/** Hides host redshift and extinction, each from its share of the light curves. */
const hidden = (host: HostFacts, settings: AugmentationSettings, random: Random): HostFacts => {
  const photoZ = random.uniform() < settings.hidePhotoZ ? { redshift: null, redshiftErr: null } : { redshift: host.redshift, redshiftErr: host.redshiftErr }
  return { ...photoZ, mwebv: random.uniform() < settings.hideExtinction ? null : host.mwebv }
}

/** Another realisation of the same supernova would not do with fewer points than this. */
const FEWEST_POINTS = 6

/** Redshifts are not moved below this. */
const LEAST_REDSHIFT = 0.02

/**
 * The same supernova with other noise and another photo-z, and for a share of them at the times and depths of another
 * object's observations, moved in redshift: what the light curve would be had it been simulated again. As it is where
 * the data do not tell the noise-free fluxes, or nothing would be detected.
 */
function realised (object: LabelledObject, others: readonly LabelledObject[], settings: AugmentationSettings, random: Random): Variant {
  const host = random.uniform() < settings.redrawPhotoZ ? withNewPhotoZ(object, random) : object.host
  if (random.uniform() < settings.reobserve && others.length > 0) {
    const other = others[random.integer(others.length)]!
    const redshift = object.redshift !== null && object.redshift > LEAST_REDSHIFT && settings.redshiftSpread > 0
      ? Math.max(LEAST_REDSHIFT, (1 + object.redshift) * Math.exp(settings.redshiftSpread * random.normal()) - 1)
      : null
    const shift = (object.peakMjd ?? 0) - (other.peakMjd ?? 0) + settings.peakShift * (2 * random.uniform() - 1)
    const depth = Math.exp(settings.depthSpread * random.normal())
    const points = object.peakMjd !== null && other.peakMjd !== null ? observe(object, { pointings: pointingsOf(other), shift, redshift, depth }, random) : null
    if (points !== null && points.length >= FEWEST_POINTS && points.some(isDetection)) {
      return { points, host: redshift === null ? host : movedHost(host, object.redshift!, redshift), redshift: redshift ?? object.redshift }
    }
  }
  const points = random.uniform() < settings.redrawNoise ? withNewNoise(object, random) : null
  return { points: points?.some(isDetection) ? points : [...object.points], host, redshift: object.redshift }
}

/**
 * One random variant: another realisation where the data are simulated, noisier, thinner, without some bands, starting
 * anywhere up to the first detection (a live stream may begin with it), ending anywhere after it, host facts hidden.
 * Where nothing detected would be left, the realisation is not thinned; where it has nothing itself, the light curve is
 * taken as it is.
 * @param others objects whose times and depths it may be observed at
 * @returns no points where the object was never detected
 */
export function randomVariant (
  object: LabelledObject, others: readonly LabelledObject[], bands: readonly Band[], settings: AugmentationSettings, random: Random
): Variant {
  let { points: whole, host, redshift } = realised(object, others, settings, random)
  const noise = random.uniform() < settings.noiseShare ? 1 + random.uniform() * (settings.noiseFactor - 1) : 1
  const noisy = noise > 1 ? noisier(whole, noise, random) : whole
  let points = steppedPoints(thinned(noisy, bands, settings, random), bands)
  if (points.length === 0) points = steppedPoints(whole, bands)
  if (points.length === 0) {
    points = steppedPoints(object.points, bands)
    ;({ host, redshift } = object)
  }
  const detection = Math.max(0, points.findIndex(isDetection))
  const end = random.uniform() < settings.cutEnd ? detection + 1 + random.integer(Math.max(1, points.length - detection)) : points.length
  const start = random.uniform() < settings.cutStart ? random.integer(detection + 1) : 0
  return { points: points.slice(start, end), host: hidden(host, settings, random), redshift }
}
