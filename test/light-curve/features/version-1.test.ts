import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NJY_PER_FLUXCAL } from '../../../src/alert/alert.ts'
import { NO_CONTEXT } from '../../../src/light-curve/features/context.ts'
import { luminosityDistance } from '../../../src/light-curve/features/distance.ts'
import { featureSet } from '../../../src/light-curve/features/features.ts'
import { hostFeatures } from '../../../src/light-curve/features/host.ts'
import { point } from '../../pipeline.ts'

const { newAccumulator, accumulatorLength, length: featureLength, fixed, step: stepFeatures } = featureSet(1)

const near = (actual: number | undefined, expected: number, tolerance = 1e-6): void =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`)

test('the luminosity distance is that of flat ΛCDM with Ωm = 0.3', () => {
  // astropy 8.0.2, FlatLambdaCDM(H0=70, Om0=0.3).luminosity_distance(z) / (c / H0): 4282.749400 Mpc is c / H0
  near(luminosityDistance(0.1), 460.2999362 / 4282.7494, 1e-5)
  near(luminosityDistance(0.5), 2832.9380939 / 4282.7494, 1e-5)
  near(luminosityDistance(1.0), 6607.6576118 / 4282.7494, 1e-5)
})

test('two points give the features worked out by hand', () => {
  const bands = ['g', 'r'] as const
  const accumulator = newAccumulator(bands)
  assert.equal(accumulator.length, accumulatorLength(bands))
  const host = fixed({ host: { redshift: null, redshiftErr: null, mwebv: 0.05 }, context: { ...NO_CONTEXT, starScore: 1 } })
  const out = new Float32Array(2 * featureLength(bands))
  const fluxcal = (flux: number, error: number): { psfFlux: number, psfFluxErr: number } => ({ psfFlux: flux * NJY_PER_FLUXCAL, psfFluxErr: error * NJY_PER_FLUXCAL })
  // FLUXCAL 10 ± 5: asinh(10/10) = 0.881374, ln(5/5) = 0, S/N 2
  stepFeatures(bands, accumulator, point({ band: 'g', midpointMjdTai: 60000, ...fluxcal(10, 5) }), host, out, 0)
  // five days later FLUXCAL 60 ± 10: asinh(6) = 2.491780, ln(10/5) = 0.693147, S/N 6, the first detection
  stepFeatures(bands, accumulator, point({ band: 'r', midpointMjdTai: 60005, ...fluxcal(60, 10) }), host, out, featureLength(bands))
  const expected = [
    0, 0, 0.881374,
    1, 0.881374, 0, 1, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0,
    Math.asinh(2 / 3), Math.asinh(2 / 3), 0, 0,
    0.5, 1, 0, 0, 0, 0, 0,
    0.1, 0.5, 2.491780,
    0, 0.881374, 0, 1, 0.5, 0, 0,
    1, 2.491780, 0.693147, 1, 0, 2.491780, 0,
    Math.asinh(2), Math.asinh(2), 1, Math.log(2),
    0.5, 1, 0, 0, 0, 0, 0
  ]
  assert.equal(out.length, expected.length)
  expected.forEach((value, k) => near(out[k], value, 2e-6))
})

test('what is not known of the host is zero with its flag down, and damage cannot reach the network', () => {
  assert.deepEqual([...hostFeatures({ redshift: null, redshiftErr: null, mwebv: null })], [0, 0, 0, 0, 0, 0, 0])
  const known = hostFeatures({ redshift: 0.5, redshiftErr: 0.03, mwebv: 0.02 })
  ;[0.2, 1, 0.5, 0.15, Math.log(0.661476), 1, 1].forEach((value, k) => near(known[k], value, 2e-6))
  assert.ok(hostFeatures({ redshift: 1e300, redshiftErr: Number.NaN, mwebv: Infinity }).every(Number.isFinite))
})

test('a band that the model does not use is refused, not guessed', () => {
  const bands = ['g'] as const
  const out = new Float32Array(featureLength(bands))
  assert.throws(() => stepFeatures(bands, newAccumulator(bands), point({ band: 'y' }), hostFeatures({ redshift: null, redshiftErr: null, mwebv: null }), out, 0), /band y/)
})
