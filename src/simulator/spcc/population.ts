/** What the simulator knows of a class of supernovae: a mixture of Gaussians over the parameters of its light curves. */
import type { Band } from '../../alert/alert.ts'
import type { BazinShape } from './bazin.ts'
import type { Gaussian } from './mixture.ts'

/** Ibc joins Ib, Ic and Ibc; II joins II, IIP and IIL. */
export const SUPERNOVA_CLASSES = ['Ia', 'Ibc', 'II', 'IIn'] as const
export type SupernovaClass = typeof SUPERNOVA_CLASSES[number]

/** One group of supernovae of one class, as stored. */
export interface PopulationGroup {
  class: SupernovaClass
  /** Share of all supernovae; the shares of all groups sum to 1. */
  weight: number
  /** The bands that it shines in; 'r' is always one of them. The others stay dark, as g does at high redshift. */
  bands: readonly Band[]
  /** In the order of `parameterNames`. */
  mean: readonly number[]
  /** Rows of the lower triangle of the covariance's Cholesky factor. */
  factor: readonly (readonly number[])[]
}

/** A supernova's redshift and its light curve in each band; peak times are relative to the peak in r [d], fluxes in nJy. */
export interface SupernovaShape {
  redshift: number
  shapes: Partial<Record<Band, BazinShape>>
}

const others = (bands: readonly Band[]): Band[] => bands.filter(band => band !== 'r')

/**
 * The parameters of a group: fluxes as logarithms, colours against r, so that a Gaussian is near the truth and
 * every value stands for a light curve with one peak.
 */
export const parameterNames = (bands: readonly Band[]): string[] => [
  'ln redshift',
  'ln peakFlux r',
  ...others(bands).map(band => `ln peakFlux ${band}/r`),
  ...others(bands).map(band => `peakTime ${band}−r`),
  ...bands.map(band => `ln rise ${band}`),
  ...bands.map(band => `ln(fall/rise−1) ${band}`)
]

/** A supernova as values in the order of `parameterNames`. */
export function valuesOf ({ redshift, shapes }: SupernovaShape, bands: readonly Band[]): Float64Array {
  const shape = (band: Band): BazinShape => {
    const found = shapes[band]
    if (!found) throw new RangeError(`no light curve in band ${band}`)
    return found
  }
  const reference = shape('r')
  return Float64Array.from([
    Math.log(redshift),
    Math.log(reference.peakFlux),
    ...others(bands).map(band => Math.log(shape(band).peakFlux / reference.peakFlux)),
    ...others(bands).map(band => shape(band).peakTime - reference.peakTime),
    ...bands.map(band => Math.log(shape(band).rise)),
    ...bands.map(band => Math.log(shape(band).fall / shape(band).rise - 1))
  ])
}

/** The inverse of `valuesOf`. */
export function supernovaOf (values: Float64Array, bands: readonly Band[]): SupernovaShape {
  const colours = others(bands)
  const shapes: Partial<Record<Band, BazinShape>> = {}
  bands.forEach((band, b) => {
    const c = colours.indexOf(band)
    const rise = Math.exp(values[2 + 2 * colours.length + b]!)
    shapes[band] = {
      peakFlux: Math.exp(values[1]! + (c < 0 ? 0 : values[2 + c]!)),
      peakTime: c < 0 ? 0 : values[2 + colours.length + c]!,
      rise,
      fall: rise * (1 + Math.exp(values[2 + 2 * colours.length + bands.length + b]!))
    }
  })
  return { redshift: Math.exp(values[0]!), shapes }
}

/** A stored group as a Gaussian. */
export function gaussianOf ({ weight, mean, factor }: PopulationGroup): Gaussian {
  const n = mean.length
  const square = new Float64Array(n * n)
  factor.forEach((row, i) => square.set(row, i * n))
  return { weight, mean: Float64Array.from(mean), factor: square }
}

/** A Gaussian as a stored group, to five significant digits. */
export function groupOf (gaussian: Gaussian, supernovaClass: SupernovaClass, bands: readonly Band[]): PopulationGroup {
  const n = gaussian.mean.length
  const short = (value: number): number => Number(value.toPrecision(5))
  return {
    class: supernovaClass,
    weight: short(gaussian.weight),
    bands: [...bands],
    mean: Array.from(gaussian.mean, short),
    factor: Array.from({ length: n }, (_, i) => Array.from(gaussian.factor.subarray(i * n, i * n + i + 1), short))
  }
}
