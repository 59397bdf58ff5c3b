/** Errors of forecasts and how often their intervals hold, by group, phase and horizon. */
import { BANDS } from '../../../alert/alert.ts'
import { HORIZONS, METHODS, type Comparison, type Method, type PeakComparison } from './comparisons.ts'
import { GROUPS, type Group } from './groups.ts'
import { PHASES } from './steps.ts'

/** What a flux is compared with: the noise-free one of a simulation, or a measured one. */
export const TRUTHS = ['noise-free', 'measured'] as const
export type Truth = typeof TRUTHS[number]

/** Sizes of the errors of one method; null where nothing was compared, Infinity where most fluxes are not positive. */
export interface Errors {
  /** Median size in photometric errors of the later point. */
  sigma: number | null
  /** Median size [mag]. */
  magnitudes: number | null
  /** Mean size in asinh(flux/10 FLUXCAL), so that what is far off counts. */
  asinh: number | null
}

/** Share of the truths within the interval of 68.3 % (±1 σ), and of 95 %. */
export interface Coverage {
  within68: number | null
  within95: number | null
}

interface Of {
  truth: Truth
  group: Group
  /** Days from the peak; `all` together; null of what has no peak. */
  from: number | 'all' | null
  objects: number
}

export interface ForecastLine extends Of, Coverage {
  /** Days ahead. */
  horizon: number
  /** Points that were compared. */
  points: number
  errors: Record<Method, Errors>
}

export interface PeakLine extends Of, Coverage {
  /** `phase`: the peak of the object. `bands`: the maxima of all bands together. */
  of: PeakComparison['of'] | 'bands'
  peaks: number
  /** Median of said less true [d]. */
  bias: number | null
  /** Size that 68 % of the errors stay below [d]. */
  days68: number | null
  /** Share of the errors within ±2 d. */
  within2Days: number | null
  /** Of the fit, where it has a maximum: how many, and as above. */
  bazin: { peaks: number, days68: number | null, within2Days: number | null, magnitudes: number | null }
  /** Of bands: median size of the error of the maximum [mag], and coverage of its interval in asinh flux. */
  magnitudes: number | null
  flux: Coverage
}

export const Z95 = 1.959964
const CLOSE_DAYS = 2
/** Share of a Gaussian within ±1 σ. */
export const ONE_SIGMA = 0.6827

/** Of the sizes; between two where the part falls between them. */
export function quantile (values: readonly number[], part: number): number | null {
  if (values.length === 0) return null
  const sorted = Float64Array.from(values).sort()
  const at = part * (sorted.length - 1)
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!]
  return low === high ? low : low + (at - Math.floor(at)) * (high - low)
}

const sizes = (values: ReadonlyArray<number | null>): number[] => values.flatMap(value => value === null ? [] : [Math.abs(value)])
const median = (values: readonly number[]): number | null => quantile(values, 0.5)
const mean = (values: readonly number[]): number | null => values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length
const share = (values: readonly number[], limit: number): number | null => values.length === 0 ? null : values.filter(value => value <= limit).length / values.length

export const coverageOf = (pulls: ReadonlyArray<number | null>): Coverage => ({ within68: share(sizes(pulls), 1), within95: share(sizes(pulls), Z95) })

export const truthOf = ({ forecast: { object: { object } } }: Pick<Comparison, 'forecast'>): Truth => object.noiseFree ? 'noise-free' : 'measured'
const countedObjects = (comparisons: ReadonlyArray<Pick<Comparison, 'forecast'>>): number => new Set(comparisons.map(({ forecast }) => forecast.object)).size

function errorsOf (comparisons: readonly Comparison[], method: Method): Errors {
  const errors = comparisons.map(one => one.errors[method])
  return {
    sigma: median(sizes(errors.map(({ sigma }) => sigma))),
    magnitudes: median(sizes(errors.map(({ magnitudes }) => magnitudes))),
    asinh: mean(sizes(errors.map(({ asinh }) => asinh)))
  }
}

/** Comparisons by truth, group and phase, in that order; where there is a peak, all phases together come last. */
function divided<C extends Pick<Comparison, 'forecast'>> (comparisons: readonly C[]): Array<{ of: Of, own: C[] }> {
  return TRUTHS.flatMap(truth => GROUPS.flatMap(group => {
    const ofGroup = comparisons.filter(one => truthOf(one) === truth && one.forecast.object.group === group)
    const phases = group === 'varies' ? [null] : [...PHASES, 'all' as const]
    return phases.flatMap(from => {
      const own = from === 'all' ? ofGroup : ofGroup.filter(({ forecast }) => forecast.from === from)
      return own.length === 0 ? [] : [{ of: { truth, group, from, objects: countedObjects(own) }, own }]
    })
  }))
}

export const forecastLines = (comparisons: readonly Comparison[]): ForecastLine[] => divided(comparisons).flatMap(({ of, own }) =>
  HORIZONS.flatMap(({ days }): ForecastLine[] => {
    const ahead = own.filter(({ horizon }) => horizon === days)
    if (ahead.length === 0) return []
    return [{
      ...of,
      objects: countedObjects(ahead),
      horizon: days,
      points: ahead.length,
      errors: Object.fromEntries(METHODS.map(method => [method, errorsOf(ahead, method)])) as Record<Method, Errors>,
      ...coverageOf(ahead.map(({ pull }) => pull))
    }]
  }))

function peakLine (of: Of, name: PeakLine['of'], peaks: readonly PeakComparison[]): PeakLine[] {
  if (peaks.length === 0) return []
  const days = peaks.map(one => one.days)
  const bazin = sizes(peaks.map(({ bazinDays }) => bazinDays))
  return [{
    ...of,
    objects: countedObjects(peaks),
    of: name,
    peaks: peaks.length,
    bias: median(days),
    days68: quantile(sizes(days), ONE_SIGMA),
    within2Days: share(sizes(days), CLOSE_DAYS),
    bazin: { peaks: bazin.length, days68: quantile(bazin, ONE_SIGMA), within2Days: share(bazin, CLOSE_DAYS), magnitudes: median(sizes(peaks.map(({ bazinMagnitudes }) => bazinMagnitudes))) },
    magnitudes: median(sizes(peaks.map(({ magnitudes }) => magnitudes))),
    ...coverageOf(peaks.map(({ pull }) => pull)),
    flux: coverageOf(peaks.map(({ fluxPull }) => fluxPull))
  }]
}

export const peakLines = (peaks: readonly PeakComparison[]): PeakLine[] => divided(peaks).flatMap(({ of, own }) => [
  ...peakLine(of, 'phase', own.filter(one => one.of === 'phase')),
  ...peakLine(of, 'bands', own.filter(one => one.of !== 'phase')),
  ...BANDS.flatMap(band => peakLine(of, band, own.filter(one => one.of === band)))
])
