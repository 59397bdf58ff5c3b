import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Band } from '../../../src/alert/alert.ts'
import { bazinFlux, parametersOf, type BazinShape } from '../../../src/simulator/spcc/bazin.ts'
import { fitBand, fitLightCurve, fitPopulation, type FittedSupernova } from '../../../src/simulator/spcc/fit.ts'
import { noiseFreeLightCurve } from '../../../src/simulator/spcc/noise-free.ts'
import { parameterNames, supernovaOf, valuesOf } from '../../../src/simulator/spcc/population.ts'
import { normal, randomFrom } from '../../../src/simulator/random.ts'

const truth: BazinShape = { peakFlux: 4000, peakTime: 60, rise: 4, fall: 24 }
const GRIZ: Band[] = ['g', 'r', 'i', 'z']

const sampled = (shape: BazinShape, sigma = 0, seed = 1): Array<{ time: number, flux: number }> => {
  const random = randomFrom(seed)
  return Array.from({ length: 40 }, (_, k) => ({ time: 4 * k, flux: bazinFlux(4 * k, parametersOf(shape)) + sigma * normal(random) }))
}

test('the fit gives back the parameters of a light curve without noise', () => {
  const fit = fitBand(sampled(truth))!
  assert.ok(fit.residual < 1e-6)
  assert.ok(Math.abs(fit.shape.peakFlux / truth.peakFlux - 1) < 1e-5)
  assert.ok(Math.abs(fit.shape.peakTime - truth.peakTime) < 1e-3)
  assert.ok(Math.abs(fit.shape.rise - truth.rise) < 1e-3)
  assert.ok(Math.abs(fit.shape.fall - truth.fall) < 1e-2)
})

test('with noise of 2 % of the peak they come back within a few per cent, without bias', () => {
  const fits = Array.from({ length: 50 }, (_, k) => fitBand(sampled(truth, 80, k))!.shape)
  const mean = (of: (shape: BazinShape) => number): number => fits.reduce((sum, shape) => sum + of(shape), 0) / fits.length
  assert.ok(Math.abs(mean(({ peakFlux }) => peakFlux) / 4000 - 1) < 0.01)
  assert.ok(Math.abs(mean(({ peakTime }) => peakTime) - 60) < 0.3)
  assert.ok(Math.abs(mean(({ fall }) => fall) / 24 - 1) < 0.03)
})

test('a light curve that was not seen around its peak has no fit', () => {
  assert.equal(fitBand(sampled(truth).filter(({ time }) => time > 70)), null)
  assert.equal(fitBand(sampled(truth).slice(0, 12)), null)
  assert.equal(fitBand(sampled(truth).map(({ time }) => ({ time, flux: 0 }))), null)
})

test('bands that stay dark are left out; peak times are relative to r', () => {
  const shifted = { ...truth, peakTime: 63, peakFlux: 2000 }
  const dark = sampled(truth).map(({ time }) => ({ time, flux: 0 }))
  const supernova = fitLightCurve({ class: 'Ibc', redshift: 0.4, points: { g: dark, r: sampled(truth), i: sampled(shifted) } })!
  assert.deepEqual(Object.keys(supernova.shapes), ['r', 'i'])
  assert.equal(supernova.shapes.r!.peakTime, 0)
  assert.ok(Math.abs(supernova.shapes.i!.peakTime - 3) < 1e-2)
})

