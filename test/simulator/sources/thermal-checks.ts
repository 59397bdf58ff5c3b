/** What tests of outbursts share: sncosmo's photometry, and what holds of every draw. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { distanceModulus } from '../../../src/simulator/cosmology/cosmology.ts'
import { dustTransmission } from '../../../src/simulator/dust/ccm89.ts'
import { Passband } from '../../../src/simulator/passbands/passband.ts'
import { readPassbands, type SkyName } from '../../../src/simulator/passbands/surveys.ts'
import { randomFrom } from '../../../src/simulator/random.ts'
import type { Circumstances, SimulatedSource, SourceModelMaker } from '../../../src/simulator/sources/source.ts'
import { nodesFor, thermalSeries, type ThermalLight } from '../../../src/simulator/spectra/black-body.ts'
import { bandCurves, fluxAt } from '../../../src/simulator/spectra/spectral-series.ts'
import type { Visits } from '../../../src/simulator/survey/visits.ts'
import { sharedData } from '../../parts.ts'

/** Light, E(B−V) of the host, redshift, 'survey-band', rest-frame phase [d], sncosmo's flux [nJy]. */
export type PhotometryRow = readonly [ThermalLight, number, number, string, number, number]

/** Synthetic photometry within 0.5 % of sncosmo's. */
export async function assertPhotometry (rows: readonly PhotometryRow[]): Promise<void> {
  for (const [light, dust, redshift, name, phase, expected] of rows) {
    const passbands = await readPassbands(join(sharedData, 'sky'), name.split('-')[0] as SkyName)
    const { times, flux } = bandCurves(thermalSeries(light, nodesFor(passbands, redshift)), redshift, passbands, wavelength => dustTransmission(wavelength, dust))
    const found = fluxAt(times, flux[passbands.findIndex(passband => passband.name === name)]!, phase * (1 + redshift))
    assert.ok(Math.abs(found / expected - 1) < 0.005, `${name} at z = ${redshift}, ${phase} d: ${found} nJy, sncosmo ${expected}`)
  }
}

/** A filter that passes all photons between two wavelengths [Å]. */
export const box = (low: number, high: number): Passband => new Passband(`${low}`, 'r', [low, high], [1, 1])

export const BOXES = [box(3300, 4000), box(4000, 5500), box(5500, 7000), box(7000, 8200), box(8200, 9200), box(9200, 10_200)]
export const PEAK = 60_000

/** Visits from one time to another in all six bands in turn [d]. */
export function visitsBetween (from: number, to: number, step: number): Visits {
  const mjd = Float64Array.from({ length: Math.floor((to - from) / step) }, (_, k) => from + k * step)
  return { mjd, band: Uint8Array.from(mjd, (_, k) => k % BOXES.length), depth: mjd.map(() => 24) }
}

export const circumstancesAt = (redshift: number, passbands: readonly Passband[] = BOXES): Circumstances =>
  ({ passbands, depth: passbands.map(() => 24), redshift, peakMjd: PEAK, visits: visitsBetween(PEAK - 100, PEAK + 100, 1) })

const reversed = ({ mjd, band, depth }: Visits): Visits => ({ mjd: mjd.slice().reverse(), band: band.slice().reverse(), depth: depth.slice().reverse() })

/** The same fluxes from the same stream, in whatever order and part they are asked for; finite, none below 0. */
export function assertRepeatable (draw: () => SimulatedSource): void {
  const visits = visitsBetween(PEAK - 400, PEAK + 1500, 3.7)
  const fluxes = draw().fluxes(visits)
  assert.ok(fluxes.every(flux => Number.isFinite(flux) && flux >= 0))
  const other = draw()
  const late = visits.mjd.length - 20
  const lateVisits: Visits = { mjd: visits.mjd.slice(late), band: visits.band.slice(late), depth: visits.depth.slice(late) }
  assert.deepEqual(other.fluxes(lateVisits), fluxes.slice(late))
  assert.deepEqual(other.fluxes(reversed(visits)), fluxes.slice().reverse())
  assert.deepEqual(other.fluxes(visits), fluxes)
}

/** What holds of every outburst. */
export async function assertOutbursts (make: SourceModelMaker): Promise<void> {
  const model = await make('')
  for (let k = 0; k < 40; k++) {
    const draw = (): SimulatedSource => model.draw(randomFrom(7, k), circumstancesAt(0.02 + 0.03 * k))
    assertRepeatable(draw)
    const source = draw()
    assert.ok(source.from < PEAK && source.until > PEAK && source.peakMjd === PEAK && !source.persistent)
    assert.ok(source.fluxes(visitsBetween(source.from - 50, source.from - 0.001, 5)).every(flux => flux === 0))
    assert.ok(source.fluxes(visitsBetween(source.until + 0.001, source.until + 100, 5)).every(flux => flux === 0))
    assert.ok(source.fluxes(visitsBetween(PEAK - 0.01, PEAK + 0.01, 0.001)).every(flux => flux > 0))
    for (const name of Object.keys(source.parameters)) assert.match(name, /^\w{1,12}$/)
  }
}

/** Absolute magnitudes of draws at their brightest in a narrow band, without the host's dust [mag, AB]. */
export async function peakMagnitudes (make: SourceModelMaker, reference: number, draws: number): Promise<{ source: SimulatedSource, magnitude: number }[]> {
  const model = await make('')
  const redshift = 0.1
  const narrow = box((reference - 10) * (1 + redshift), (reference + 10) * (1 + redshift))
  return Array.from({ length: draws }, (_, k) => {
    const source = model.draw(randomFrom(11, k), circumstancesAt(redshift, [narrow]))
    const mjd = Float64Array.from({ length: 400 }, (_, k) => PEAK - 100 + k * 0.5)
    const flux = Math.max(...source.fluxes({ mjd, band: new Uint8Array(400), depth: mjd }))
    const intrinsic = flux / dustTransmission(reference, source.hostEbv)
    return { source, magnitude: 31.4 - 2.5 * Math.log10(intrinsic) - distanceModulus(redshift) + 2.5 * Math.log10(1 + redshift) }
  })
}

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
export const scatter = (values: readonly number[]): number => Math.sqrt(mean(values.map(value => value ** 2)) - mean(values) ** 2)
