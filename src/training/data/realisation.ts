/**
 * Other realisations of a simulated supernova: the same supernova with other noise, observed at other times, at
 * another redshift, in a deeper or shallower survey. Only training and the tables of altered skies use the noise-free
 * light curve; the network is shown noisy points, whose errors follow the noise-free flux as those of the challenge do.
 */
import { NJY_PER_FLUXCAL, type Band, type HostFacts } from '../../alert/alert.ts'
import { luminosityDistance } from '../../light-curve/features/distance.ts'
import type { FeaturePoint } from '../../light-curve/features/features.ts'
import type { LabelledObject } from './labelled-object.ts'
import { noiseFreeFlux, noiseFreeLightCurve, type NoiseFreeLightCurve } from './noise-free.ts'
import type { Random } from './random.ts'

/** One visit in one band, whatever it saw. */
export interface Pointing {
  midpointMjdTai: number
  band: Band
  /** Error of the flux of an empty place on the sky [nJy]. */
  skyErr: number
}

/** How a supernova is seen. */
export interface View {
  pointings: readonly Pointing[]
  /** Added to the times of the pointings [d]. */
  shift: number
  /** True redshift that it is moved to; null leaves it where it is. */
  redshift: number | null
  /** Factor of the sky's errors: 2 is 0.75 mag shallower. */
  depth: number
}

/**
 * Variance of a flux beside that of the sky [nJy²]: photon noise of 0.14 FLUXCAL² per FLUXCAL and 1.8 % of the flux,
 * read off the errors of the challenge's bright points.
 */
function sourceVariance (flux: number): number {
  const positive = Math.max(0, flux)
  return 0.14 * NJY_PER_FLUXCAL * positive + (0.018 * positive) ** 2
}

/** Part of a variance that is always left to the sky. */
const LEAST_SKY = 0.2

/** How an object was observed; its errors are kept as they are where its noise-free fluxes are not known. */
export const pointingsOf = ({ points, noiseFree }: LabelledObject): Pointing[] =>
  points.map(({ midpointMjdTai, band, psfFluxErr }, k) => {
    const variance = psfFluxErr * psfFluxErr
    return { midpointMjdTai, band, skyErr: Math.sqrt(Math.max(LEAST_SKY * variance, variance - sourceVariance(noiseFree?.[k] ?? 0))) }
  })

/** Noise-free light curves are made once an object. */
const known = new WeakMap<LabelledObject, NoiseFreeLightCurve>()

function lightCurveOf (object: LabelledObject): NoiseFreeLightCurve | null {
  let curve = known.get(object) ?? null
  if (curve === null) {
    curve = noiseFreeLightCurve(object)
    if (curve !== null) known.set(object, curve)
  }
  return curve
}

/**
 * The supernova as it would have been seen. Moved to another redshift, time is stretched around its peak by
 * (1+z')/(1+z) and flux falls with the square of the luminosity distance, without K-correction: for small moves.
 * Points at times that the simulation does not tell are left out.
 * @returns null where the noise-free fluxes are not known, or the redshift or peak of one that is to be moved
 */
export function observe (object: LabelledObject, { pointings, shift, redshift, depth }: View, random: Random): FeaturePoint[] | null {
  const curve = lightCurveOf(object)
  if (curve === null) return null
  let [stretch, brightness, peak] = [1, 1, 0]
  if (redshift !== null) {
    if (object.redshift === null || object.redshift <= 0 || object.peakMjd === null) return null
    stretch = (1 + redshift) / (1 + object.redshift)
    brightness = (luminosityDistance(object.redshift) / luminosityDistance(redshift)) ** 2
    peak = object.peakMjd
  }
  const points: FeaturePoint[] = []
  for (const { midpointMjdTai, band, skyErr } of pointings) {
    const time = midpointMjdTai + shift
    const ofBand = curve.get(band)
    const emitted = ofBand ? noiseFreeFlux(ofBand, peak + (time - peak) / stretch) : null
    if (emitted === null) continue
    const flux = brightness * emitted
    const psfFluxErr = Math.sqrt((depth * skyErr) ** 2 + sourceVariance(flux))
    points.push({ midpointMjdTai: time, band, psfFlux: flux + psfFluxErr * random.normal(), psfFluxErr })
  }
  return points
}

/** The host's photo-z moved along with the supernova. */
export const movedHost = (host: HostFacts, from: number, to: number): HostFacts =>
  host.redshift === null ? host : { ...host, redshift: Math.max(0, host.redshift + to - from) }

/**
 * The very same observation with its noise drawn anew, `scatter` times as large as its error says; null where the noise-free fluxes are not known.
 */
export const withNewNoise = ({ points, noiseFree }: LabelledObject, random: Random, scatter = 1): FeaturePoint[] | null =>
  noiseFree
    ? points.map(({ midpointMjdTai, band, psfFluxErr }, k) =>
      ({ midpointMjdTai, band, psfFlux: noiseFree[k]! + scatter * psfFluxErr * random.normal(), psfFluxErr }))
    : null

/** Mean and scatter of (photo-z − true redshift)/error in the challenge's objects: 1,500 of them, mean −0.036 ± 0.022. */
const PHOTO_Z_SCATTER = 0.86

/** A photo-z drawn anew around the true redshift, with its error; as it is where one of them is not known. */
export function withNewPhotoZ ({ redshift, host }: LabelledObject, random: Random): HostFacts {
  if (redshift === null || host.redshift === null || host.redshiftErr === null) return host
  return { ...host, redshift: Math.max(0, redshift + PHOTO_Z_SCATTER * host.redshiftErr * random.normal()) }
}
