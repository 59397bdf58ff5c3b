/** Supernovae drawn from observed ones: two of a subtype mixed, stretched, warped in colour, behind dust. */
import { chance, exponential, gaussian, uniform } from '../../distributions.ts'
import type { Random } from '../../random.ts'
import { ContinuedCurves, type Ends } from '../../spectra/continued-curves.ts'
import { allOf, colourWarp, hostDust, type Passing } from '../../spectra/passing.ts'
import { largest, normalised, REST_R, restCurve, stretched } from '../../spectra/rest-frame.ts'
import { fluxAt, type SpectralSeries } from '../../spectra/spectral-series.ts'
import { smoothed } from '../../spectra/smoothing.ts'
import { readSupernova } from '../../spectra/templates.ts'
import type { Circumstances } from '../source.ts'
import { redshiftOf, type Blend } from './spectral-source.ts'

export interface Template {
  /** Brightest phase 0 mag AB at 10 pc in `REST_R`. */
  series: SpectralSeries
  /** Of the series, in units of that. */
  reference: Float64Array
  ends: Ends
}

/** @param rise from the explosion to the first phase [d]; guessed from how bright the series begins where not given, up to `longestRise` */
export function templateOf (series: SpectralSeries, decline: Ends['decline'], { rise, longestRise = 10 }: { rise?: number, longestRise?: number } = {}): Template {
  const scaled = normalised(series, REST_R)
  const reference = restCurve(scaled, REST_R)
  // flux ∝ (time from the explosion)², from the first phase to the peak
  const root = Math.sqrt(Math.max(0, reference[0]!))
  const guess = (scaled.phases[reference.indexOf(largest(reference))]! - scaled.phases[0]!) * root / Math.max(1e-3, 1 - root)
  return { series: scaled, reference, ends: { rise: rise ?? Math.min(longestRise, guess), decline } }
}

export const readTemplates = async (folder: string, supernovae: readonly string[], decline: Ends['decline'], longestRise: number): Promise<Template[]> =>
  await Promise.all(supernovae.map(async supernova => templateOf(smoothed(await readSupernova(folder, supernova)), decline, { longestRise })))

export interface Look {
  /** Factors of the times after and before phase 0. */
  stretch: number
  stretchBefore: number
  /** Peak in `REST_R` before dust [mag, AB]. */
  magnitude: number
  /** As `colourWarp` has it [mag]. */
  warp: number
  hostEbv: number
  hostRv: number
  /** Beside warp and dust. */
  passing?: Passing
}

/** One template, or two mixed by their shares; the peak of what comes out has the magnitude asked for. */
export function blendOf (parts: ReadonlyArray<{ template: Template, share: number }>, circumstances: Circumstances, look: Look): Blend {
  const redshift = redshiftOf(circumstances)
  const { passbands } = circumstances
  const { phases } = parts[0]!.template.series
  const peak = largest(phases.map(phase => parts.reduce((sum, { template: { series, reference }, share }) => sum + share * fluxAt(series.phases, reference, phase), 0)))
  const weight = 10 ** (-0.4 * look.magnitude) / peak
  const passing = allOf(colourWarp(look.warp), hostDust(look.hostEbv, look.hostRv), ...(look.passing ? [look.passing] : []))
  return parts.map(({ template: { series, ends }, share }) => ({
    weight: weight * share,
    curves: ContinuedCurves.of(stretched(series, look.stretch, look.stretchBefore), redshift, passbands, { ...ends, rise: ends.rise * look.stretchBefore }, passing)
  }))
}

/** A template of a pool, in a share of the draws mixed with another one of it. */
export function drawParts (random: Random, pool: readonly Template[], mixed = 0.5): Array<{ template: Template, share: number }> {
  const first = Math.floor(random() * pool.length)
  if (pool.length < 2 || !chance(random, mixed)) return [{ template: pool[first]!, share: 1 }]
  const second = (first + 1 + Math.floor(random() * (pool.length - 1))) % pool.length
  const share = uniform(random, 0.4, 1)
  return [{ template: pool[first]!, share }, { template: pool[second]!, share: 1 - share }]
}

export interface Dust { share: number, mean: number, redShare: number, redMean: number, rv: readonly [number, number] }

/** E(B−V) is exponential, with a red tail: a share of the dusty hosts has another mean; never above 2 mag. */
export function drawDust (random: Random, { share, mean, redShare, redMean, rv }: Dust): { hostEbv: number, hostRv: number } {
  const hostRv = uniform(random, rv[0], rv[1])
  if (!chance(random, share)) return { hostEbv: 0, hostRv }
  return { hostEbv: Math.min(2, exponential(random, chance(random, redShare) ? redMean : mean)), hostRv }
}

/** A stretch after the peak, and one before it that departs from it by some per cent. */
export function drawStretch (random: Random, low: number, high: number): { stretch: number, stretchBefore: number } {
  const stretch = uniform(random, low, high)
  return { stretch, stretchBefore: stretch * Math.exp(gaussian(random, 0, 0.1)) }
}

/** What the truth tells of a look. */
export const lookParameters = ({ stretch, magnitude, warp, hostRv }: Look): Record<string, number> =>
  ({ abs_mag: magnitude, stretch, warp, host_rv: hostRv })
