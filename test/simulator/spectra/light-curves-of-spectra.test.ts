/** Band fluxes of spectra: what must hold of any, without a survey's data. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { distanceModulus } from '../../../src/simulator/cosmology/cosmology.ts'
import { dustTransmission } from '../../../src/simulator/dust/ccm89.ts'
import { Passband } from '../../../src/simulator/passbands/passband.ts'
import { blackBodySeries } from '../../../src/simulator/spectra/black-body.ts'
import { ContinuedCurves, declineOfIa } from '../../../src/simulator/spectra/continued-curves.ts'
import { colourWarp, hostDust } from '../../../src/simulator/spectra/passing.ts'
import { smoothed } from '../../../src/simulator/spectra/smoothing.ts'
import { bandCurves } from '../../../src/simulator/spectra/spectral-series.ts'

const close = (actual: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(actual / expected - 1) < tolerance, `${actual}, ${expected} expected`)

const wavelengths = Float64Array.from({ length: 901 }, (_, k) => 2000 + 10 * k)
/** Of 0 mag AB [erg s⁻¹ cm⁻² Å⁻¹]. */
const flat = wavelengths.map(wavelength => 3.631e-20 * 2.99792458e18 / wavelength ** 2)

test('a spectrum of constant f_ν has its magnitude in every band: dimmed by its distance, brightened by 1 + z', () => {
  const band = new Passband('a', 'g', [4000, 4100, 5400, 5500], [0, 1, 1, 0])
  const series = { phases: Float64Array.of(0, 1), wavelengths, flux: Float64Array.of(...flat, ...flat) }
  for (const redshift of [0.001, 0.1, 0.5]) {
    const { flux } = bandCurves(series, redshift, [band])
    close(flux[0]![1]!, 3.631e12 * (1 + redshift) * 10 ** (-0.4 * distanceModulus(redshift)), 1e-4)
  }
})

test('a leak of a filter weighs what it weighs node by node, for a spectrum with lines', () => {
  const nodes = Array.from({ length: 1500 }, (_, k) => 3000 + 5 * k)
  const band = new Passband('leaky', 'u', nodes, nodes.map(wavelength => wavelength < 4000 ? 1 : 3e-4))
  const flux = flat.map((value, k) => value * (1.5 + Math.sin(k / 9)))
  const { first, weights } = band.weightsOn(wavelengths, 0.2)
  const all = weights.reduce((sum, weight, k) => sum + weight * flux[first + k]!, 0) * 10 ** (-0.4 * distanceModulus(0.2))
  close(bandCurves({ phases: Float64Array.of(0), wavelengths, flux }, 0.2, [band]).flux[0]![0]!, all, 3e-4)
})

const band = new Passband('r', 'r', [5500, 6900], [1, 1])
const curves = (values: readonly number[], rise: number): ContinuedCurves =>
  new ContinuedCurves({ times: Float64Array.of(-2, 0, 1, 4), flux: [Float64Array.from(values)] }, [band], 1, { rise, decline: () => 0.02 })

test('a curve passes through its points, rises with the square of time, and declines by magnitudes a day of its own', () => {
  const curve = curves([4, 9, 8, 2], 5)
  assert.deepEqual([-2, 0, 1, 4].map(time => curve.at(0, time)), [4, 9, 8, 2])
  // five days of its own are ten of ours
  assert.equal(curve.start, -12)
  assert.deepEqual([curve.at(0, -13), curve.at(0, -12), curve.at(0, -7)], [0, 0, 1])
  close(curve.at(0, 104), 2 * 10 ** (-0.4 * 0.01 * 100), 1e-9)
  close(curve.at(0, curve.end(0.01)), 0.01, 1e-9)
  assert.equal(curve.end(3), 4)
})

test('a curve between its points is a straight line where the points are, and never below 0', () => {
  const straight = curves([1, 3, 4, 7], 1)
  for (const time of [-1.3, 0.4, 2.2, 3.9]) close(straight.at(0, time), time + 3, 1e-9)
  const low = curves([9, 0, 0, 5], 1)
  for (let time = -2; time < 4; time += 0.05) assert.ok(low.at(0, time) >= 0)
})

test('the decline of Type Ia is that of the nearest wavelength outside its table', () => {
  assert.deepEqual([3000, 3600, 4950, 9500, 11_000].map(declineOfIa), [0.018, 0.018, (0.0155 + 0.024) / 2, 0.040, 0.040])
})

test('dust by table is dust by formula; a colour warp turns about 6000 Å', () => {
  for (const wavelength of [1250, 2175, 3333, 4404, 6207, 9999]) close(hostDust(0.7, 2.6)(wavelength), dustTransmission(wavelength, 0.7, 2.6), 2e-3)
  assert.equal(hostDust(0, 3.1)(4000), 1)
  const warp = colourWarp(0.5)
  close(warp(6000), 1, 1e-12)
  close(warp(4000), 10 ** 0.2, 1e-12)
  close(warp(9000), 10 ** -0.2, 1e-12)
})

test('a photosphere has the colours of its temperature and the brightness asked for', () => {
  const nodes = Float64Array.from({ length: 106 }, (_, k) => 1150 + 100 * k)
  const { flux } = blackBodySeries({ phases: Float64Array.of(0), temperature: () => 10_000, brightness: () => 7, reference: 6200 }, nodes)
  const at = (wavelength: number): number => flux[nodes.indexOf(wavelength)]!
  // Planck: (6150/4150)^5 (exp(143877.69/6150) …) with h c/k = 1.438777e8 Å K
  const planck = (wavelength: number): number => wavelength ** -5 / (Math.exp(1.438777e8 / wavelength / 10_000) - 1)
  close(at(4150) / at(6150), planck(4150) / planck(6150), 1e-5)
  close(at(6250), 7 * planck(6250) / planck(6200), 1e-5)
})

test('smoothing leaves straight lines, takes most of a zigzag away, and gives nothing below 0', () => {
  const phases = Float64Array.from({ length: 21 }, (_, k) => 2 * k + 0.3 * (k % 3))
  const series = (value: (phase: number, k: number) => number): Float64Array =>
    smoothed({ phases, wavelengths: Float64Array.of(5000), flux: phases.map(value) }).flux
  series(phase => 50 + 3 * phase).forEach((value, k) => close(value, 50 + 3 * phases[k]!, 1e-9))
  const left = series((_, k) => 1 + 0.1 * (-1) ** k).subarray(1, -1).map(value => Math.abs(value - 1))
  assert.ok(Math.max(...left) < 0.04, `${Math.max(...left)}`)
  assert.ok(series((_, k) => k < 10 ? 0 : 9 * (k - 10)).every(value => value >= 0))
  // far from the others, a phase is itself
  assert.deepEqual([...smoothed({ phases: Float64Array.of(0, 40), wavelengths: Float64Array.of(5000), flux: Float64Array.of(3, 5) }).flux], [3, 5])
})
