import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { blackBodyRatio } from '../../../src/simulator/stars/black-body.ts'
import { nJyOfMagnitude } from '../../../src/alert/alert.ts'
import { depthInR } from '../../../src/simulator/stars/brightness.ts'
import { coloursFromGr, coloursFromRi } from '../../../src/simulator/stars/stellar-colours.ts'
import { wander } from '../../../src/simulator/stars/wander.ts'
import { circumstances } from '../sources/night-sky.ts'

const near = (actual: number, expected: number, within: number): void =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected} ± ${within}`)

describe('Stars', () => {
  it('has Planck\'s law', () => {
    // astropy 7: BlackBody(T * u.K)(l * u.AA) / BlackBody(T * u.K)(6200 * u.AA) for l in 3600, 4800, 9700
    for (const [temperature, ...ratios] of [[3000, 0.019134969, 0.225657297, 4.284877222], [9000, 0.741976764, 0.973610896, 0.757619073], [20_000, 1.755122219, 1.358303741, 0.520401936]] as const) {
      [3600, 4800, 9700].forEach((wavelength, k) => near(blackBodyRatio(wavelength, 6200, temperature) / ratios[k]!, 1, 1e-5))
    }
  })

  it('has AB fluxes in nJy', () => {
    near(nJyOfMagnitude(31.4), 1, 1e-12)
    near(nJyOfMagnitude(23.9), 1000, 1e-9)
  })

  it('has the colours of the stellar locus', () => {
    // Covey et al. 2007, table 1, at g−i = 0.70 and 2.56
    const sun = coloursFromGr(0.51)
    near(sun[0]! - sun[1]!, 1.40, 1e-9)
    near(sun[3]!, -0.19, 1e-9)
    near(sun[3]! - sun[4]!, 0.06, 1e-9)
    const dwarf = coloursFromRi(1.14)
    near(dwarf[0]! - dwarf[1]!, 2.60, 0.05)
    near(dwarf[1]!, 1.41, 0.02)
    near(dwarf[3]! - dwarf[4]!, 0.60, 0.02)
    assert.deepEqual(coloursFromGr(-3), coloursFromGr(-0.57))
  })

  it('takes the depth of the band next to r where a survey has none', () => {
    assert.equal(depthInR(circumstances()), 23.9)
    assert.equal(depthInR(circumstances(['i', 'z'])), 23.4)
  })

  it('wanders smoothly, with variance 1, and says the same whenever asked', () => {
    const one = wander(7, 10)
    const forwards = Array.from({ length: 20_000 }, (_, k) => one(k * 0.73))
    const other = wander(7, 10)
    const backwards = Array.from({ length: 20_000 }, (_, k) => other((19_999 - k) * 0.73)).reverse()
    assert.deepEqual(backwards, forwards)
    const mean = forwards.reduce((sum, value) => sum + value, 0) / forwards.length
    near(mean, 0, 0.1)
    near(forwards.reduce((sum, value) => sum + (value - mean) ** 2, 0) / forwards.length, 1, 0.1)
    assert.ok(forwards.every((value, k) => k === 0 || Math.abs(value - forwards[k - 1]!) < 0.7), 'it does not jump')
    near(one(20 - 1e-9), one(20 + 1e-9), 1e-6)
  })
})
