/** No file that may be data vanishes: it is read, or it is named and counted, and the exit code is 1. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { compress } from '@bokuweb/zstd-wasm'
import { readAlertFiles } from '../../../src/alert/input/alert-files.ts'
import { FileTally } from '../../../src/alert/input/tally.ts'
import { loadZstd } from '../../../src/alert/input/zstd-wasm.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../../../src/alert/schemas/source.ts'
import { readLightCurveFiles } from '../../../src/alert/snana/light-curve-files.ts'
import { readLabelledObjects } from '../../../src/training/data/labelled-object.ts'
import { scriptOf } from '../../compiled.ts'
import { candela } from '../../e2e/candela-process.ts'
import { countingSource, elasticcAlert, elasticcContainer, elasticcObject, framed, lsstAlert } from '../../fixtures/alert-packets.ts'
import { plainAlert } from '../../fixtures/plain-alerts.ts'
import { tarOf } from '../../fixtures/tar.ts'
import { ztfAlert, ztfContainer } from '../../fixtures/ztf-packets.ts'
import { needs, sharedData } from '../../parts.ts'
import { openPipeline, temporaryFolder } from '../../pipeline.ts'
import { generatedLightCurve } from '../../training/data/generated-light-curves.ts'

const lightCurve = (snid: number): string => generatedLightCurve(snid, true)
const json = (diaObjectId: string): string => JSON.stringify(plainAlert({ diaObjectId }))
const container = (id: bigint): Buffer => elasticcContainer([[elasticcAlert({ diaObject: elasticcObject({ diaObjectId: id }) })]], 'deflate')

interface ReadAll { objects: string[], lost: string[], unknown: string[], tally: FileTally }

/** The objects of what was read, in order, once each; the codes of what was not. */
async function readAll (...paths: string[]): Promise<ReadAll> {
  const all: ReadAll = { objects: [], lost: [], unknown: [], tally: new FileTally() }
  const options = {
    schemas: countingSource(),
    onPassedOver: (path: string) => all.tally.passedOver(path),
    onUnknownForm: ({ message }: Error) => all.unknown.push(message)
  }
  for await (const received of readAlertFiles(paths, options)) {
    if ('error' in received) all.lost.push(received.error.code)
    else if (all.objects.at(-1) !== received.alert.diaObjectId) all.objects.push(received.alert.diaObjectId!)
  }
  return all
}

function written (t: TestContext, files: Record<string, string | Buffer>): string {
  const folder = temporaryFolder(t)
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), bytes)
  }
  return folder
}

/** None where this machine has no xz. */
const xz = (bytes: Buffer): Buffer | undefined => {
  const { status, stdout } = spawnSync('xz', ['-c'], { input: bytes })
  return status === 0 ? stdout : undefined
}

test('compressed files are read in folders, named singly and in lists, in any letter case, by their bytes and not their names', async t => {
  await loadZstd()
  const files: Record<string, string | Buffer> = {
    'a.dat.gz': gzipSync(lightCurve(1)),
    'b.DAT.GZ': gzipSync(lightCurve(2)),
    'c.ndjson.gz': gzipSync(`${json('3')}\n${json('4')}\n`),
    'd.Json.Gz': gzipSync(json('5')),
    'e.jsonl.gz': gzipSync(json('6')),
    'f.avro.gz': gzipSync(container(7n)),
    'g.AVRO': container(8n),
    'h.json.zst': Buffer.from(compress(Buffer.from(json('9')))),
    'i.json.gz': json('10'),
    'j.json': gzipSync(gzipSync(json('11'))),
    'k.alert': container(12n)
  }
  const expected = Array.from({ length: 12 }, (_, k) => String(k + 1))
  const compressed = xz(Buffer.from(lightCurve(13)))
  if (compressed) {
    files['l.dat.xz'] = compressed
    expected.push('13')
  }
  const folder = written(t, files)
  const names = Object.keys(files)
  writeFileSync(join(folder, 'inner.LIST'), names.slice(6).join('\n'))
  writeFileSync(join(folder, 'all.txt.gz'), gzipSync([...names.slice(0, 6), 'inner.LIST'].join('\r\n')))
  for (const paths of [[folder], names.map(name => join(folder, name)), [join(folder, 'all.txt.gz')]]) {
    const { objects, lost, unknown } = await readAll(...paths)
    assert.deepEqual([lost, unknown], [[], []])
    assert.deepEqual(objects.filter(object => object.length < 4), expected)
  }
})

