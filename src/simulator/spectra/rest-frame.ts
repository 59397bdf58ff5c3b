/** Brightness of a series in its own frame, by top-hat bands that belong to no survey. */
import { Passband } from '../passbands/passband.ts'
import type { SpectralSeries } from './spectral-series.ts'

/** Where the peaks of the classes are told: 3950 to 4900 Å, 5520 to 6910 Å. */
export const REST_B = new Passband('rest-B', 'g', [3950, 4900], [1, 1])
export const REST_R = new Passband('rest-r', 'r', [5520, 6910], [1, 1])
/** f_ν of 0 mag AB [nJy]. */
const AB_NJY = 3.631e12

/** At each phase, in units of 0 mag AB at 10 pc. */
export function restCurve ({ phases, wavelengths, flux }: SpectralSeries, passband: Passband): Float64Array {
  const { first, weights } = passband.weightsOn(wavelengths, 0)
  return phases.map((_, p) => {
    const start = p * wavelengths.length + first
    let sum = 0
    for (let k = 0; k < weights.length; k++) sum += weights[k]! * flux[start + k]!
    return sum / AB_NJY
  })
}

/** The largest of many; spreading them as arguments costs more. */
export const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, value), -Infinity)

/** Scaled so that the brightest phase has 0 mag AB at 10 pc. */
export function normalised (series: SpectralSeries, passband: Passband): SpectralSeries {
  const scale = 1 / largest(restCurve(series, passband))
  const flux = Float64Array.from(series.flux)
  for (let k = 0; k < flux.length; k++) flux[k]! *= scale
  return { ...series, flux }
}

/** The phases multiplied, those before 0 by a factor of their own. */
export const stretched = (series: SpectralSeries, after: number, before = after): SpectralSeries =>
  ({ ...series, phases: series.phases.map(phase => phase * (phase < 0 ? before : after)) })
