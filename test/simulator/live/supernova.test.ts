import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BANDS } from '../../../src/alert/alert.ts'
import { parameterNames } from '../../../src/simulator/spcc/population.ts'
import { randomFrom } from '../../../src/simulator/random.ts'
import { SPCC_POPULATION } from '../../../src/simulator/spcc/spcc-population.ts'
import { fluxCurve, supernovaSource } from '../../../src/simulator/live/supernova.ts'

const random = randomFrom(11)
const drawOne = supernovaSource(SPCC_POPULATION)
const draws = Array.from({ length: 3000 }, () => drawOne(random))

const magnitude = (flux: number): number => 31.4 - 2.5 * Math.log10(flux)
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!

test('every stored group is a whole Gaussian', () => {
  for (const { mean, factor, bands } of SPCC_POPULATION) {
    assert.equal(mean.length, parameterNames(bands).length)
    assert.ok(factor.every((row, i) => row.length === i + 1 && row[i]! > 0))
  }
  assert.ok(Math.abs(SPCC_POPULATION.reduce((sum, { weight }) => sum + weight, 0) - 1) < 1e-3)
})

test('the classes come in the shares of the SPCC set: 24 % Ia, 13 % Ibc, 59 % II, 4 % IIn', () => {
  const share = (name: string): number => draws.filter(supernova => supernova.class === name).length / draws.length
  for (const [name, expected] of [['Ia', 0.24], ['Ibc', 0.13], ['II', 0.59], ['IIn', 0.04]] as const) {
    assert.ok(Math.abs(share(name) - expected) < 0.04, `${name}: ${share(name)}`)
  }
})

test('every draw is finite, positive and rises and falls once in every band', () => {
  for (const supernova of draws.slice(0, 500)) {
    const flux = fluxCurve(supernova)
    for (const band of BANDS.filter(name => supernova.shapes[name])) {
      const curve = Array.from({ length: 400 }, (_, k) => flux(band, k - 100))
      assert.ok(curve.every(value => Number.isFinite(value) && value >= 0))
      const peak = curve.indexOf(Math.max(...curve))
      assert.ok(curve.every((value, k) => k === 0 || (k <= peak ? value >= curve[k - 1]! : value <= curve[k - 1]!)))
    }
  }
})

test('type Ia rise in 15 to 20 days of their own time and look like the SPCC set\'s', () => {
  const typeIa = draws.filter(supernova => supernova.class === 'Ia' && magnitude(supernova.shapes.r!.peakFlux) < 24)
  const rise = typeIa.map(supernova => {
    const flux = fluxCurve(supernova)
    const peak = supernova.shapes.r!.peakFlux
    return Array.from({ length: 160 }, (_, k) => -k / 2).find(time => flux('r', time) < 0.05 * peak)! / -(1 + supernova.redshift)
  })
  assert.ok(median(rise) > 15 && median(rise) < 20, `${median(rise)} d`)
  const redshift = median(typeIa.map(supernova => supernova.redshift))
  assert.ok(redshift > 0.5 && redshift < 0.65, `median redshift ${redshift}`)
})

test('u goes on from g and y from z, dark where they are', () => {
  const withG = draws.find(({ shapes }) => shapes.g)!
  const withoutG = draws.find(({ shapes }) => !shapes.g)!
  assert.equal(withG.shapes.u!.fall, withG.shapes.g!.fall)
  assert.equal(withoutG.shapes.u, undefined)
  assert.equal(fluxCurve(withoutG)('g', 0), 0)
  for (const { shapes } of draws) assert.ok(shapes.y!.peakFlux <= shapes.z!.peakFlux * Math.exp(0.3) * (1 + 1e-12))
})
