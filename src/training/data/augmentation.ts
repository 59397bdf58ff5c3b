/** Random variants of a light curve, so that the network meets more skies than the training data holds. */
import { DETECTION_SNR, HISTORY_BEFORE_DETECTION, type Band, type HostFacts } from '../../alert/alert.ts'
import { NO_CONTEXT, type FirstContext } from '../../light-curve/features/context.ts'
import type { FeaturePoint } from '../../light-curve/features/features.ts'
import { isDetection, steppedPoints } from '../../light-curve/window.ts'
import type { LabelledObject } from './labelled-object.ts'
import { shuffled, type Random } from './random.ts'
import { movedHost, observe, pointingsOf, withNewNoise, withNewPhotoZ } from './realisation.ts'
import type { AugmentationSettings, TrainingSettings } from '../settings.ts'

/** A light curve as the network steps through it, and what it is told of the host. */
export interface Variant {
  points: FeaturePoint[]
  host: HostFacts
  context: FirstContext
  /** True redshift of this realisation; null where not known. */
  redshift: number | null
  /** Factor of the object's own fluxes, at the times of its own points; null where it is seen at other times or from elsewhere. */
  brightness: number | null
}

/** The settings that a variant depends on. */
export type VariantSettings = Pick<TrainingSettings, 'bands' | 'augmentation' | 'mostSteps'>

/** Adds Gaussian noise so that every error grows by `factor`. */
const noisier = (points: readonly FeaturePoint[], factor: number, random: Random): FeaturePoint[] =>
  points.map(({ midpointMjdTai, band, psfFlux, psfFluxErr }) => ({
    midpointMjdTai,
    band,
    psfFlux: psfFlux + Math.sqrt(factor * factor - 1) * psfFluxErr * random.normal(),
    psfFluxErr: factor * psfFluxErr
  }))

/** A random choice of bands, of any number. */
const someOf = (bands: readonly Band[], random: Random): Band[] => shuffled(bands, random).slice(0, 1 + random.integer(bands.length))

function thinned (points: readonly FeaturePoint[], bands: readonly Band[], settings: AugmentationSettings, random: Random): FeaturePoint[] {
  const share = random.uniform() * settings.dropPoints
  if (random.uniform() < settings.bandSubset) {
    const kept = someOf(bands.filter(band => points.some(point => point.band === band)), random)
    return points.filter(({ band }) => kept.includes(band) && random.uniform() >= share)
  }
  const lost = bands.length > 1 && random.uniform() < settings.dropBands ? shuffled(bands, random).slice(0, 1 + random.integer(Math.max(1, bands.length - 2))) : []
  return points.filter(point => !lost.includes(point.band) && random.uniform() >= share)
}

/** Hides host redshift and extinction, each from its share of the light curves. */
const hidden = (host: HostFacts, settings: AugmentationSettings, random: Random): HostFacts => {
  const photoZ = random.uniform() < settings.hidePhotoZ ? { redshift: null, redshiftErr: null } : { redshift: host.redshift, redshiftErr: host.redshiftErr }
  return { ...photoZ, mwebv: random.uniform() < settings.hideExtinction ? null : host.mwebv }
}

/** The light curve of a survey that sends no forced photometry: detections alone, some surveys send those of negative flux too. */
function detectionsOnly (points: readonly FeaturePoint[], random: Random): FeaturePoint[] {
  const limit = 3 + 2 * random.uniform()
  const both = random.uniform() < 0.5
  return points.filter(({ psfFlux, psfFluxErr }) => (both ? Math.abs(psfFlux) : psfFlux) > limit * psfFluxErr)
}

const ofBrightness = (points: readonly FeaturePoint[], factor: number): FeaturePoint[] =>
  points.map(({ midpointMjdTai, band, psfFlux, psfFluxErr }) => ({ midpointMjdTai, band, psfFlux: factor * psfFlux, psfFluxErr: factor * psfFluxErr }))

