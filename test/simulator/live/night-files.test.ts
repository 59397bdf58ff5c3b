import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../pipeline.ts'
import { decodeFile } from '../../../src/alert/decode.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../../../src/alert/schemas/source.ts'
import { writeNights } from '../../../src/simulator/live/night-files.ts'
import { createSky } from '../../../src/simulator/live/sky.ts'

const schemas = schemaFolders(SHIPPED_SCHEMAS)
const options = { seed: 4, activeObjects: 60 }

test('nights are written as container files that Candela reads, and the truth beside them', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'candela-nights-'))
  t.after(() => rm(folder, { recursive: true }))
  const progress: number[] = []
  const summary = await writeNights(options, 12, join(folder, 'out'), night => progress.push(night))
  assert.deepEqual(progress, [10])
  const sky = createSky(options)
  const nights = Array.from({ length: 12 }, (_, night) => sky.night(night))
  const names = await readdir(join(folder, 'out'))
  const expected = nights.flatMap((alerts, night) => alerts.length > 0 ? [`night-${String(night + 1).padStart(4, '0')}.avro`] : [])
  assert.deepEqual(names.sort(), [...expected, 'truth.csv'])
  const sources: string[] = []
  for (const name of expected) {
    for await (const decoded of decodeFile(await readFile(join(folder, 'out', name)), { schemas })) {
      assert.ok('alert' in decoded)
      sources.push(decoded.alert.diaSourceId)
    }
  }
  assert.deepEqual(sources, nights.flat().map(({ diaSourceId }) => diaSourceId))
  const [header, ...rows] = (await readFile(join(folder, 'out', 'truth.csv'), 'utf8')).trim().split('\n')
  assert.equal(header, 'diaObjectId,class,redshift,peakMjdTai')
  const objects = new Set(nights.flat().map(({ diaObjectId }) => diaObjectId))
  assert.equal(rows.length, objects.size)
  for (const row of rows) {
    const [id, name] = row.split(',') as [string, string]
    assert.equal(name, sky.classOf(id))
  }
  assert.equal(summary.alerts, sources.length)
  assert.equal(summary.objects, objects.size)
  assert.equal(summary.nightsLost, nights.filter(alerts => alerts.length === 0).length)
})

test('a folder that cannot be made is named', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'candela-nights-'))
  t.after(() => rm(folder, { recursive: true }))
  const file = join(folder, 'file')
  await writeFile(file, '')
  await assert.rejects(writeNights(options, 1, join(file, 'out'), () => {}), { code: 'output-not-writable', message: /file.*out/ })
})

test('nights of another sky are not written beside those that are there', async t => {
  const folder = temporaryFolder(t)
  await writeNights(options, 1, folder, () => {})
  await assert.rejects(writeNights({ ...options, seed: 99 }, 1, folder, () => {}), { code: 'output-holds-nights' })
})

test('a broker\'s form has the files that the broker has: containers, a document a line, a bucket of messages', async t => {
  const folder = temporaryFolder(t)
  const sky = createSky(options)
  const alerts = [0, 1, 2, 3].flatMap(night => sky.night(night))
  const ids = new Set(alerts.map(({ diaSourceId }) => diaSourceId))
  for (const form of ['fink', 'lasair', 'pittgoogle'] as const) {
    const out = join(folder, form)
    assert.equal((await writeNights(options, 4, out, () => {}, form)).alerts, alerts.length)
    const files = (await readdir(out, { recursive: true, withFileTypes: true })).filter(entry => entry.isFile() && entry.name !== 'truth.csv')
    const sources: string[] = []
    for (const { parentPath, name } of files) {
      for await (const decoded of decodeFile(await readFile(join(parentPath, name)), { schemas })) {
        assert.ok('alert' in decoded)
        sources.push(decoded.alert.diaSourceId)
        if (form === 'pittgoogle') assert.equal(name, `diaSourceId=${decoded.alert.diaSourceId}.avro`)
      }
    }
    assert.equal(sources.length, alerts.length)
    assert.deepEqual(new Set(sources), ids)
    await assert.rejects(writeNights(options, 1, out, () => {}), { code: 'output-holds-nights' })
  }
  await assert.rejects(writeNights(options, 1, '-', () => {}, 'pittgoogle'), /a file for each alert/)
})
