import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { readPassbands, type SkyName } from '../../../src/simulator/passbands/surveys.ts'
import { randomFrom } from '../../../src/simulator/random.ts'
import { activeNucleusModel, meanFluxes, quasarMagnitude, variability, type NucleusParameters } from '../../../src/simulator/sources/active-nucleus.ts'
import type { SimulatedSource } from '../../../src/simulator/sources/source.ts'
import { needs, sharedData } from '../../parts.ts'
import { assertRepeatable, BOXES, circumstancesAt, mean, PEAK } from './thermal-checks.ts'

const nucleus: NucleusParameters = { magnitude: 20, slope: -0.4, lineStrength: 1, iMagnitude: -23, mass: 9, timeScatter: 0, amplitudeScatter: 0 }
const SPECTRA: Readonly<Record<string, NucleusParameters>> = { blue: nucleus, red: { ...nucleus, slope: -1, lineStrength: 1.5 } }

/** Parameters, redshift, band, its magnitude minus that in r: python test/simulator/second-source/thermal.py SKY */
const SNCOSMO = [
  ['blue', 0.1, 'ztf-g', 0.12162],
  ['blue', 0.1, 'ztf-i', -0.14760],
  ['blue', 0.5, 'lsst-u', 0.17174],
  ['blue', 0.5, 'lsst-y', -0.42946],
  ['blue', 1.0, 'lsst-g', 0.18352],
  ['red', 1.6, 'lsst-u', 0.57243],
  ['red', 1.6, 'lsst-z', -0.39772],
  ['red', 2.4, 'lsst-u', 0.84872],
  ['red', 2.4, 'lsst-i', -0.18166],
  ['red', 0.3, 'des-z', -0.51376]
] as const

test('colours of mean spectra of nuclei are sncosmo\'s within 0.5 %', async t => {
  if (!needs(t, 'shared-data')) return
  for (const [name, redshift, band, expected] of SNCOSMO) {
    const passbands = await readPassbands(join(sharedData, 'sky'), band.split('-')[0] as SkyName)
    const fluxes = meanFluxes(SPECTRA[name]!, redshift, passbands)
    const magnitude = (wanted: string): number => 31.4 - 2.5 * Math.log10(fluxes[passbands.findIndex(passband => passband.name === wanted)]!)
    assert.ok(Math.abs(magnitude(`${band.split('-')[0]}-r`) - 20) < 1e-9)
    assert.ok(Math.abs(magnitude(band) - 20 - expected) < 0.005, `${name} ${band} at z = ${redshift}: ${magnitude(band) - 20}, sncosmo ${expected}`)
  }
})

test('a nucleus is the same whenever asked', async () => {
  const model = await activeNucleusModel('')
  for (let k = 0; k < 20; k++) {
    const draw = (): SimulatedSource => model.draw(randomFrom(7, k), circumstancesAt(0.05 + 0.12 * k))
    assertRepeatable(draw)
    const { persistent, peakMjd, from, until, parameters } = draw()
    assert.deepEqual([persistent, peakMjd, from, until], [true, null, -Infinity, Infinity])
    for (const name of Object.keys(parameters)) assert.match(name, /^\w{1,12}$/)
  }
})

test('variability follows MacLeod et al. 2010: τ = 251 d and SF∞ = 0.31 mag of a quasar of M_i −23 and 10⁹ suns at 4000 Å', () => {
  const { time, structure } = variability(nucleus, 4000)
  assert.ok(Math.abs(time - 251.19) < 0.01 && Math.abs(structure - 0.30903) < 1e-5)
  // nuclei fainter than any that the formulas were fitted to vary as the faintest of those
  assert.deepEqual(variability({ ...nucleus, iMagnitude: -16 }, 4000), variability({ ...nucleus, iMagnitude: -20 }, 4000))
  // log SF∞ falls by 0.479 · log10(2), log τ grows by 0.17 · log10(2)
  const red = variability(nucleus, 8000)
  assert.ok(Math.abs(red.structure / structure - 2 ** -0.479) < 1e-9 && Math.abs(red.time / time - 2 ** 0.17) < 1e-9)
})

