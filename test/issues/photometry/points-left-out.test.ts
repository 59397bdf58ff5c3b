/** Points that could not be used disappeared without a word, with exit code 0. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { PointReport } from '../../../src/alert/points/point-report.ts'
import { leftOutOf, PointTally } from '../../../src/alert/points/left-out.ts'
import { readLabelledObjects } from '../../../src/training/data/labelled-object.ts'
import { candela } from '../../e2e/candela-process.ts'
import { plainAlert, plainPoint } from '../../fixtures/plain-alerts.ts'
import { openService } from '../../http/service.ts'
import { temporaryFolder } from '../../pipeline.ts'

const night = (k: number, changes: object = {}): object => plainPoint({ midpointMjdTai: 60000 + k, ...changes })
const points = [night(0), night(1, { band: 'V' }), night(2, { band: 'V' }), night(3, { band: 'clear' }), night(4, { psfFlux: null })]
const snana = (snid: number, bands: string): string =>
  `SURVEY: DES\nSNID: ${snid}\nSIM_COMMENT: SN Type = Ia , MODEL = x\nNVAR: 4\nVARLIST: MJD FLT FLUXCAL FLUXCALERR\n${[...bands].map((band, k) => `OBS: ${56000 + k} ${band} 100 5`).join('\n')}\nEND:\n`

test('replay counts them in each line and in the last, and warns where most of a file was left out', async t => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'a.json'), JSON.stringify(plainAlert({ points })))
  writeFileSync(join(folder, 'b.json'), JSON.stringify(plainAlert({ diaObjectId: '43', points: points.slice(0, 2) })))
  // Without a detection in a known band there is no alert, and nothing would say so.
  writeFileSync(join(folder, 'c.DAT'), snana(7, 'VVRR'))
  const { status, stdout, stderr } = await candela(t, ['replay', folder, '--engine', 'wasm'])
  assert.equal(status, 0, stderr)
  assert.deepEqual(stdout.trim().split('\n').map(line => (JSON.parse(line) as { leftOut?: object }).leftOut), [{ 'band-unknown': 3, 'flux-missing': 1 }, { 'band-unknown': 1 }])
  assert.match(stderr, /a\.json: 4 of 5 points were left out \(band-unknown 3: V, clear; flux-missing 1\); .*--band-names/)
  assert.doesNotMatch(stderr, /b\.json/)
  assert.match(stderr, /c\.DAT: 4 of 4 points were left out \(band-unknown 4: V, R\)/)
  assert.match(stderr, /received 2 = .*; 9 of 11 points were left out \(band-unknown 8: V, R, clear; flux-missing 1\); .* alerts\/s/)
})

test('what is posted has its counts and a warning in the answer; so has what is classified in hand', async t => {
  const service = await openService(t)
  const ask = async (url: string, payload: object): Promise<{ outcomes: Array<{ leftOut?: object }>, warnings?: string[] }> => (await service.ask({ method: 'POST', url, payload })).json()
  const posted = await ask('/v1/alerts', plainAlert({ points }))
  assert.deepEqual(posted.outcomes[0]!.leftOut, { 'band-unknown': 3, 'flux-missing': 1 })
  assert.match(posted.warnings![0]!, /^the request: 4 of 5 points were left out \(band-unknown 3: V, clear; flux-missing 1\)/)
  const fine = await ask('/v1/alerts', plainAlert({ diaObjectId: '43' }))
  assert.deepEqual([fine.outcomes[0]!.leftOut, fine.warnings], [undefined, undefined])
  const classified = await ask('/v1/classify', { objects: [{ points: points.slice(0, 2) }, { points }] })
  assert.deepEqual(classified.warnings?.map(warning => warning.slice(0, 80)), ['objects.1: 4 of 5 points were left out (band-unknown 3: V, clear; flux-missing 1'])
  assert.equal((await ask('/v1/classify', { objects: [{ points: points.slice(0, 2) }] })).warnings, undefined)
})

test('training and evaluation hear of them by file', async t => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, '1.DAT'), snana(1, 'grizV'))
  writeFileSync(join(folder, '2.DAT'), snana(2, 'gVVV'))
  const warnings: string[] = []
  const report = new PointReport(warning => warnings.push(warning))
  const { objects } = await readLabelledObjects([folder], 'all', null, report)
  assert.equal(objects.length, 2)
  assert.equal(report.end(), '4 of 9 points were left out (band-unknown 4: V)')
  assert.deepEqual(warnings.map(warning => /\d\.DAT: \d of \d/.exec(warning)?.[0]), ['2.DAT: 3 of 4'])
})

test('names and warnings are few, short and printable, however many there are', () => {
  const tally = new PointTally()
  const odd = Array.from({ length: 500 }, (_, k) => ({ diaSourceId: null, reason: 'band-unknown' as const, band: `\u001b[31m${k}` }))
  tally.add(1, odd)
  assert.deepEqual(leftOutOf(odd), { 'band-unknown': 500 })
  assert.equal(tally.bands.length, 9)
  // eslint-disable-next-line no-control-regex
  assert.doesNotMatch(tally.describe(), /\u001b/)
  const warnings: string[] = []
  const report = new PointReport(warning => warnings.push(warning))
  for (let k = 0; k < 100; k++) report.add(`file ${k}`, { points: [], omitted: odd.slice(0, 1) })
  report.end()
  assert.equal(warnings.length, 11)
  assert.equal(warnings.at(-1), 'most points of 90 more were left out')
})