/** Hides context, as a whole or fact by fact. */
function hiddenContext (context: FirstContext, { hideContext, hideFact }: AugmentationSettings, random: Random): FirstContext {
  if (random.uniform() < hideContext) return NO_CONTEXT
  const kept = (value: number | null): number | null => random.uniform() < hideFact ? null : value
  const { templateFlux, starScore, separation, realBogus, detections } = context
  const star = random.uniform() >= hideFact
  return { templateFlux: kept(templateFlux), starScore: star ? starScore : null, separation: star ? separation : null, realBogus: kept(realBogus), detections: kept(detections) }
}

/** A random part of at most `most` points that has a detection. */
function partOf (points: FeaturePoint[], most: number | null, random: Random): FeaturePoint[] {
  if (most === null || points.length <= most) return points
  const detections = points.flatMap((point, k) => isDetection(point) ? [k] : [])
  // Of those before it, what a survey's alert would bring.
  const detection = detections[random.integer(detections.length)]!
  const from = points[detection]!.midpointMjdTai - HISTORY_BEFORE_DETECTION * random.uniform()
  const start = Math.max(0, Math.min(points.findIndex(point => point.midpointMjdTai >= from), points.length - most), detection - most + 1)
  return points.slice(start, start + most)
}

/** What the survey has detected, of either sign, before the first point that the network sees. */
const detectionsBefore = (points: readonly FeaturePoint[], first: FeaturePoint | undefined): number => first === undefined
  ? 0
  : points.filter(({ midpointMjdTai, psfFlux, psfFluxErr }) => midpointMjdTai < first.midpointMjdTai && Math.abs(psfFlux) > DETECTION_SNR * psfFluxErr).length

/** Another realisation of the same supernova would not do with fewer points than this. */
const FEWEST_POINTS = 6

/** Redshifts are not moved below this. */
const LEAST_REDSHIFT = 0.02

type Realisation = Omit<Variant, 'context'>

/**
 * The same supernova with other noise and another photo-z, and for a share of them at the times and depths of another
 * object's observations, moved in redshift: what the light curve would be had it been simulated again. As it is where
 * the data do not tell the noise-free fluxes, or nothing would be detected.
 */
function realised (object: LabelledObject, others: readonly LabelledObject[], settings: AugmentationSettings, random: Random): Realisation {
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
      return { points, host: redshift === null ? host : movedHost(host, object.redshift!, redshift), redshift: redshift ?? object.redshift, brightness: null }
    }
  }
  const [least, largest] = settings.noiseScatter
  const points = random.uniform() < settings.redrawNoise ? withNewNoise(object, random, least + (largest - least) * random.uniform()) : null
  return { points: points?.some(isDetection) ? points : [...object.points], host, redshift: object.redshift, brightness: 1 }
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
  object: LabelledObject, others: readonly LabelledObject[], { bands, augmentation: settings, mostSteps }: VariantSettings, random: Random
): Variant {
  let { points: whole, host, redshift, brightness } = realised(object, others, settings, random)
  const noise = random.uniform() < settings.noiseShare ? 1 + random.uniform() * (settings.noiseFactor - 1) : 1
  const noisy = noise > 1 ? noisier(whole, noise, random) : whole
  const kept = random.uniform() < settings.detectionsOnly ? detectionsOnly(noisy, random) : noisy
  let points = steppedPoints(thinned(kept, bands, settings, random), bands)
  if (points.length === 0) points = steppedPoints(whole, bands)
  if (points.length === 0) {
    points = steppedPoints(object.points, bands)
    ;({ host, redshift } = object)
    brightness = 1
  }
  points = partOf(points, mostSteps, random)
  const detection = Math.max(0, points.findIndex(isDetection))
  const end = random.uniform() < settings.cutEnd ? detection + 1 + random.integer(Math.max(1, points.length - detection)) : points.length
  const start = random.uniform() < settings.cutStart ? random.integer(detection + 1) : 0
  points = points.slice(start, end)
  const told = hidden(host, settings, random)
  if (told.redshift === null && random.uniform() < settings.moveBrightness) {
    const factor = 10 ** (0.4 * settings.brightnessSpread * random.normal())
    points = ofBrightness(points, factor)
    if (brightness !== null) brightness *= factor
  }
  const context = { ...object.context ?? NO_CONTEXT, detections: 1 + detectionsBefore(whole, points[0]) }
  return { points, host: told, context: hiddenContext(context, settings, random), redshift, brightness }
}
