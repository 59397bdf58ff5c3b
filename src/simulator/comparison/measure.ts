/** One light curve → its numbers, each at most once an object: so that a long light curve weighs no more than a short one. */
import { BANDS, DETECTION_SNR, magnitudeOfNJy, nightOf, type Band, type PhotometricPoint } from '../../alert/alert.ts'
import { medianOf, quantileOf } from './distribution.ts'
import type { Measured } from './quantities.ts'

/** Points of two bands are of one moment within this [d]. */
const TOGETHER = 2
/** Flux is interpolated between points of a band up to this apart [d], where it is above so many σ. */
const BRIDGED = 12
const BRIDGED_SNR = 3
/** [d after the peak] */
const DECLINES = [15, 30] as const
/** Depth is told by points below this S/N. */
const FAINT_SNR = 3
/** Errors are compared this near to a whole magnitude [mag], of points above this S/N. */
const AT_MAGNITUDE = 0.25
const ERROR_SNR = 3

const snrOf = ({ psfFlux, psfFluxErr }: PhotometricPoint): number => psfFlux / psfFluxErr
const brightest = (points: readonly PhotometricPoint[]): PhotometricPoint | undefined =>
  points.reduce<PhotometricPoint | undefined>((best, point) => best === undefined || point.psfFlux > best.psfFlux ? point : best, undefined)

/** In order of time, each time and band once. */
export function inOrder (points: readonly PhotometricPoint[]): PhotometricPoint[] {
  const sorted = [...points].sort((a, b) => a.midpointMjdTai - b.midpointMjdTai || BANDS.indexOf(a.band) - BANDS.indexOf(b.band))
  return sorted.filter(({ midpointMjdTai, band }, k) => midpointMjdTai !== sorted[k - 1]?.midpointMjdTai || band !== sorted[k - 1]?.band)
}

/** Flux at a time, linear between the neighbours [nJy]; null where they are far apart, or it is lost in the noise. */
function interpolated (points: readonly PhotometricPoint[], time: number): number | null {
  const after = points.findIndex(({ midpointMjdTai }) => midpointMjdTai >= time)
  if (after < 1) return null
  const [a, b] = [points[after - 1]!, points[after]!]
  const apart = b.midpointMjdTai - a.midpointMjdTai
  if (apart > BRIDGED) return null
  const part = (time - a.midpointMjdTai) / apart
  const flux = a.psfFlux * (1 - part) + b.psfFlux * part
  return flux > BRIDGED_SNR * (a.psfFluxErr * (1 - part) + b.psfFluxErr * part) ? flux : null
}

/** Numbers of one band; `points` are in order of time. */
function * ofBand (band: Band, points: readonly PhotometricPoint[]): Generator<Measured> {
  const peak = brightest(points.filter(point => snrOf(point) > DETECTION_SNR))
  if (peak !== undefined) {
    yield { quantity: 'peak_magnitude', part: band, value: magnitudeOfNJy(peak.psfFlux) }
    for (const days of DECLINES) {
      const flux = interpolated(points, peak.midpointMjdTai + days)
      if (flux !== null) yield { quantity: `decline_${days}`, part: band, value: magnitudeOfNJy(flux) - magnitudeOfNJy(peak.psfFlux) }
    }
  }
  const deepest = points.reduce((least, point) => snrOf(point) < -DETECTION_SNR ? Math.min(least, point.psfFlux) : least, 0)
  if (deepest < 0) yield { quantity: 'negative_magnitude', part: band, value: magnitudeOfNJy(-deepest) }
  const faint = points.filter(point => Math.abs(snrOf(point)) < FAINT_SNR)
  if (faint.length > 0) yield { quantity: 'depth', part: band, value: magnitudeOfNJy(5 * medianOf(faint.map(({ psfFluxErr }) => psfFluxErr))) }
  const errors = new Map<number, number[]>()
  for (const point of points) {
    if (!(snrOf(point) > ERROR_SNR)) continue
    const magnitude = magnitudeOfNJy(point.psfFlux)
    const whole = Math.round(magnitude)
    if (Math.abs(magnitude - whole) > AT_MAGNITUDE) continue
    const error = 2.5 / Math.LN10 / snrOf(point)
    const others = errors.get(whole)
    if (others === undefined) errors.set(whole, [error])
    else others.push(error)
  }
  for (const [magnitude, values] of errors) yield { quantity: 'error', part: `${band} ${magnitude}`, value: medianOf(values) }
}

/** Of neighbouring bands: the brightest detection of the two, and the nearest one of the other band. */
function * colours (byBand: ReadonlyMap<Band, readonly PhotometricPoint[]>): Generator<Measured> {
  for (const [k, redder] of BANDS.entries()) {
    const bluer = BANDS[k - 1]
    if (bluer === undefined) continue
    const detected = [bluer, redder].flatMap(band => byBand.get(band) ?? []).filter(point => snrOf(point) > DETECTION_SNR)
    const peak = brightest(detected)
    if (peak === undefined) continue
    const away = ({ midpointMjdTai }: PhotometricPoint): number => Math.abs(midpointMjdTai - peak.midpointMjdTai)
    const other = detected.filter(point => point.band !== peak.band && away(point) <= TOGETHER).sort((a, b) => away(a) - away(b))[0]
    if (other === undefined) continue
    const difference = magnitudeOfNJy(peak.psfFlux) - magnitudeOfNJy(other.psfFlux)
    yield { quantity: 'colour', part: `${bluer}−${redder}`, value: peak.band === bluer ? difference : -difference }
  }
}

/**
 * @param points in order of time, at least one
 * @param redshift null where it is not known
 */
export function * measuresOf (points: readonly PhotometricPoint[], redshift: number | null): Generator<Measured> {
  const whole = (quantity: string, value: number): Measured => ({ quantity, part: '', value })
  const inBand = (band: Band): PhotometricPoint[] => points.filter(point => point.band === band)
  const byBand = new Map(BANDS.map(band => [band, inBand(band)]))
  for (const [band, its] of byBand) yield * ofBand(band, its)
  yield * colours(byBand)
  const detections = points.filter(point => Math.abs(snrOf(point)) > DETECTION_SNR)
  const positive = detections.filter(({ psfFlux }) => psfFlux > 0)
  const peak = brightest(positive)
  if (peak !== undefined && positive.length > 1) yield whole('rise', peak.midpointMjdTai - positive[0]!.midpointMjdTai)
  yield whole('points', points.length)
  yield whole('detections', detections.length)
  if (detections.length > 0) yield whole('negative_share', (detections.length - positive.length) / detections.length)
  yield whole('span', points.at(-1)!.midpointMjdTai - points[0]!.midpointMjdTai)
  const nights = [...new Set(points.map(({ midpointMjdTai }) => nightOf(midpointMjdTai)))]
  if (nights.length > 1) {
    const gaps = nights.slice(1).map((night, k) => night - nights[k]!)
    yield whole('gap', medianOf(gaps))
    yield whole('longest_gap', gaps.reduce((a, b) => Math.max(a, b)))
  }
  const ratios = Float64Array.from(points, snrOf).sort()
  for (const [name, share] of [['lower', 0.25], ['median', 0.5], ['upper', 0.75]] as const) yield whole(`snr_${name}`, quantileOf(ratios, share))
  yield whole('snr_largest', ratios.reduce((largest, ratio) => Math.max(largest, Math.abs(ratio)), 0))
  if (redshift !== null) yield whole('redshift', redshift)
}
