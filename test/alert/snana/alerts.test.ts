import assert from 'node:assert/strict'
import { test } from 'node:test'
import { snanaAlerts } from '../../../src/alert/snana/alerts.ts'
import type { SnanaLightCurve } from '../../../src/alert/snana/snana.ts'
import { point } from '../../pipeline.ts'

const curve = (...points: SnanaLightCurve['points']): SnanaLightCurve =>
  ({ snid: '17', mwebv: 0.02, photoZ: 0.4, photoZErr: 0.03, ra: 1, dec: 2, points, noiseFree: null, omitted: [], type: null, typeLabels: [], redshift: null, peakMjd: null, readAs: { dialect: 'snana', fluxUnit: 'FLUXCAL' } })

const forced = { kind: 'forced' as const, psfFlux: 100 }

test('a night with a detection gives one alert, with forced photometry of the nights before but not of its own', () => {
  const alerts = snanaAlerts(curve(
    point({ midpointMjdTai: 59969.9, ...forced }),
    point({ midpointMjdTai: 59990.1, ...forced }),
    point({ midpointMjdTai: 60000.1 }),
    point({ midpointMjdTai: 60000.2, ...forced }),
    point({ midpointMjdTai: 60000.3, band: 'i' }),
    point({ midpointMjdTai: 60003.1, ...forced }),
    point({ midpointMjdTai: 60006.1 })
  ))
  assert.deepEqual(alerts.map(({ midpointMjdTai }) => midpointMjdTai), [60000.3, 60006.1])
  assert.deepEqual(alerts.map(({ points }) => points.map(({ midpointMjdTai }) => midpointMjdTai)), [
    [59990.1, 60000.1, 60000.3],
    [59990.1, 60000.1, 60000.2, 60000.3, 60003.1, 60006.1]
  ])
  assert.deepEqual(alerts.map(({ diaObjectId, diaSourceId }) => [diaObjectId, diaSourceId]), [['17', '170005'], ['17', '170007']])
  assert.deepEqual(alerts[0]!.host, { redshift: 0.4, redshiftErr: 0.03, mwebv: 0.02 })
})

test('an object that was never detected gives no alert', () => {
  assert.deepEqual(snanaAlerts(curve(point({ ...forced }))), [])
})

test('an alert carries what the files say beside the fluxes: the template in the band of its source, the nearest source, the score', () => {
  const points = [point({ midpointMjdTai: 60006.1, band: 'i' }), point({ midpointMjdTai: 60000.1, band: 'r' }), point({ midpointMjdTai: 60003.1, ...forced })]
  const context = { templateFlux: { r: 120, i: 340 }, starScore: 0.25, separation: 1.5 }
  const [first, second] = snanaAlerts({ ...curve(...points), context, realBogus: [0.75, 0.5, null] })
  const nearest = { catalogue: 'SNANA', starScore: 0.25, separation: 1.5 }
  assert.deepEqual(first!.context, { realBogus: { score: 0.5, name: 'reliability' }, templateFlux: 120, nearest })
  assert.deepEqual(second!.context, { realBogus: { score: 0.75, name: 'reliability' }, templateFlux: 340, nearest })
  assert.equal(snanaAlerts(curve(...points))[0]!.context, undefined)
})
