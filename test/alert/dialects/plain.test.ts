import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { decodeAlert } from '../../../src/alert/decode.ts'
import { alertJsonSchema } from '../../../src/alert/dialects/plain-schema.ts'
import { countingSource } from '../../fixtures/alert-packets.ts'
import { plainAlert, plainPoint } from '../../fixtures/plain-alerts.ts'

const decodeText = (text: string) => decodeAlert(Buffer.from(text), { schemas: countingSource() })
const decode = (changes: object = {}) => decodeText(JSON.stringify(plainAlert(changes)))
const near = (actual: number, expected: number): void => assert.ok(Math.abs(actual / expected - 1) < 1e-14, `${actual} is not ${expected}`)
const place = { midpointMjdTai: 60000, band: 'r' }

test('an alert with nothing but what it needs', async () => {
  assert.deepEqual(await decode(), {
    diaObjectId: '42',
    diaSourceId: '7',
    midpointMjdTai: 60000,
    ra: 53.1,
    dec: -27.8,
    points: [{ midpointMjdTai: 60000, band: 'r', psfFlux: 2000, psfFluxErr: 100, kind: 'detection', visit: null, timeProcessedMjdTai: null, withdrawn: false }],
    omitted: [],
    host: { redshift: null, redshiftErr: null, mwebv: null },
    solarSystem: false,
    readAs: { dialect: 'json', fluxUnit: 'nJy' }
  })
})

test('an alert with everything that it can have', async () => {
  const alert = await decode({
    midpointMjdTai: 60001,
    points: [plainPoint({ kind: 'forced', visit: 12, timeProcessedMjdTai: 60002, timeWithdrawnMjdTai: 60003, diaSourceId: 'a', flagged: false })],
    host: { redshift: 0.5, redshiftErr: 0.1, mwebv: 0.02 },
    solarSystem: true
  })
  assert.deepEqual([alert.midpointMjdTai, alert.solarSystem, alert.host], [60001, true, { redshift: 0.5, redshiftErr: 0.1, mwebv: 0.02 }])
  assert.deepEqual(alert.points, [{ midpointMjdTai: 60000, band: 'r', psfFlux: 2000, psfFluxErr: 100, kind: 'forced', visit: 12, timeProcessedMjdTai: 60002, withdrawn: true }])
})

test('what the normal form of an alert is written as, is read as the same alert', async () => {
  const alert = await decode({ points: [plainPoint({ visit: 3, timeWithdrawnMjdTai: 60003 }), plainPoint({ kind: 'forced' })], host: { redshift: 0.5 } })
  assert.equal(alert.points[0]!.withdrawn, true)
  assert.deepEqual(await decodeText(JSON.stringify(alert)), alert)
})

test('an alert may have no position: ra and dec are both null, or neither', async () => {
  const alert = await decode({ ra: null, dec: null })
  assert.deepEqual([alert.ra, alert.dec], [Number.NaN, Number.NaN])
  assert.deepEqual(await decodeText(JSON.stringify(alert)), alert, 'as dead letters keep it')
  await assert.rejects(decode({ dec: null }), /dec is null, expected a number: ra and dec are both null, or neither/)
})

test('magnitudes and FLUXCAL become nJy', async () => {
  const { points } = await decode({
    points: [
      { ...place, magnitude: 20, magnitudeErr: 0.1 }, { ...place, magnitude: 22.5, magnitudeErr: 0.2, isPositive: false }, { ...place, fluxcal: 12.5, fluxcalErr: 2.5 },
      { ...place, fluxcal: null, fluxcalErr: null, magnitude: 20, magnitudeErr: 0.1, psfFlux: 5, psfFluxErr: 2 }
    ]
  })
  // 10^(0.4·(31.4−m)), · 0.4·ln 10·σ, and 10^(0.4·3.9), by Python's decimal to 30 digits
  const expected = [[36307.80547701013, 3344.072466027644], [-3630.780547701013, 668.8144932055288], [453.8475684626267, 90.76951369252534], [5, 2]]
  points.forEach(({ psfFlux, psfFluxErr }, k) => {
    near(psfFlux, expected[k]![0]!)
    near(psfFluxErr, expected[k]![1]!)
  })
  assert.equal(points.length, 4)
})

test('ids are exact, as integers and as texts', async () => {
  for (const [text, id] of [['9007199254740993', '9007199254740993'], ['9223372036854775807', '9223372036854775807'], ['5', '5'], ['"ZTF18abcxyz"', 'ZTF18abcxyz'], ['"0123"', '0123']] as const) {
    const alert = await decodeText(JSON.stringify(plainAlert({ diaObjectId: '%', diaSourceId: '%' })).replaceAll('"%"', text))
    assert.deepEqual([alert.diaObjectId, alert.diaSourceId], [id, id])
  }
  assert.equal((await decode({ diaObjectId: null })).diaObjectId, null)
})

test('without a time of its own an alert has that of its newest detection', async () => {
  const points = [plainPoint(), plainPoint({ midpointMjdTai: 60002 }), plainPoint({ midpointMjdTai: 60005, kind: 'forced' })]
  assert.equal((await decode({ points })).midpointMjdTai, 60002)
  assert.equal((await decode({ points: points.slice(2) })).midpointMjdTai, 60005)
  await assert.rejects(decode({ points: [] }), { code: 'alert-incomplete' })
  await assert.rejects(decode({ points: [plainPoint({ midpointMjdTai: null })] }), { code: 'alert-incomplete' })
})

