import assert from 'node:assert/strict'
import { test } from 'node:test'
import { distanceModulus, volumeElement } from '../../../src/simulator/cosmology/cosmology.ts'

/** astropy's FlatLambdaCDM(70, 0.3, Tcmb0=0), by test/simulator/second-source/foundation.py. */
const ASTROPY = [
  [0.01, 33.17531838091248, 97825508.93642564],
  [0.1, 38.31520457439091, 8988161606.294334],
  [0.5, 42.2611854215409, 146692830097.213],
  [1, 44.10023765554372, 333646636371.4875],
  [2, 45.95719725271019, 486774234530.8749]
] as const

test('distance modulus and volume element are astropy\'s', () => {
  for (const [z, modulus, volume] of ASTROPY) {
    assert.ok(Math.abs(distanceModulus(z) - modulus) < 1e-9, `${z}`)
    assert.ok(Math.abs(volumeElement(z) / volume - 1) < 1e-9, `${z}`)
  }
})

test('a redshift outside of the table is refused', () => {
  for (const z of [-0.1, 7, NaN]) assert.throws(() => distanceModulus(z), RangeError)
})
