/** Supernovae made of spectra: what holds of every object, and of many. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { distanceModulus } from '../../../src/simulator/cosmology/cosmology.ts'
import { readPassbands } from '../../../src/simulator/passbands/surveys.ts'
import type { Passband } from '../../../src/simulator/passbands/passband.ts'
import { randomFrom } from '../../../src/simulator/random.ts'
import { peculiarIaModel } from '../../../src/simulator/sources/peculiar-ia.ts'
import type { Circumstances, SimulatedSource, SourceModel } from '../../../src/simulator/sources/source.ts'
import { strippedEnvelopeModel } from '../../../src/simulator/sources/stripped-envelope.ts'
import { typeIaModel } from '../../../src/simulator/sources/type-ia.ts'
import { typeIIModel } from '../../../src/simulator/sources/type-ii.ts'
import { REST_B, REST_R } from '../../../src/simulator/spectra/rest-frame.ts'
import type { Visits } from '../../../src/simulator/survey/visits.ts'
import { needs, sharedData } from '../../parts.ts'

const folder = join(sharedData, 'sky')
const PEAK = 60_000
const DRAWS = 500
const MAKERS = { Ia: typeIaModel, 'Ia-peculiar': peculiarIaModel, Ibc: strippedEnvelopeModel, II: typeIIModel }
const models = new Map<string, SourceModel>()
let lsst: Passband[]

const modelOf = async (t: TestContext, name: keyof typeof MAKERS): Promise<SourceModel | undefined> => {
  if (!needs(t, 'shared-data')) return undefined
  lsst ??= await readPassbands(folder, 'lsst')
  if (!models.has(name)) models.set(name, await MAKERS[name](folder))
  return models.get(name)!
}

const visitsOf = (times: readonly number[], bands: readonly number[]): Visits =>
  ({ mjd: Float64Array.from(times), band: Uint8Array.from(bands), depth: new Float64Array(times.length).fill(24) })
/** Every band every other day, long before and after the peak. */
const visits = visitsOf(Array.from({ length: 300 * 6 }, (_, k) => PEAK - 200 + 2 * Math.floor(k / 6)), Array.from({ length: 300 * 6 }, (_, k) => k % 6))
const circumstances = (redshift: number, passbands: readonly Passband[] = lsst): Circumstances =>
  ({ passbands, depth: passbands.map(() => 24), redshift, peakMjd: PEAK, visits })

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const deviation = (values: number[]): number => Math.sqrt(mean(values.map(value => (value - mean(values)) ** 2)))
const near = (values: number[], [middle, sigma]: readonly [number, number], what: string): void => {
  const error = sigma / Math.sqrt(values.length)
  assert.ok(Math.abs(mean(values) - middle) < 4 * error, `${what}: mean ${mean(values).toFixed(3)}, ${middle} expected, of ${values.length}`)
  assert.ok(Math.abs(deviation(values) - sigma) < 4 * error + 0.03, `${what}: scatter ${deviation(values).toFixed(3)}, ${sigma} expected`)
}

for (const name of Object.keys(MAKERS) as Array<keyof typeof MAKERS>) {
  test(`${name}: fluxes are finite and at least 0, 0 before the first light, and those of the same draw are the same`, async t => {
    const model = await modelOf(t, name)
    if (!model) return
    for (let k = 0; k < 25; k++) {
      const place = circumstances(0.005 * 1.25 ** k)
      const source: SimulatedSource = model.draw(randomFrom(1, k), place)
      const fluxes: Float64Array = source.fluxes(visits)
      assert.deepEqual(model.draw(randomFrom(1, k), place).fluxes(visits), fluxes)
      assert.ok(fluxes.every(flux => Number.isFinite(flux) && flux >= 0), `draw ${k}`)
      assert.ok(fluxes.every((flux, at) => flux === 0 || (visits.mjd[at]! >= source.from && visits.mjd[at]! <= source.until)), `draw ${k} shines outside ${source.from} to ${source.until}`)
      assert.ok(source.from < PEAK && PEAK < source.until && source.from > PEAK - 400)
      assert.equal(source.persistent, false)
      assert.ok(Object.entries(source.parameters).every(([key, value]) => /^\w{1,12}$/.test(key) && Number.isFinite(value)))
    }
  })

  test(`${name}: fluxes depend neither on the order of the visits nor on which others there are`, async t => {
    const model = await modelOf(t, name)
    if (!model) return
    const source = model.draw(randomFrom(2), circumstances(0.05))
    const all = source.fluxes(visits)
    const order = Array.from(visits.mjd.keys()).reverse().filter(k => k % 7 === 0)
    const some = source.fluxes(visitsOf(order.map(k => visits.mjd[k]!), order.map(k => visits.band[k]!)))
    assert.deepEqual([...some], order.map(k => all[k]!))
  })

  test(`${name}: at their peak the bands together are about as bright as ever`, async t => {
    const model = await modelOf(t, name)
    if (!model) return
    for (let k = 0; k < 50; k++) {
      const fluxes = model.draw(randomFrom(3, k), circumstances(0.03)).fluxes(visits)
      const nightly = Array.from({ length: 300 }, (_, day) => fluxes.subarray(6 * day, 6 * day + 6).reduce((sum, flux) => sum + flux, 0))
      // the scatter in time moves the maximum; that of SALT is that of B
      const share = nightly[100]! / Math.max(...nightly)
      assert.ok(share > 0.9, `draw ${k}: ${share} of the brightest`)
    }
  })
}