test('a point whose values are not usable is left out with its reason, the others stay', async () => {
  const bad = [
    [{ psfFlux: null }, 'flux-missing'], [{ psfFluxErr: null }, 'flux-error-not-positive'], [{ psfFluxErr: -5 }, 'flux-error-not-positive'], [{ psfFluxErr: 0 }, 'flux-error-not-positive'],
    [{ band: 'clear' }, 'band-unknown'], [{ band: null }, 'band-unknown'], [{ midpointMjdTai: null }, 'time-invalid'], [{ flagged: true }, 'quality-flags']
  ] as const
  const alert = await decode({ midpointMjdTai: 60000, points: [plainPoint({ visit: 1 }), ...bad.map(([changes], k) => plainPoint({ diaSourceId: k, ...changes })), plainPoint({ visit: 2 })] })
  assert.deepEqual(alert.points.map(({ visit }) => visit), [1, 2])
  assert.deepEqual(alert.omitted, bad.map(([changes, reason], k) => ({ diaSourceId: String(k), reason, ...'band' in changes && changes.band !== null && { band: changes.band } })))
  // NaN as Python writes it; the point that made the alert is known by its time.
  const trigger = await decodeText(JSON.stringify(plainAlert({ points: [plainPoint({ psfFlux: '%' })] })).replace('"%"', 'NaN'))
  assert.deepEqual(trigger.omitted, [{ diaSourceId: '7', reason: 'flux-missing' }])
  const magnitude = await decode({ points: [{ ...place, magnitude: 20, magnitudeErr: -0.1 }, { ...place, magnitude: -1e9, magnitudeErr: 0.1 }] })
  assert.deepEqual(magnitude.omitted.map(({ reason }) => reason), ['flux-error-not-positive', 'flux-not-finite'])
})

test('a wrong field is named with its path, its value and what was expected', async () => {
  const { ra, ...placeless } = plainAlert()
  for (const [changes, message] of [
    [{ ra: '53' }, /^ra is "53", expected a number from 0 to 360$/],
    [{ dec: 91 }, /^dec is 91, expected a number from -90 to 90$/],
    [{ diaObjectId: 'a b' }, /^diaObjectId is "a b", expected 1 to 64 of A-Z a-z 0-9 _ -, or a whole number, or null$/],
    [{ diaObjectId: 1.5 }, /^diaObjectId is 1\.5/],
    [{ diaSourceId: -1 }, /^diaSourceId is -1, expected 1 to 64 characters without blanks, or a whole number$/],
    [{ points: {} }, /^points is an object, expected a list of points$/],
    [{ points: [plainPoint(), 5] }, /^points\.1 is 5, expected an object$/],
    [{ points: [plainPoint({ psfFlux: '1e3' })] }, /^points\.0\.psfFlux is "1e3", expected a number or null \[nJy, AB\]$/],
    [{ points: [{ ...place }] }, /^points\.0\.psfFlux is missing, expected a flux: psfFlux and psfFluxErr, or fluxcal and fluxcalErr, or magnitude and magnitudeErr$/],
    [{ points: [{ ...place, magnitude: 20 }] }, /^points\.0\.magnitudeErr is missing, expected the error of magnitude$/],
    [{ points: [plainPoint({ kind: 'Forced' })] }, /^points\.0\.kind is "Forced", expected detection or forced$/],
    [{ points: [plainPoint({ visit: 1.5 })] }, /^points\.0\.visit is 1\.5, expected a whole number/],
    [{ host: { redshift: [] } }, /^host\.redshift is a list of 0, expected a number, 0 or more, or null$/],
    [{ host: { redshift: -9 } }, /^host\.redshift is -9, expected a number, 0 or more, or null$/],
    [{ points: Array(9).fill(1) }, /; and 4 more$/]
  ] as const) {
    await assert.rejects(decode(changes), { code: 'alert-invalid', message })
  }
  await assert.rejects(decodeText(JSON.stringify(placeless)), { code: 'alert-invalid', message: /^ra is missing, expected a number from 0 to 360$/ })
  assert.equal(ra, 53.1)
})

test('further fields are no harm, but one that means a field that is missing is refused', async () => {
  const alert = await decode({
    publisher: 'a broker', survey: { name: 'x' }, ssObjectId: 5, points: [plainPoint({ snr: 20, ra: 1, psfFlux_flag: false, psFlux: 3 })], host: { redshift: 0.5, morphology: 'spiral' }
  })
  assert.equal(alert.points.length, 1)
  assert.equal(alert.host.redshift, 0.5)
  for (const [changes, message] of [
    [{ hosts: { redshift: 1 } }, null],
    [{ solarsystem: true }, /^solarsystem is true, expected solarSystem: no field has the name solarsystem$/],
    [{ midPointMjdTai: 60000 }, /^midPointMjdTai is 60000, expected midpointMjdTai/],
    [{ Host: {} }, /^Host is an object, expected host/],
    [{ host: { redshift_err: 0.1 } }, /^host\.redshift_err is 0\.1, expected redshiftErr/],
    [{ points: [{ ...place, magnitude: 20, magnitudeErr: 0.1, isPostive: false }] }, /^points\.0\.isPostive is false, expected isPositive/],
    [{ points: [plainPoint({ visits: 1 })] }, /^points\.0\.visits is 1, expected visit/]
  ] as const) {
    if (message === null) assert.equal((await decode(changes)).diaObjectId, '42')
    else await assert.rejects(decode(changes), { code: 'alert-invalid', message })
  }
})

test('schemas/alert.schema.json is the schema of the code', () => {
  const file = new URL('../../../schemas/alert.schema.json', import.meta.url)
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(JSON.stringify(alertJsonSchema())), 'run `npm run schemas`')
})