test('values and supernova are inverse to each other', () => {
  const supernova = {
    redshift: 0.3,
    shapes: {
      g: { peakFlux: 900, peakTime: -2, rise: 3, fall: 14 },
      r: { peakFlux: 1500, peakTime: 0, rise: 4, fall: 20 },
      i: { peakFlux: 1600, peakTime: 1.5, rise: 4.5, fall: 26 },
      z: { peakFlux: 1400, peakTime: 2, rise: 5, fall: 30 }
    }
  }
  const values = valuesOf(supernova, GRIZ)
  assert.equal(values.length, parameterNames(GRIZ).length)
  assert.ok(Math.abs(values[1]! - Math.log(1500)) < 1e-12)
  assert.ok(Math.abs(values[2]! - Math.log(0.6)) < 1e-12)
  const back = supernovaOf(values, GRIZ)
  for (const band of ['g', 'r', 'i', 'z'] as const) {
    for (const key of ['peakFlux', 'peakTime', 'rise', 'fall'] as const) {
      assert.ok(Math.abs(back.shapes[band]![key] - supernova.shapes[band][key]) < 1e-9)
    }
  }
})

function sample (supernovaClass: FittedSupernova['class'], count: number, peakFlux: number): FittedSupernova[] {
  const random = randomFrom(count)
  return Array.from({ length: count }, () => {
    const wobble = (): number => Math.exp(0.1 * normal(random))
    const shape = (time: number): BazinShape => ({ peakFlux: peakFlux * wobble(), peakTime: time, rise: 4 * wobble(), fall: 24 * wobble() })
    const shapes: FittedSupernova['shapes'] = { r: shape(0), i: shape(normal(random)) }
    return { class: supernovaClass, redshift: 0.4 * wobble(), shapes }
  })
}

test('a population keeps the shares, means and spreads of its classes', () => {
  const groups = fitPopulation([...sample('Ia', 200, 3000), ...sample('II', 400, 900), ...sample('Ibc', 100, 1000), ...sample('IIn', 100, 1000)], 1, 1e6)
  const ofClass = (name: string): typeof groups[number] => groups.find(group => group.class === name)!
  assert.ok(Math.abs(groups.reduce((sum, { weight }) => sum + weight, 0) - 1) < 1e-4)
  assert.ok(Math.abs(ofClass('II').weight - 0.5) < 1e-3)
  assert.deepEqual(ofClass('Ia').bands, ['r', 'i'])
  assert.ok(Math.abs(ofClass('Ia').mean[1]! - Math.log(3000)) < 0.03)
  assert.ok(Math.abs(ofClass('Ia').factor[0]![0]! - 0.1) < 0.02)
})

test('a class with too few light curves is named', () => {
  assert.throws(() => fitPopulation(sample('Ia', 200, 3000), 1), { code: 'too-few-light-curves', message: /class Ibc/ })
})

const FILE = `SURVEY: DES
SNID:   7
MWEBV:   0.01
SIM_COMMENT:  SN Type = IIP , MODEL = test
SIM_REDSHIFT:  0.25
VARLIST:  MJD  FLT FIELD   FLUXCAL   FLUXCALERR   SNR    MAG     MAGERR  SIM_MAG
OBS:  56200.5  r NULL   5.0   1.0   5.0   25.75    0.2   27.5
OBS:  56201.5  g NULL   0.1   1.0   0.1   99.000    5.000   98.934
`

test('the noise-free light curve is read from SIM_MAG, in nJy', () => {
  const curve = noiseFreeLightCurve(FILE, 'a.DAT')
  assert.equal(curve.class, 'II')
  assert.equal(curve.redshift, 0.25)
  assert.equal(curve.points.r![0]!.time, 56200.5)
  // 27.5 mag is 36.3078 nJy in AB
  assert.ok(Math.abs(curve.points.r![0]!.flux - 36.3078) < 1e-4)
  assert.deepEqual(curve.points.g, [{ time: 56201.5, flux: 0 }])
})

test('a file that is not a simulation is refused with its name', () => {
  for (const text of [FILE.replace('SIM_MAG', 'OTHER'), FILE.replace('IIP', 'AGN'), FILE.replace('SIM_REDSHIFT:  0.25\n', '')]) {
    assert.throws(() => noiseFreeLightCurve(text, 'b.DAT'), { code: 'not-a-simulation', message: /b\.DAT/ })
  }
})
