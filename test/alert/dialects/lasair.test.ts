import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { decodeAlert } from '../../../src/alert/decode.ts'
import { countingSource } from '../../fixtures/alert-packets.ts'
import { lasairObject, lasairSource } from '../../fixtures/plain-alerts.ts'
import { needs, sharedData } from '../../parts.ts'

const decode = (text: string | Buffer) => decodeAlert(Buffer.from(text), { schemas: countingSource() })
const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0)

test('a real object has the values that Python\'s json module reads', async t => {
  if (!needs(t, 'shared-data')) return
  const alert = await decode(readFileSync(join(sharedData, 'alerts/lasair-313637921267122191.json')))
  const { points } = alert
  assert.deepEqual(
    [alert.diaObjectId, alert.diaSourceId, alert.midpointMjdTai, alert.ra, alert.dec],
    ['313637921267122191', '313673107864813598', 60983.20685446523, 9.057050050707765, -44.117973609689805]
  )
  assert.equal(points.map(({ band }) => band).join(''), 'iiiiggii')
  assert.equal(sum(points.map(({ psfFlux }) => psfFlux)), 171017.056640625)
  assert.equal(sum(points.map(({ psfFluxErr }) => psfFluxErr)), 5047.897491455078)
  assert.equal(sum(points.map(({ midpointMjdTai }) => midpointMjdTai)), 487849.5367335613)
  assert.equal(sum(points.map(({ timeProcessedMjdTai }) => timeProcessedMjdTai!)), 488655.49236178957)
  assert.equal(sum(points.map(({ visit }) => visit!)), 16200867001892)
  assert.ok(points.every(({ kind, withdrawn }) => kind === 'detection' && !withdrawn))
  assert.deepEqual(alert.omitted, [])
  assert.deepEqual(alert.host, { redshift: null, redshiftErr: null, mwebv: 0.007206862 })
})

test('the newest source triggers; forced photometry, withdrawals and flags are LSST\'s', async () => {
  const alert = await decode(lasairObject([
    lasairSource({ diaSourceId: '9007199254740993', midpointMjdTai: '60980.25', visit: '1', timeWithdrawnMjdTai: '60990' }),
    lasairSource({ visit: '2' }),
    lasairSource({ diaSourceId: '9007199254740995', midpointMjdTai: '60981.25', visit: '3', pixelFlags_streakCenter: 'true' }),
    lasairSource({ diaSourceId: '4', midpointMjdTai: '60982.25', visit: '4', psfFlux: 'NaN' })
  ], { diaForcedSourcesList: '[{"diaForcedSourceId": 1, "midpointMjdTai": 60979.5, "band": "g", "psfFlux": -12.5, "psfFluxErr": 100.5, "visit": 5}]' }))
  assert.deepEqual([alert.diaSourceId, alert.midpointMjdTai, alert.ra, alert.dec], ['313673107864813598', 60983.25, 9.5, -44.5])
  assert.deepEqual(alert.points.map(({ visit, kind, withdrawn, psfFlux }) => [visit, kind, withdrawn, psfFlux]), [
    [2, 'detection', false, 24162.5], [1, 'detection', true, 24162.5], [5, 'forced', false, -12.5]
  ])
  assert.deepEqual(alert.omitted, [{ diaSourceId: '9007199254740995', reason: 'quality-flags' }, { diaSourceId: '4', reason: 'flux-missing' }])
})

test('every one of the flags leaves a source out', async () => {
  for (const flag of ['psfFlux_flag', 'pixelFlags_saturatedCenter', 'pixelFlags_streakCenter', 'pixelFlags_injectedCenter', 'glint_trail']) {
    const alert = await decode(lasairObject([lasairSource({ [flag]: 'true' })]))
    assert.deepEqual(alert.omitted, [{ diaSourceId: '313673107864813598', reason: 'quality-flags' }], flag)
    assert.deepEqual(alert.points, [])
  }
})

test('a source at a known body without an object is said to be one', async () => {
  const source = lasairSource({ diaObjectId: 'null', ssObjectId: '23133931615303757' })
  const alert = await decode(lasairObject([source], { diaObject: 'null', ebv: 'NaN' }))
  assert.deepEqual([alert.diaObjectId, alert.solarSystem, alert.ra, alert.dec], [null, true, 9.25, -44.25])
  assert.equal(alert.host.mwebv, null)
  assert.equal((await decode(lasairObject([lasairSource({ ssObjectId: '23133931615303757' })]))).solarSystem, false)
  const alone = await decode(lasairObject([lasairSource({ diaObjectId: '0' })], { diaObject: 'null' }))
  assert.deepEqual([alone.diaObjectId, alone.solarSystem], [null, false])
})

test('what is missing or wrong is named', async () => {
  for (const [text, code, message] of [
    [lasairObject([]), 'alert-incomplete', /diaSourcesList with a source/],
    [lasairObject([lasairSource({ midpointMjdTai: 'NaN' })]), 'alert-incomplete', /midpointMjdTai/],
    [lasairObject([lasairSource({ diaSourceId: 'null' })]), 'alert-incomplete', /diaSourceId/],
    [lasairObject([lasairSource({ ra: 'NaN' })], { diaObject: '{}' }), 'alert-incomplete', /ra and decl/],
    [lasairObject([lasairSource({ psfFlux: '"24"' })]), 'alert-invalid', /^diaSourcesList\.0\.psfFlux is "24", expected a number or null$/],
    [lasairObject([lasairSource({ diaSourceId: '1.5' })]), 'alert-invalid', /^diaSourcesList\.0\.diaSourceId is 1\.5, expected a whole number or its digits$/],
    [lasairObject(['5']), 'alert-invalid', /^diaSourcesList\.0 is 5, expected an object$/],
    [lasairObject([], { diaSourcesList: '{}' }), 'alert-invalid', /^diaSourcesList is an object, expected a list$/]
  ] as const) {
    await assert.rejects(decode(text), { code, message })
  }
})
