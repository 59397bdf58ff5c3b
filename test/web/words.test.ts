import assert from 'node:assert/strict'
import { test } from 'node:test'
import { separation } from '../../src/web/candidates/filter.ts'
import { brokers } from '../../src/web/object/other-services.ts'
import { seconds, sexagesimal, signed, utcOfMjdTai } from '../../src/web/words.ts'

test('positions in hours and degrees are those of SIMBAD', () => {
  assert.equal(sexagesimal(279.23473479, 38.78368896), '18 36 56.34 +38 47 01.3', 'Vega')
  assert.equal(sexagesimal(101.28715533, -16.71611586), '06 45 08.92 −16 42 58.0', 'Sirius')
  assert.equal(sexagesimal(359.9999999, -0.0000001), '00 00 00.00 −00 00 00.0', 'a full turn is none')
})

test('times are UTC: TAI is 37 s ahead', () => {
  assert.equal(utcOfMjdTai(60000), '2023-02-24 23:59')
  assert.equal(utcOfMjdTai(60000 + 37 / 86_400), '2023-02-25 00:00')
})

test('the angle between two places is right when small, across ra 0 and at the poles', () => {
  const between = (...[ra, dec, otherRa, otherDec]: [number, number, number, number]): number => separation({ ra, dec }, { ra: otherRa, dec: otherDec })
  assert.ok(Math.abs(between(80.89375, -69.756111, 13.186667, -72.828611) - 20.74611) < 1e-4, 'the Magellanic Clouds, as in the documentation of astropy')
  assert.ok(Math.abs(between(359.99, 0, 0.01, 0) - 0.02) < 1e-12, 'across ra 0')
  assert.ok(Math.abs(between(10, 90, 200, 89) - 1) < 1e-12, 'from the pole')
  assert.ok(Math.abs(between(0, 90, 0, -90) - 180) < 1e-12, 'from pole to pole')
  assert.ok(Math.abs(between(50, 10, 50, 10 + 1e-7) - 1e-7) < 1e-15, 'a fraction of a milliarcsecond')
})

test('seconds have a unit that fits', () => {
  assert.deepEqual([null, 0.0123, 1.5, 119, 600].map(seconds), ['–', '12.3 ms', '1.5 s', '119 s', '10 min'])
})

test('a change has its sign, and none where it is nothing', () => {
  assert.deepEqual([0.25, -0.0006, -0.0004, 0].map(signed), ['+0.250', '−0.001', '0.000', '0.000'])
})

test('an object is linked at the brokers of its survey, and at none where its id is of no survey', () => {
  assert.deepEqual(brokers('ZTF18abcdefg').map(([, address]) => address), ['https://ztf.fink-portal.org/ZTF18abcdefg', 'https://alerce.online/object/ZTF18abcdefg', 'https://lasair-ztf.lsst.ac.uk/objects/ZTF18abcdefg/'])
  assert.deepEqual(brokers('SN000488'), [])
  assert.deepEqual(brokers('javascript:alert(1)'), [])
})
