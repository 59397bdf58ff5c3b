/** A survey in small, without files: top hats for passbands, visits through ten years. */
import assert from 'node:assert/strict'
import { BANDS, type Band } from '../../../src/alert/alert.ts'
import { Passband } from '../../../src/simulator/passbands/passband.ts'
import { randomFrom } from '../../../src/simulator/random.ts'
import type { Circumstances, SimulatedSource } from '../../../src/simulator/sources/source.ts'
import type { Visits } from '../../../src/simulator/survey/visits.ts'

/** Middles of LSST's bands [Å] and 5σ depth of a visit [mag]. */
const MIDDLES: Readonly<Record<Band, number>> = { u: 3680, g: 4780, r: 6200, i: 7530, z: 8690, y: 9700 }
const DEPTHS: Readonly<Record<Band, number>> = { u: 23.6, g: 24.3, r: 23.9, i: 23.4, z: 22.8, y: 22.0 }
export const PEAK = 61_800

const topHat = (band: Band): Passband =>
  new Passband(`lsst-${band}`, band, [-500, -499, 499, 500].map(offset => MIDDLES[band] + offset), [0, 1, 1, 0])

/** Visits at times [d, MJD], in one band or in turn. */
export function visitsAt (times: Iterable<number>, bands: readonly Band[] = BANDS, band?: Band): Visits {
  const mjd = Float64Array.from(times)
  const inBand = Uint8Array.from(mjd, (_, k) => band ? bands.indexOf(band) : k % bands.length)
  return { mjd, band: inBand, depth: Float64Array.from(inBand, b => DEPTHS[bands[b]!]) }
}

const random = randomFrom(22)
const TEN_YEARS = Float64Array.from({ length: 300 }, () => 60_000 + 3600 * random()).sort()

export const circumstances = (bands: readonly Band[] = BANDS, visits = visitsAt(TEN_YEARS, bands)): Circumstances => ({
  passbands: bands.map(topHat),
  depth: bands.map(band => DEPTHS[band]),
  redshift: null,
  peakMjd: PEAK,
  visits
})

/** AB magnitudes of a source in one of the bands. */
export const magnitudes = (source: SimulatedSource, times: Iterable<number>, band: Band, bands: readonly Band[] = BANDS): number[] =>
  Array.from(source.fluxes(visitsAt(times, bands, band)), flux => 31.4 - 2.5 * Math.log10(flux))

/** Equal steps. */
export const steps = (from: number, until: number, count: number): number[] =>
  Array.from({ length: count }, (_, k) => from + (until - from) * k / (count - 1))

export const rangeOf = (values: readonly number[]): number => Math.max(...values) - Math.min(...values)

/** With a message of its own: without one, assert reads the test's source to make one, and that takes minutes where it is one long line. */
export const holds = (condition: boolean, what = 'what this line says does not hold'): void => assert.ok(condition, what)
