import assert from 'node:assert/strict'
import { test } from 'node:test'
import { join } from 'node:path'
import { randomFrom } from '../../../src/simulator/random.ts'
import { readSurvey } from '../../../src/simulator/survey/surveys.ts'
import { nightOf } from '../../../src/simulator/survey/visits.ts'
import type { SkyName } from '../../../src/simulator/passbands/surveys.ts'
import type { PointingChoice, Survey } from '../../../src/simulator/survey/survey.ts'
import { needs, sharedData } from '../../parts.ts'

const folder = join(sharedData, 'sky')
const read = new Map<SkyName, Promise<Survey>>()
const survey = async (sky: SkyName): Promise<Survey> => {
  if (!read.has(sky)) read.set(sky, readSurvey(folder, sky))
  return await read.get(sky)!
}
/** Parts of u, g, r, i, z, y: xz -dc lsst-baseline-v3.0.csv.xz | awk -F, '/^wfd/ {n[$5]++; all++} END {for (b in n) print b, n[b]/all}' */
const WIDE = [0.0556, 0.0855, 0.2296, 0.2352, 0.1972, 0.1970]

const drawn = ({ pointing }: Survey, count: number, choice?: PointingChoice) => {
  const random = randomFrom(5)
  return Array.from({ length: count }, () => pointing(random, choice))
}
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!

test('LSST: each band as often as in the table, 8 % on deep fields, one visit of a deep field a night and band', async t => {
  if (!needs(t, 'shared-data')) return
  const lsst = await survey('lsst')
  const pointings = drawn(lsst, 3000)
  const deep = pointings.filter(({ isDeep }) => isDeep)
  assert.ok(Math.abs(deep.length / 3000 - 0.08) < 0.015)
  const counts = new Float64Array(6)
  for (const { isDeep, visits: { band } } of pointings) if (!isDeep) for (const b of band) counts[b]!++
  const sum = counts.reduce((a, b) => a + b)
  lsst.passbands.forEach(({ band }, b) => assert.ok(Math.abs(counts[b]! / sum - WIDE[b]!) < 0.005, band))

  const { visits: { mjd, band }, depth } = deep[0]!
  const keys = new Set(Array.from(mjd, (time, k) => 6 * nightOf(time) + band[k]!))
  assert.equal(keys.size, mjd.length)
  assert.ok(depth[2]! > lsst.depth[2]! + 0.8)
  // single visits of the baseline: u 23.7, g 24.4, r 24.0, i 23.4, z 22.8, y 22.0 at typical airmass (Bianco et al. 2022)
  ;[23.6, 24.4, 24.0, 23.4, 22.8, 22.0].forEach((magnitude, b) => assert.ok(Math.abs(lsst.depth[b]! - magnitude) < 0.15))
  assert.ok(Math.abs(lsst.years - 10) < 0.1)
  // by area the five fields are 0.3 %
  assert.ok(drawn(lsst, 3000, 'area').filter(({ isDeep }) => isDeep).length < 30)
})

test('ZTF: two visits a night and band at most, none under 17.2 mag', async t => {
  if (!needs(t, 'shared-data')) return
  const ztf = await survey('ztf')
  for (const { visits: { mjd, band, depth } } of drawn(ztf, 60)) {
    const counts = new Map<number, number>()
    mjd.forEach((time, k) => { const key = 3 * nightOf(time) + band[k]!; counts.set(key, (counts.get(key) ?? 0) + 1) })
    assert.ok(Math.max(...counts.values()) <= 2)
    assert.ok(depth.every(magnitude => magnitude > 17.2))
  }
  // Bellm et al. 2019: 20.8, 20.6, 19.9 in g, r, i, less what difference images lose
  ;[20.6, 20.4, 20.2].forEach((magnitude, b) => assert.ok(Math.abs(ztf.depth[b]! - magnitude) < 0.15))
})

test('DES: griz of ten fields a week apart, five and a half months a year, shallow 23.5 and deep 24.5 mag', async t => {
  if (!needs(t, 'shared-data')) return
  const des = await survey('des')
  const pointings = drawn(des, 300)
  assert.equal(new Set(pointings.map(({ field }) => field)).size, 10)
  for (const { isDeep, field, visits, depth } of pointings.slice(0, 40)) {
    assert.equal(isDeep, field === 'C3' || field === 'X3')
    const inBand = Array.from(visits.mjd).filter((_, k) => visits.band[k] === 1)
    const gaps = inBand.slice(1).map((time, k) => time - inBand[k]!)
    assert.ok(Math.abs(median(gaps.filter(gap => gap < 60)) - 7) < 1.1)
    // four gaps between seasons, of half a year
    const between = gaps.filter(gap => gap > 60)
    assert.equal(between.length, 4)
    assert.ok(between.every(gap => gap > 180 && gap < 225))
    assert.ok(Math.abs(median(depth.slice()) - (isDeep ? 24.5 : 23.5)) < 0.2)
  }
})

test('generic: bands, cadence and depth differ from object to object', async t => {
  if (!needs(t, 'shared-data')) return
  const pointings = drawn(await survey('generic'), 300)
  const bandSets = new Set(pointings.map(({ visits: { band } }) => [...new Set(band)].sort().join('')))
  assert.ok(bandSets.size >= 9)
  const depths = pointings.map(({ depth }) => depth[3]!).sort((a, b) => a - b)
  assert.ok(depths[15]! < 17.5 && depths[285]! > 23)
  const together = pointings.filter(({ visits: { mjd, band } }) => new Set(band).size > 1 && mjd[1]! - mjd[0]! < 0.02).length
  assert.ok(together > 90 && together < 220)
  for (const { visits: { mjd } } of pointings) assert.ok(mjd.every((time, k) => k === 0 || time > mjd[k - 1]!))
})
