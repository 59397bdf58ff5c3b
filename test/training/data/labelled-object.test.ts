import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { NJY_PER_FLUXCAL } from '../../../src/alert/alert.ts'
import { readLabelledObjects } from '../../../src/training/data/labelled-object.ts'
import { generatedLightCurve } from './generated-light-curves.ts'
import { temporaryFolder } from '../../pipeline.ts'

function folderOf (t: TestContext, files: Record<string, string>): string {
  const folder = temporaryFolder(t)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

test('objects are read with the points that the live pipeline would hold', async t => {
  const text = generatedLightCurve(7, true)
  const rows = text.split('\n').filter(line => line.startsWith('OBS:'))
  const shuffled = text.replace(rows.join('\n'), rows.toReversed().join('\n'))
  const { objects, passedOver } = await readLabelledObjects([folderOf(t, { 'a.DAT': shuffled })])
  assert.equal(passedOver.length, 0)
  const [object] = objects
  assert.deepEqual([object!.snid, object!.type, object!.host.mwebv], ['7', 'Ia', 0.042])
  const [, mjd, band, , flux] = rows[0]!.split(' ')
  const first = object!.points[0]!
  assert.deepEqual([first.midpointMjdTai, first.band, first.psfFlux], [Number(mjd), band, Math.fround(Number(flux) * NJY_PER_FLUXCAL)])
  assert.ok(object!.points.every((point, k) => k === 0 || point.midpointMjdTai >= object!.points[k - 1]!.midpointMjdTai))
})

test('files without a known type are passed over and named', async t => {
  const good = generatedLightCurve(1, false)
  const folder = folderOf(t, { 'a.DAT': good.replace(/^SIM_COMMENT.*$/m, ''), 'b.DAT': good, 'c.DAT': 'nothing' })
  const { objects, passedOver } = await readLabelledObjects([folder])
  assert.deepEqual(objects.map(({ type }) => type), ['II'])
  assert.deepEqual(passedOver.map(({ code }) => code), ['type-missing', 'snana-damaged'])
})

test('an object has a spectrum where its file gives an SNTYPE', async t => {
  const withType = (k: number, type: string): string => generatedLightCurve(k, true).replace(/^SIM_COMMENT/m, `SNTYPE: ${type}\nSIM_COMMENT`)
  const folder = folderOf(t, { 'a.DAT': withType(1, '1'), 'b.DAT': withType(2, '-9'), 'c.DAT': withType(3, '0'), 'd.DAT': generatedLightCurve(4, true) })
  const { objects } = await readLabelledObjects([folder])
  assert.deepEqual(objects.map(({ snid, type, isSpectroscopic }) => [snid, type, isSpectroscopic]), [['1', 'Ia', true], ['2', 'Ia', undefined], ['3', 'Ia', undefined], ['4', 'Ia', undefined]])
})

test('no usable light curve at all is an error', async t => {
  await assert.rejects(readLabelledObjects([folderOf(t, { 'c.DAT': 'nothing' })]), { code: 'no-light-curves', message: /no light curve of known type/ })
})

test('an object that is given twice counts once and is named', async t => {
  const folder = folderOf(t, { 'a.DAT': generatedLightCurve(7, true), 'b.DAT': generatedLightCurve(7, true) })
  const { objects, passedOver, files } = await readLabelledObjects([folder])
  assert.equal(objects.length, 1)
  assert.deepEqual(passedOver.map(({ code }) => code), ['object-repeated'])
  // It was read, so that a training on archives that share objects ends with exit code 0.
  assert.equal(files.hasNotRead, false)
})

test('with the points of its alerts, a light curve ends with its last night of detection', async t => {
  const folder = folderOf(t, { 'a.DAT': generatedLightCurve(7, true) })
  const [all] = (await readLabelledObjects([folder], 'all')).objects
  const [alerts] = (await readLabelledObjects([folder], 'alerts')).objects
  const detections = all!.points.filter(({ psfFlux, psfFluxErr }) => psfFlux > 5 * psfFluxErr)
  assert.equal(alerts!.points.at(-1)!.midpointMjdTai, detections.at(-1)!.midpointMjdTai)
  assert.ok(alerts!.points.length < all!.points.length && alerts!.points.length >= detections.length)
})
