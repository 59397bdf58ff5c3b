/** From noise-free light curves to the population that the simulated sky is drawn from. */
import { BANDS, type Band } from '../../alert/alert.ts'
import { CandelaError } from '../../errors.ts'
import { bazinFlux, shapeOf, type BazinParameters, type BazinShape } from './bazin.ts'
import { levenbergMarquardt } from './levenberg-marquardt.ts'
import { fitMixture } from './mixture.ts'
import type { NoiseFreeLightCurve, NoiseFreePoint } from './noise-free.ts'
import { groupOf, SUPERNOVA_CLASSES, valuesOf, type PopulationGroup, type SupernovaClass, type SupernovaShape } from './population.ts'
import { randomFrom } from '../random.ts'

/** Fluxes count by this share of the brightest one, at every time: what matters is the shape around the peak. */
const RELATIVE_SIGMA = 0.03
/** A fit stands where its root mean square over the bright points is below this share of the peak. */
const LARGEST_RESIDUAL = 0.12
const BRIGHT = 0.05
const FEWEST_BRIGHT_POINTS = 6
const RISES = [3, 8]
const FALLS = [15, 40, 120]

export interface BandFit {
  shape: BazinShape
  /** Root mean square of the residuals over points brighter than 5 % of the brightest, in units of it. */
  residual: number
}

/**
 * Fits one band.
 * @param points in order of time
 * @returns null where the points do not show the peak, or the form does not describe them
 */
export function fitBand (points: readonly NoiseFreePoint[]): BandFit | null {
  const brightest = Math.max(0, ...points.map(({ flux }) => flux))
  const at = points.findIndex(({ flux }) => flux === brightest)
  const bright = points.filter(({ flux }) => flux > BRIGHT * brightest).length
  if (bright < FEWEST_BRIGHT_POINTS || at === 0 || at === points.length - 1) return null
  const sigma = RELATIVE_SIGMA * brightest
  const problem = {
    points: points.length,
    residual (index: number, parameters: Float64Array, gradient: Float64Array): number {
      const { time, flux } = points[index]!
      const model = bazinFlux(time, parameters as unknown as BazinParameters, gradient)
      for (let k = 0; k < 4; k++) gradient[k]! /= sigma
      return (model - flux) / sigma
    }
  }
  const fits = RISES.flatMap(rise => FALLS.map(fall =>
    levenbergMarquardt(problem, [Math.log(brightest), points[at]!.time, Math.log(rise), Math.log(fall / rise - 1)])))
  const best = fits.reduce((a, b) => b.chiSquare < a.chiSquare ? b : a)
  const residual = RELATIVE_SIGMA * Math.sqrt(best.chiSquare / bright)
  const shape = shapeOf(best.parameters as unknown as BazinParameters)
  const plausible = shape.rise > 0.5 && shape.rise < 60 && shape.fall < 500 && Math.abs(best.parameters[3]!) < 6 &&
    shape.peakTime > points[0]!.time && shape.peakTime < points.at(-1)!.time &&
    Math.abs(Math.log(shape.peakFlux / brightest)) < 0.5
  return residual < LARGEST_RESIDUAL && plausible ? { shape, residual } : null
}

/**
 * Fits every band that is not dark throughout.
 * @returns null where the band r or another that shines has no fit
 */
export function fitLightCurve (curve: NoiseFreeLightCurve): SupernovaShape | null {
  const shapes: SupernovaShape['shapes'] = {}
  for (const band of BANDS) {
    const points = curve.points[band]
    if (!points?.some(({ flux }) => flux > 0)) continue
    const fit = fitBand(points)
    if (fit === null) return null
    shapes[band] = fit.shape
  }
  const reference = shapes.r?.peakTime
  if (reference === undefined) return null
  for (const shape of Object.values(shapes)) shape.peakTime -= reference
  return { redshift: curve.redshift, shapes }
}

export interface FittedSupernova extends SupernovaShape { class: SupernovaClass }

const shiningBands = ({ shapes }: SupernovaShape): string => BANDS.filter(band => shapes[band]).join('')

/**
 * Fits a mixture of Gaussians to each class and set of bands that shine.
 * @param perComponent supernovae for each component of a mixture, at most 16 components
 * @throws CandelaError `too-few-light-curves` where a class has too few for one covariance
 */
export function fitPopulation (supernovae: readonly FittedSupernova[], seed: number, perComponent = 200): PopulationGroup[] {
  const groups: PopulationGroup[] = []
  for (const [number, supernovaClass] of SUPERNOVA_CLASSES.entries()) {
    const members = supernovae.filter(supernova => supernova.class === supernovaClass)
    const bandSets = new Set(members.map(shiningBands))
    const before = groups.length
    for (const set of bandSets) {
      const alike = members.filter(supernova => shiningBands(supernova) === set)
      const bands = [...set] as Band[]
      const values = alike.map(supernova => valuesOf(supernova, bands))
      if (values.length < 3 * values[0]!.length) continue
      const components = Math.min(16, Math.max(1, Math.round(values.length / perComponent)))
      const share = values.length / supernovae.length
      for (const gaussian of fitMixture(values, components, randomFrom(seed, number, bands.length))) {
        groups.push(groupOf({ ...gaussian, weight: gaussian.weight * share }, supernovaClass, bands))
      }
    }
    if (groups.length === before) {
      throw new CandelaError('too-few-light-curves', `class ${supernovaClass}: ${members.length} fitted light curves are too few for a covariance`, {
        value: members.length, action: 'Give more light curves of this class; the whole SPCC set has enough of each.'
      })
    }
  }
  const total = groups.reduce((sum, { weight }) => sum + weight, 0)
  return groups.map(group => ({ ...group, weight: Number((group.weight / total).toPrecision(5)) }))
}
