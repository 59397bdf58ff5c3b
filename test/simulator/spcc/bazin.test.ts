import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { bazinFlux, parametersOf, shapeOf, type BazinParameters } from '../../../src/simulator/spcc/bazin.ts'

/** A = 100, t0 = 10 d, τrise = 2 d, τfall = 20 d. */
const example: BazinParameters = [Math.log(100), 10, Math.log(2), Math.log(9)]

const close = (actual: number, expected: number, relative = 1e-12): void =>
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual} is not ${expected}`)

test('the form gives the values worked out by hand from Bazin et al. 2009, eq. 1', () => {
  close(bazinFlux(10, example), 50)
  close(bazinFlux(30, example), 36.78627402288737)
  close(bazinFlux(0, example), 1.1034645680493456)
})

test('the peak is where the derivative vanishes', () => {
  const { peakTime, peakFlux, rise, fall } = shapeOf(example)
  close(peakTime, 14.39444915467244)
  close(peakFlux, 72.24674055842075)
  close(rise, 2)
  close(fall, 20)
})

test('the form stays finite far from the peak', () => {
  assert.equal(bazinFlux(-1e5, example), 0)
  assert.ok(bazinFlux(1e5, example) >= 0)
})

const parameters = fc.tuple(
  fc.double({ min: -2, max: 8, noNaN: true }),
  fc.double({ min: -50, max: 50, noNaN: true }),
  fc.double({ min: -0.5, max: 3, noNaN: true }),
  fc.double({ min: -2, max: 4, noNaN: true })
)

test('the gradient equals central differences', () => {
  fc.assert(fc.property(parameters, fc.double({ min: -60, max: 120, noNaN: true }), (p, t) => {
    const gradient = new Float64Array(4)
    const flux = bazinFlux(t, p, gradient)
    const step = 1e-5
    p.forEach((value, k) => {
      const up = bazinFlux(t, p.with(k, value + step) as unknown as BazinParameters)
      const down = bazinFlux(t, p.with(k, value - step) as unknown as BazinParameters)
      const scale = Math.max(flux, Math.exp(p[0]) * 1e-3)
      assert.ok(Math.abs((up - down) / (2 * step) - gradient[k]!) < 1e-4 * scale * (1 + Math.abs(t - p[1])))
    })
  }))
})

test('shape and parameters are inverse to each other, and nothing is brighter than the peak', () => {
  fc.assert(fc.property(parameters, fc.double({ min: -80, max: 200, noNaN: true }), (p, t) => {
    const shape = shapeOf(p)
    parametersOf(shape).forEach((value, k) => assert.ok(Math.abs(value - p[k]!) < 1e-6))
    assert.ok(bazinFlux(t, p) <= shape.peakFlux * (1 + 1e-12))
  }))
})