/** Peak absolute magnitudes in a rest-frame band, from fluxes: distance, and the dust of the host where it is known, taken off. */
function peaks (model: SourceModel, passband: Passband, withoutDust: boolean): Array<{ source: SimulatedSource, magnitude: number }> {
  const redshift = 0.001
  const visits = visitsOf(Array.from({ length: 400 }, (_, k) => PEAK - 100 + k / 2), new Array<number>(400).fill(0))
  return Array.from({ length: DRAWS }, (_, k) => {
    const source = model.draw(randomFrom(4, k), circumstances(redshift, [passband]))
    const magnitude = 31.4 - 2.5 * Math.log10(Math.max(...source.fluxes(visits))) - distanceModulus(redshift)
    // A(r)/E(B−V): A(V) and what of it is left at 6200 Å, both of R_V
    const rv = source.parameters['host_rv'] ?? 3.1
    return { source, magnitude: withoutDust ? magnitude - source.hostEbv * (0.91 * rv - 0.24) : magnitude }
  })
}

test('normal Ia peak at −19.36 mag in B when stretch and colour are taken off, with 0.1 mag of scatter; those of SN 1991T are brighter', async t => {
  const model = await modelOf(t, 'Ia')
  if (!model) return
  const drawn = peaks(model, REST_B, false).map(({ source, magnitude }) => {
    const [x1, c] = [source.parameters['salt_x1']!, source.parameters['salt_c']!]
    return { source, x1, c, standard: magnitude + 0.148 * x1 - 3.1 * c, standardWithoutStretch: magnitude - 3.1 * c }
  })
  const normal = drawn.filter(({ source }) => source.subtype === 'Ia-normal')
  assert.ok(normal.length > 440 && normal.length < 485, `${normal.length} of ${DRAWS} are normal`)
  // 0.1 mag of its own, 0.03 mag by band, and what x1 does to the peak of B
  near(normal.map(({ standard }) => standard), [-19.36, 0.11], 'normal')
  near(normal.map(({ x1 }) => x1), [-0.084, 1.15], 'x1')
  near(normal.map(({ c }) => c), [0.056, 0.165], 'c')
  near(drawn.filter(({ source }) => source.subtype === 'Ia-91T').map(({ standardWithoutStretch }) => standardWithoutStretch), [-19.61, 0.14], '91T')
})

for (const [name, expected] of Object.entries({
  'Ia-peculiar': { 'Ia-91bg': [-18.1, 0.45], Iax: [-17.3, 1] },
  Ibc: { IIb: [-17.5, 0.9], Ib: [-17.5, 0.9], Ic: [-17.5, 0.9], 'Ic-BL': [-18.4, 0.6] },
  // IIL and IIn as observed and parametric ones together
  II: { IIP: [-16.93, 0.87], IIL: [-17.4, 0.88], IIn: [-18.55, 1.1] }
} as const)) {
  test(`${name}: peak magnitudes in r before dust have the mean and scatter of each subtype`, async t => {
    const model = await modelOf(t, name as keyof typeof MAKERS)
    if (!model) return
    const drawn = peaks(model, REST_R, true)
    for (const [subtype, figures] of Object.entries(expected)) {
      near(drawn.filter(({ source }) => source.subtype === subtype).map(({ magnitude }) => magnitude), figures, subtype)
    }
  })
}
