import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { nJyOfMagnitude } from '../../../src/alert/alert.ts'
import { readLightCurves } from '../../../src/alert/snana/light-curves.ts'
import { randomFrom } from '../../../src/simulator/random.ts'
import { measured } from '../../../src/simulator/survey/noise.ts'
import { PRACTICES } from '../../../src/simulator/survey/practice.ts'
import { createSimulation } from '../../../src/simulator/simulation.ts'
import { gaussianBump } from '../small-models.ts'
import { needs, sharedData } from '../../parts.ts'

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!
const visits = (count: number, depth: number) => ({ mjd: new Float64Array(count), band: new Uint8Array(count), depth: new Float64Array(count).fill(depth) })

test('a source as bright as the 5σ depth has S/N 5, less what the survey loses', () => {
  // 5 over the extra sky of the survey (1.1, 1.075, 1.1), photons and floor of the source; ZTF's errors grow faster
  for (const [sky, depth, low, high] of [['lsst', 24, 4.3, 4.6], ['des', 23.5, 4.4, 4.7], ['generic', 22, 4.2, 4.6], ['ztf', 20.4, 3.3, 3.8]] as const) {
    const ratios: number[] = []
    for (let object = 0; object < 300; object++) {
      const { flux, fluxErr } = measured(randomFrom(object), PRACTICES[sky].noise, visits(20, depth), new Float64Array(20).fill(nJyOfMagnitude(depth)), [0])
      flux.forEach((value, k) => ratios.push(value / fluxErr[k]!))
    }
    const ratio = median(ratios)
    assert.ok(ratio > low && ratio < high, `${sky}: ${ratio}`)
  }
})

test('errors follow the measured flux, so that mean fluxes weighed by them are low', () => {
  const truth = nJyOfMagnitude(22.5)
  const { flux, fluxErr } = measured(randomFrom(1), PRACTICES.lsst.noise, visits(4000, 24), new Float64Array(4000).fill(truth), [0])
  const order = [...flux.keys()].sort((a, b) => flux[a]! - flux[b]!)
  const [low, high] = [median(order.slice(0, 1000).map(k => fluxErr[k]!)), median(order.slice(3000).map(k => fluxErr[k]!))]
  assert.ok(high > low)
  const mean = flux.reduce((a, b) => a + b) / flux.length
  assert.ok(Math.abs(mean / truth - 1) < 0.005)
})

test('light under a source adds noise', () => {
  const errors = [0, nJyOfMagnitude(17)].map(light => median([...measured(randomFrom(1), PRACTICES.lsst.noise, visits(200, 24), new Float64Array(200), [light]).fluxErr]))
  // half a per cent of the star
  assert.ok(Math.abs(errors[1]! / (0.005 * nJyOfMagnitude(17)) - 1) < 0.1)
  assert.ok(errors[0]! < errors[1]! / 10)
})

/** Detections of g and r by half magnitudes from 17 to 20. */
class ByMagnitude {
  readonly #errors = new Map<string, number[]>()

  add (band: string, flux: number, fluxErr: number): void {
    if (!(flux > 5 * fluxErr) || (band !== 'g' && band !== 'r')) return
    const magnitude = 31.4 - 2.5 * Math.log10(flux)
    if (magnitude < 17 || magnitude >= 20.5) return
    const key = `${band} ${Math.floor(2 * magnitude) / 2}`
    this.#errors.set(key, [...this.#errors.get(key) ?? [], fluxErr / flux])
  }

  medians (): Map<string, number> {
    return new Map([...this.#errors].map(([key, errors]) => [key, median(errors)]))
  }
}

test('ZTF: median errors of detections, by band and half magnitude, are those of real alerts within 15 %', async t => {
  if (!needs(t, 'shared-data')) return
  const [real, simulated] = [new ByMagnitude(), new ByMagnitude()]
  for await (const read of readLightCurves([join(sharedData, 'real/ztf-ia.tar.xz')])) {
    if ('curve' in read) for (const { band, psfFlux, psfFluxErr } of read.curve.points) real.add(band, psfFlux, psfFluxErr)
  }
  const { object, survey: { passbands } } = await createSimulation({ sky: 'ztf', folder: join(sharedData, 'sky'), seed: 3, models: { Ia: gaussianBump(-19.3) } })
  for (let index = 0; index < 400; index++) {
    const { flux, fluxErr, band } = object(index).photometry
    flux.forEach((value, k) => simulated.add(passbands[band[k]!]!.band, value, fluxErr[k]!))
  }
  const wanted = real.medians()
  const got = simulated.medians()
  assert.equal(wanted.size, 14)
  for (const [key, error] of wanted) {
    const ratio = got.get(key)! / error
    t.diagnostic(`${key}: real ${error.toFixed(4)}, simulated ${got.get(key)!.toFixed(4)}, ratio ${ratio.toFixed(2)}`)
    assert.ok(Math.abs(ratio - 1) < 0.15, `${key}: ${ratio}`)
  }
})
