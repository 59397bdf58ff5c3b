import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dustTransmission, extinctionCurve } from '../../../src/simulator/dust/ccm89.ts'

const WAVELENGTHS = [1300, 2200, 3000, 4400, 5500, 7000, 9000, 15000]
/** extinction.ccm89 for A(V) = 1, by test/simulator/second-source/foundation.py. */
const EXTINCTION = new Map([
  [3.1, [3.127016, 3.151702, 1.818157, 1.324521, 0.99885, 0.750173, 0.478808, 0.210317]],
  [2.2, [4.770233, 4.431248, 2.296126, 1.457383, 0.998512, 0.70182, 0.396464, 0.174113]]
])

test('A(λ)/A(V) is that of the package extinction', () => {
  for (const [rv, expected] of EXTINCTION) {
    WAVELENGTHS.forEach((wavelength, k) => assert.ok(Math.abs(extinctionCurve(wavelength, rv) - expected[k]!) < 1e-6, `${wavelength} Å, ${rv}`))
  }
})

test('E(B−V) = 0.1 takes 3.1 × 0.1 × A(λ)/A(V) magnitudes', () => {
  assert.ok(Math.abs(-2.5 * Math.log10(dustTransmission(4400, 0.1)) - 0.31 * 1.324521) < 1e-6)
  assert.equal(dustTransmission(4400, 0), 1)
})
