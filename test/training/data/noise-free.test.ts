import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { NJY_PER_FLUXCAL } from '../../../src/alert/alert.ts'
import { readLabelledObjects } from '../../../src/training/data/labelled-object.ts'
import { noiseFreeFlux, noiseFreeLightCurve } from '../../../src/training/data/noise-free.ts'
import { needs, sharedData } from '../../parts.ts'

const near = (actual: number | null, expected: number, tolerance: number): void =>
  assert.ok(actual !== null && Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`)

test('at its own times a noise-free light curve is itself; before its dark start it is dark; beyond its end it is not known', () => {
  const band = { times: [0, 5, 9, 14], fluxes: [0, 1000, 3000, 2000] }
  band.times.forEach((time, k) => near(noiseFreeFlux(band, time), band.fluxes[k]!, 1e-9))
  assert.equal(noiseFreeFlux(band, -100), 0)
  assert.equal(noiseFreeFlux(band, 14.1), null)
  assert.equal(noiseFreeFlux({ times: [0, 5], fluxes: [500, 900] }, -1), null)
  assert.equal(noiseFreeFlux({ times: [0, 30], fluxes: [500, 900] }, 10), null, 'a gap of 30 days')
  assert.equal(noiseFreeFlux({ times: [0], fluxes: [500] }, 0), null)
})

test('between its times it is the monotone cubic of Fritsch and Butland and never overshoots', () => {
  // By hand: asinh of the fluxes over 2 FLUXCAL, tangents at 5 and 9
  // by their eq. 5, Hermite polynomial at s = 0.5.
  const band = { times: [0, 5, 9, 14], fluxes: [100, 1000, 3000, 2000] }
  const scale = 2 * NJY_PER_FLUXCAL
  const y = band.fluxes.map(flux => Math.asinh(flux / scale))
  const [before, after] = [(y[1]! - y[0]!) / 5, (y[2]! - y[1]!) / 4]
  const weight = (5 + 2 * 4) / (3 * 9)
  const tangent = before * after / (weight * after + (1 - weight) * before)
  near(noiseFreeFlux(band, 7), scale * Math.sinh((y[1]! + y[2]!) / 2 + 4 / 8 * tangent), 1e-6)
  for (let time = 0; time <= 14; time += 0.1) {
    const flux = noiseFreeFlux(band, time)!
    assert.ok(flux >= 100 - 1e-9 && flux <= 3000 + 1e-9)
  }
})

test('a point left out of a simulated light curve is found again', async t => {
  if (!needs(t, 'shared-data')) return
  const { objects } = await readLabelledObjects([join(sharedData, 'spcc', 'SIMGEN_PUBLIC_DES.tar.xz')], 'all')
  const errors: number[] = []
  for (const object of objects.slice(0, 300)) {
    for (const { times, fluxes } of noiseFreeLightCurve(object)!.values()) {
      times.forEach((time, k) => {
        if (k === 0 || k === times.length - 1 || fluxes[k]! < 50 * NJY_PER_FLUXCAL) return
        const others = (_: number, at: number): boolean => at !== k
        const found = noiseFreeFlux({ times: times.filter(others), fluxes: fluxes.filter(others) }, time)
        if (found !== null) errors.push(Math.abs(found / fluxes[k]! - 1))
      })
    }
  }
  assert.ok(errors.length > 1000)
  const mean = errors.reduce((a, b) => a + b) / errors.length
  assert.ok(mean < 0.06, `${mean} with gaps twice as long as the real ones`)
})