test('an archive gives its alerts and light curves, compressed ones, archives within it, and names what it cannot give', async t => {
  const night = await tarOf({ 'night/0.json': json('1'), 'night/1.json.gz': gzipSync(json('2')) })
  const members = {
    '._x.avro': 'mac',
    'README.txt': 'of the archive',
    'a.avro': container(3n),
    'b.DAT': lightCurve(4),
    'c.dat.gz': gzipSync(lightCurve(5)),
    'night.tar.gz': gzipSync(night),
    'what.csv': 'ra,dec\n1,2\n',
    'x_HEAD.FITS': 'SIMPLE  =',
    'y.avro.gz': gzipSync(container(6n)).subarray(0, 200),
    'z.avro': framed(lsstAlert())
  }
  const folder = written(t, { 'all.tar': await tarOf(members), 'all.TGZ': gzipSync(await tarOf(members)) })
  for (const name of ['all.tar', 'all.TGZ']) {
    const { objects, lost, unknown, tally } = await readAll(join(folder, name))
    assert.deepEqual(objects, ['3', '4', '5', '1', '2', '170028485706776685'])
    assert.deepEqual(lost, ['fits-in-archive', 'container-invalid', 'file-unreadable'])
    assert.equal(unknown.length, 1)
    assert.match(unknown[0]!, new RegExp(`${name}!what\\.csv is of no form that is read: it begins with "ra,dec`))
    assert.deepEqual(tally.parts, ['2 files passed over as no data (hidden 1, .txt 1)'])
  }
})

test('archives within more archives than anybody makes, links in circles and folders that are no files come to an end', async t => {
  let archive = await tarOf({ 'deep.json': json('1') })
  for (let depth = 0; depth < 6; depth++) archive = gzipSync(await tarOf({ 'in.tar.gz': archive }))
  const folder = written(t, { 'deep.tar.gz': archive, 'sub/a.json': json('2') })
  symlinkSync('..', join(folder, 'sub', 'up'))
  symlinkSync('gone', join(folder, 'sub', 'void.json'))
  symlinkSync('a.json', join(folder, 'sub', 'same.json'))
  const { objects, lost, unknown } = await readAll(folder)
  assert.deepEqual(objects, ['2'])
  assert.match(unknown[0]!, /an archive within 4 others/)
  assert.deepEqual(lost, ['file-unreadable', 'file-unreadable'])
})

