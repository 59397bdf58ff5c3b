/** What a forecast has to beat: the last flux carried forward, and a parametric fit of the points so far. */
import type { Band } from '../../../alert/alert.ts'
import type { FeaturePoint } from '../../../light-curve/features/features.ts'
import { bazin, bazinPeak, bazinShape, fitBazin, type Bazin, type BazinShape, type FluxAt } from './bazin.ts'

/**
 * How the flux of a band was fitted. `own`: five parameters from more than five points of the band. `shared`: t0 and the time
 * scales of the band with the most points that has its own fit, the amplitude from the points of the band. `together`: no
 * band has its own, and one fit of all points has an amplitude for each band. `carried`: too few points for any, or the band was
 * never seen, and the last flux is carried forward.
 */
export const FIT_KINDS = ['own', 'shared', 'together', 'carried'] as const
export type FitKind = typeof FIT_KINDS[number]

export interface BandBaseline {
  /** The last flux of the band, or of any band where it was never seen [nJy]. */
  carried: number
  kind: FitKind
  /** Null where `kind` is `carried`. */
  fit: Bazin | null
}

/** Amplitude of a shape by linear least squares, at least 0. */
function amplitudeOf (points: readonly FluxAt[], shape: BazinShape): number {
  let [above, below] = [0, 0]
  for (const { time, flux, error } of points) {
    const value = bazinShape(time, shape)
    above += value * flux / error ** 2
    below += value ** 2 / error ** 2
  }
  return below > 0 ? Math.max(0, above / below) : 0
}

const fluxAt = ({ midpointMjdTai, psfFlux, psfFluxErr }: FeaturePoint, place: number): FluxAt => ({ time: midpointMjdTai, flux: psfFlux, error: psfFluxErr, place })

/** One fit of all points: [fits by band, in the order of `seen`]. */
function fitTogether (seen: ReadonlyArray<readonly FluxAt[]>): Bazin[] | null {
  const fit = fitBazin(seen.flatMap((points, place) => points.map(point => ({ ...point, place }))), seen.length, false)
  return fit && seen.map((_, place) => ({ ...fit, amplitude: fit.amplitudes[place]! }))
}

/**
 * @param points the points so far, at least one
 * @returns in the order of `bands`
 */
export function baselinesOf (points: readonly FeaturePoint[], bands: readonly Band[]): BandBaseline[] {
  const last = points.at(-1)!.psfFlux
  const byBand = bands.map(band => points.filter(point => point.band === band))
  const given = byBand.map(ofBand => ofBand.map(point => fluxAt(point, 0)))
  const own = given.map((ofBand): Bazin | null => {
    const fit = fitBazin(ofBand, 1, true)
    return fit && { ...fit, amplitude: fit.amplitudes[0]! }
  })
  const [fullest] = given.flatMap((ofBand, k) => own[k] ? [{ points: ofBand.length, fit: own[k] }] : []).sort((a, b) => b.points - a.points)
  const seen = given.filter(ofBand => ofBand.length > 0)
  const together = fullest === undefined ? fitTogether(seen) : null
  return given.map((ofBand, k): BandBaseline => {
    const carried = byBand[k]!.at(-1)?.psfFlux ?? last
    if (own[k]) return { carried, kind: 'own', fit: own[k] }
    if (ofBand.length > 0 && fullest !== undefined) return { carried, kind: 'shared', fit: { ...fullest.fit, amplitude: amplitudeOf(ofBand, fullest.fit), offset: 0 } }
    if (ofBand.length > 0 && together !== null) return { carried, kind: 'together', fit: together[seen.indexOf(ofBand)]! }
    return { carried, kind: 'carried', fit: null }
  })
}

/** Flux that the fit gives at a time [nJy]. */
export const fittedFlux = ({ carried, fit }: BandBaseline, time: number): number => fit === null ? carried : bazin(time, fit)

/** Time and flux of the fit's maximum; null where there is no fit, or it only falls. */
export function fittedPeak ({ fit }: BandBaseline): { time: number, flux: number } | null {
  const time = fit && bazinPeak(fit)
  return fit === null || time === null || !Number.isFinite(time) ? null : { time, flux: bazin(time, fit) }
}
