import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { parse } from 'yaml'
import { readLightCurves } from '../../../src/alert/snana/light-curves.ts'
import type { SkyName } from '../../../src/simulator/passbands/surveys.ts'
import { simulationSettings } from '../../../src/simulator/settings.ts'
import { estimateMix } from '../../../src/simulator/rates/estimate.ts'
import { SkyThreads } from '../../../src/simulator/workers/threads.ts'
import { writeSky, type SkySummary, type WriteSkyOptions } from '../../../src/simulator/workers/write-sky.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { generatedLightCurve } from '../snana/generated-light-curves.ts'
import { FAILS } from './generated-sky.ts'

const GENERATED = new URL('generated-sky.ts', import.meta.url)
const settings = simulationSettings.parse({})

const write = async (folder: string, seed: number, given: Partial<WriteSkyOptions> = {}, sky: SkyName = 'des'): Promise<SkySummary> =>
  await writeSky({ sky: { sky, folder: '', seed, settings }, objects: 320, folder, jobs: 2, gzip: false, force: false, version: '0.0', module: GENERATED, objectsPerPair: 100, ...given })

const hashes = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map(name => [name, createHash('sha256').update(readFileSync(join(folder, name))).digest('hex')]))

test('one thread and two write the same bytes, object by object, and a README that is YAML', async (t: TestContext) => {
  const [one, two] = [temporaryFolder(t), temporaryFolder(t)]
  const progress: number[] = []
  const summary = await write(one, 5, { jobs: 1, onProgress: objects => progress.push(objects) })
  await write(two, 5, { jobs: 2 })
  assert.deepEqual(hashes(one), hashes(two))
  assert.deepEqual([summary.objects, summary.pairs.length, progress], [320, 4, [50, 100, 150, 200, 250, 300, 320]])
  let index = 0
  for await (const read of readLightCurves([one])) {
    assert.ok('curve' in read)
    assert.deepEqual(read.curve.points.map(point => point.midpointMjdTai), [...generatedLightCurve('des', 5, index++).photometry.mjd])
  }
  assert.equal(index, 320)
  const { DOCUMENTATION: readme } = parse(readFileSync(join(one, 'CANDELA_DES.README'), 'utf8')) as { DOCUMENTATION: Record<string, Record<string, unknown>> }
  assert.deepEqual([readme['OVERVIEW']!['SURVEY'], readme['INPUT_KEYS']!['RANSEED'], readme['OUTPUT_SUMMARY']!['NOBS_WRITE'], readme['GENTYPE_TO_NAME']!['2222']], ['DES', 5, summary.observations, 'Ia'])
  assert.deepEqual(readme['OUTPUT_SUMMARY']!['BY_CLASS'], summary.classes)
})

test('an object that cannot be made ends the simulation with its number; whole pairs stay', async t => {
  for (const [seed, message] of [[FAILS.seed, /object 77: no such spectrum/], [FAILS.endsWithSeed, /a thread ended at object 77: exit code 9/]] as const) {
    const folder = temporaryFolder(t)
    await assert.rejects(write(folder, seed, { objectsPerPair: 50, jobs: 1 }), (error: Error & { code: string }) => error.code === 'simulation-failed' && message.test(error.message))
    assert.deepEqual(readdirSync(folder), ['CANDELA_DES-0001_HEAD.FITS', 'CANDELA_DES-0001_PHOT.FITS'])
  }
})

test('what is made when it is stopped is written, and every file is whole', async t => {
  const folder = temporaryFolder(t)
  const stopping = new AbortController()
  const { objects, pairs } = await write(folder, 5, { objects: 5000, jobs: 1, signal: stopping.signal, onProgress: objects => { if (objects >= 150) stopping.abort() } })
  assert.ok(objects >= 150 && objects < 1000, `${objects} objects`)
  assert.equal(readdirSync(folder).length, 2 * pairs.length + 2)
  let read = 0
  for await (const one of readLightCurves([folder])) read += Number('curve' in one)
  assert.equal(read, objects)
})

test('threads make the attempts of every class, and the mix follows', async () => {
  const threads = new SkyThreads(GENERATED, { sky: 'des', folder: '', seed: 5, settings }, 1)
  try {
    const progress: string[] = []
    const { mix: { area, classes }, shares: { alerts } } = await estimateMix(threads, 'des', 120, 2, (done, all) => progress.push(`${done}/${all}`))
    assert.deepEqual([area, progress.at(-1)], [100, '240/240'])
    // A quarter of 200 events a year; half of 300 stars in ten years.
    assert.deepEqual(classes.map(({ class: skyClass, attempts, newObjectsPerYear }) => [skyClass, attempts, newObjectsPerYear.value]), [['Ia', 120, 50], ['RRL', 120, 15]])
    // 50 events a year with one and nine alerts; 15 stars a year with 50 and 150, as if followed for two years at a time.
    assert.deepEqual([alerts.Ia.slice(0, 3), alerts.RRL.slice(0, 3)], [[50, 450, 0], [750, 2250, 0]])
  } finally {
    await threads.close()
  }
})