test('absolute magnitudes are K-corrected to z = 2 (Richards et al. 2006: M_i(z=0) = M_i(z=2) + 0.596 for α = −0.5)', () => {
  const near = quasarMagnitude(20, -0.5, 0.001)
  const far = quasarMagnitude(20, -0.5, 2)
  // distance moduli of H0 70, Ωm 0.3: 28.160 and 45.957 (astropy)
  const iMagnitude = 20 - 2.5 * 0.5 * Math.log10(7500 / 6200)
  assert.ok(Math.abs(near - (iMagnitude - 28.16 - 0.596)) < 0.003, `${near}`)
  assert.ok(Math.abs(far - (iMagnitude - 45.957)) < 0.003, `${far}`)
})

test('the structure function at 1, 10, 100 and 1000 rest-frame days is SF∞ (1 − exp(−Δt/τ))^½', async () => {
  const model = await activeNucleusModel('')
  const ratios = new Map<string, number[]>()
  for (let k = 0; k < 400; k++) {
    const redshift = 0.1 + k / 200
    const source = model.draw(randomFrom(2, k), circumstancesAt(redshift))
    const { abs_mag_i: iMagnitude, log_mass: mass, tau_4000: tau, sf_4000: structure } = source.parameters as Record<string, number>
    for (const lag of [1, 10, 100, 1000]) {
      for (const band of [1, 4]) {
        const starts = Float64Array.from({ length: 8 }, (_, n) => PEAK - 900.37 + 251.3 * n)
        const fluxes = source.fluxes({ mjd: Float64Array.from([...starts, ...starts.map(time => time + lag * (1 + redshift))]), band: new Uint8Array(16).fill(band), depth: new Float64Array(16) })
        // scatter that was drawn, from what the truth says of 4000 Å
        const fixed = { ...nucleus, iMagnitude: iMagnitude!, mass: mass! }
        const at4000 = variability(fixed, 4000)
        const drawn = { ...fixed, timeScatter: Math.log10(tau! / at4000.time), amplitudeScatter: Math.log10(structure! / at4000.structure) }
        const expected = variability(drawn, BOXES[band]!.effectiveWavelength / (1 + redshift))
        if (expected.structure >= 0.9 || structure! >= 0.9) continue
        const variance = expected.structure ** 2 * -Math.expm1(-lag / expected.time)
        const found = mean(Array.from(starts, (_, n) => (2.5 * Math.log10(fluxes[n + 8]! / fluxes[n]!)) ** 2))
        const key = `${lag} d, band ${band}`
        ratios.set(key, [...ratios.get(key) ?? [], found / variance])
      }
    }
  }
  for (const [key, values] of ratios) {
    assert.ok(values.length > 300)
    // of 3,200 pairs, correlated at long lags: 0.03 to 0.05
    assert.ok(Math.abs(mean(values) - 1) < 0.15, `${key}: ${mean(values)} of the formula`)
  }
})

test('bands of a nucleus vary together, the blue ones more', async () => {
  const model = await activeNucleusModel('')
  const source = model.draw(randomFrom(4, 1), circumstancesAt(0.5))
  const mjd = Float64Array.from({ length: 300 }, (_, k) => PEAK + 10 * k)
  const curve = (band: number): number[] => Array.from(source.fluxes({ mjd, band: new Uint8Array(300).fill(band), depth: mjd }), flux => -2.5 * Math.log10(flux))
  const [blue, red] = [curve(0), curve(4)].map(values => values.map(value => value - mean(values))) as [number[], number[]]
  const product = (a: number[], b: number[]): number => mean(a.map((value, k) => value * b[k]!))
  assert.ok(product(blue, red) / Math.sqrt(product(blue, blue) * product(red, red)) > 0.95)
  assert.ok(product(blue, blue) > product(red, red))
})