test('what is not read is named with the reason, counted in the last line, and the exit code is 1; what is no data is counted alone', async t => {
  const gz = gzipSync(Array.from({ length: 3000 }, (_, k) => json(`o${k}`)).join('\n'))
  const folder = written(t, {
    'README.md': '# night', 'sums.sha256': '', '.DS_Store': '', 'paths.list': 'a.json', 'a.json': json('1'), 'b.bin': Buffer.from([1, 2, 3]), 'c.csv': 'a,b', 'd.zip': 'PK\x03\x04', 'e.ndjson.gz': gz.subarray(0, gz.length - 200)
  })
  const { status, stdout, stderr } = await candela(t, ['replay', folder, '--engine', 'wasm', '--batch', '5000'])
  assert.equal(status, 1)
  for (const named of [/b\.bin is of no form that is read: it begins with .*\[unknown-form\]/, /c\.csv .*\[unknown-form\]/, /d\.zip .*it is a ZIP archive \[unknown-form\]/, /e\.ndjson\.gz: .*cannot be read: unexpected end of file \[file-unreadable\]/]) assert.match(stderr, named)
  assert.match(stderr, /; 4 files not read \(unknown-form 3, file-unreadable 1\); 4 files passed over as no data \(/)
  assert.ok(stdout.split('\n').length > 1000, 'what came before the cut is read')

  const whole = written(t, { 'README.md': '# night', 'a.json': json('1') })
  const clean = await candela(t, ['replay', whole, '--engine', 'wasm'])
  assert.equal(clean.status, 0, clean.stderr)
  assert.match(clean.stderr, /; 1 file passed over as no data \(\.md 1\); /)
})

test('the folder that simulate writes is replayed as it is: its table of classes is no data', async t => {
  const out = join(temporaryFolder(t), 'sky')
  assert.equal((await candela(t, ['simulate', '--nights', '4', '--out', out])).status, 0)
  const { status, stderr } = await candela(t, ['replay', out, '--engine', 'wasm'])
  assert.equal(status, 0, stderr)
  assert.match(stderr, /1 file passed over as no data \(\.csv 1\)/)
})

test('standard input may be compressed, or an archive', async t => {
  const folder = written(t, { 'n.ndjson.gz': gzipSync(`${json('1')}\n${json('2')}`), 'n.tar.gz': gzipSync(await tarOf({ 'a.DAT': lightCurve(3), 'b.avro': ztfContainer([[ztfAlert()]]) })) })
  for (const [name, objects] of [['n.ndjson.gz', ['1', '2']], ['n.tar.gz', ['3', 'ZTF20aaelulu']]] as const) {
    const { execArgv, file } = scriptOf(new URL('../../fixtures/replay-stdin.ts', import.meta.url))
    const { status, stdout, stderr } = spawnSync('sh', ['-c', `"$0" ${execArgv.join(' ')} "$1" < "$2"`, process.execPath, file, join(folder, name)], { encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    assert.deepEqual(JSON.parse(stdout), objects)
  }
})

test('bytes that were kept as a dead letter are read as their file was', async t => {
  const { processor, deadLetterReplay } = await openPipeline(t)
  const error = Object.assign(new Error('x'), { code: 'dialect-unknown' })
  const archive = gzipSync(await tarOf({ 'a.json': json('1'), 'b.dat.gz': gzipSync(lightCurve(2)) }))
  await processor.process([
    { error: error as never, bytes: gzipSync(lightCurve(3)), origin: 'demo.dat.gz' },
    { error: error as never, bytes: archive, origin: 'POST /v1/alerts' },
    { error: error as never, bytes: Buffer.from(lightCurve(4)), origin: 'night.tar!demo.dat.gz' }
  ])
  const { outcomes } = await deadLetterReplay.replay({ limit: 10 })
  assert.deepEqual([...new Set(outcomes.map(({ diaObjectId }) => diaObjectId))], ['3', '1', '2', '4'])
  assert.deepEqual(outcomes.filter(({ outcome }) => outcome === 'dead-lettered'), [])
})

test('training, evaluation and the fit of the sky read the same, and count what they do not', async t => {
  const files = {
    'a.DAT': lightCurve(1), 'b.dat.gz': gzipSync(lightCurve(2)), 'c.TAR.GZ': gzipSync(await tarOf({ 'c.dat.gz': gzipSync(lightCurve(3)), 'SURVEY.README': 'DOCUMENTATION:' })), 'SURVEY.LIST': 'a.DAT', 'SURVEY.IGNORE': '', 'alerts.avro': container(9n), 'd.csv': 'x', 'e.dat.gz': gzipSync(lightCurve(5)).subarray(0, 300)
  }
  const folder = written(t, files)
  const { objects, passedOver, files: tally } = await readLabelledObjects([folder])
  assert.deepEqual(objects.map(({ snid }) => snid), ['1', '2', '3'])
  assert.deepEqual(passedOver.map(({ code }) => code), ['not-a-light-curve', 'unknown-form', 'file-unreadable'])
  assert.deepEqual(tally.parts, ['3 light curves not read (not-a-light-curve 1, unknown-form 1, file-unreadable 1)', '3 files passed over as no data (.ignore 1, .list 1, .readme 1)'])
  const [texts, errors]: [string[], string[]] = [[], []]
  for await (const { path } of readLightCurveFiles([folder], { onUnreadable: ({ code }) => errors.push(code) })) texts.push(path)
  assert.equal(texts.length, 3)
  assert.deepEqual(errors, ['not-a-light-curve', 'unknown-form', 'file-unreadable'])
})

test('the cases that were tried, and the public ZTF alert archive', async t => {
  if (!needs(t, 'shared-data')) return
  const cases = join(sharedData, '..', 'cases')
  const options = { schemas: schemaFolders(SHIPPED_SCHEMAS) }
  for (const [name, objects] of [['gz-passed-over', ['demo1', 'demo2', 'demo3', 'demo-json']], ['tar-of-alerts', ['demo-tar0', 'demo-tar1', 'demo-tar2']], ['pretty-json', ['demo-pretty0', 'demo-pretty1', 'demo-pretty2']]] as const) {
    if (!existsSync(join(cases, name))) continue
    const { objects: read, lost, unknown } = await readAll(join(cases, name))
    assert.deepEqual([read, lost, unknown], [objects, [], []])
  }
  const archive = join(sharedData, 'streams', 'ztf-archive')
  for (const [name, alerts, errors] of [['four-alerts', 4, 0], ['odd-members', 2, 1]] as const) {
    const file = join(archive, name, 'ztf_public_20260322.tar.gz')
    if (!existsSync(file)) continue
    const received = []
    for await (const one of readAlertFiles([file], options)) received.push(one)
    assert.deepEqual([received.filter(one => 'alert' in one).length, received.filter(one => 'error' in one).length], [alerts, errors])
  }
})
