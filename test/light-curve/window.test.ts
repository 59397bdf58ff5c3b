import assert from 'node:assert/strict'
import { test } from 'node:test'
import { steppedPoints } from '../../src/light-curve/window.ts'
import { point } from '../pipeline.ts'

test('the network sees a light curve from 30 days before its first detection on, in the bands of its model', () => {
  const faint = { psfFlux: 100, psfFluxErr: 50 }
  const points = [
    point({ midpointMjdTai: 59969.9, ...faint }),
    point({ midpointMjdTai: 59970, ...faint }),
    point({ midpointMjdTai: 59999, band: 'u', ...faint }),
    point({ midpointMjdTai: 60000, band: 'u', psfFlux: 501, psfFluxErr: 100 }),
    point({ midpointMjdTai: 60001, band: 'g', ...faint })
  ]
  assert.deepEqual(steppedPoints(points, ['g', 'r']).map(({ midpointMjdTai }) => midpointMjdTai), [59970, 60001])
  assert.deepEqual(steppedPoints(points.slice(0, 3), ['g', 'r', 'u']), [])
  assert.deepEqual(steppedPoints([point({ psfFlux: 500, psfFluxErr: 100 })], ['r']), [], 'S/N of exactly 5 is no detection')
})
