import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { createSky } from '../../../src/simulator/live/sky.ts'
import { candela, start } from '../../e2e/candela-process.ts'
import { lasairObject, lasairSource, plainAlert } from '../../fixtures/plain-alerts.ts'
import { needs, sharedData } from '../../parts.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { usages } from '../usages.ts'

interface Line { diaObjectId: string | null, diaSourceId: string | null, midpointMjdTai: number | null, outcome: string, reason?: string, probabilityIa?: number, probabilityIaErr?: number, classProbabilities?: Record<string, number>, epochs?: number, revision?: number, origin?: string, classifierName: string, classifierVersion: string }
const linesOf = (stdout: string): Line[] => stdout.split('\n').filter(Boolean).map(line => JSON.parse(line) as Line)

/** SNANA's text form of a supernova-like light curve, every fourth day in r and i. */
function snanaText (snid: number): string {
  const rows = Array.from({ length: 16 }, (_, k) => {
    const mjd = 56200 + 4 * Math.floor(k / 2) + 0.01 * (k % 2)
    const flux = 200 * Math.exp(-(((mjd - 56212) / 9) ** 2))
    return `OBS:  ${mjd.toFixed(3)}  ${k % 2 ? 'i' : 'r'} NULL  ${flux.toExponential(3)}   5.000e+00   ${(flux / 5).toFixed(2)}   99.000    5.000   99.001`
  })
  return `SURVEY: DES\nSNID:   ${snid}\nRA:      36.000000  deg\nDECL:    -4.500000  deg\nMWEBV:   0.0300    MW E(B-V)\nHOST_GALAXY_PHOTO-Z:   0.3126  +- 0.0218\nNOBS: ${rows.length}\nNVAR: 9\nVARLIST:  MJD  FLT FIELD   FLUXCAL   FLUXCALERR   SNR    MAG     MAGERR  SIM_MAG\n${rows.join('\n')}\nEND:\n`
}

test('SNANA light curves are played night by night: a line for each night with a detection', async t => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'DES_SN000007.DAT'), snanaText(7))
  const { status, stdout, stderr } = await candela(t, ['replay', folder, '--engine', 'wasm'])
  assert.equal(status, 0, stderr)
  const lines = linesOf(stdout)
  // S/N > 5 where 200·exp(−(Δt/9)²) > 25, within 12.98 days of 56212: nights 56200 (Δt 12), 56204 … 56224.
  assert.deepEqual(lines.map(({ midpointMjdTai }) => Math.floor(midpointMjdTai!)), [56200, 56204, 56208, 56212, 56216, 56220, 56224])
  assert.deepEqual(lines.map(({ epochs }) => epochs), [2, 4, 6, 8, 10, 12, 14])
  for (const line of lines) {
    assert.equal(line.diaObjectId, '7')
    assert.equal(line.outcome, 'classified')
    assert.ok(line.probabilityIa! > 0 && line.probabilityIa! < 1)
    assert.equal(line.classifierName, 'sky')
  }
  assert.match(stderr, /received 7 = classified 7 \+ declined 0 \+ duplicate 0 \+ dead-lettered 0/)
})

test('damaged files and records become dead letters; the alerts around them are processed', async t => {
  const folder = temporaryFolder(t)
  const alerts = createSky({ seed: 5 }).night(0).slice(0, 3)
  alerts.forEach(({ bytes }, k) => writeFileSync(join(folder, `${k}.avro`), bytes))
  writeFileSync(join(folder, '1a-text.avro'), 'not an alert')
  writeFileSync(join(folder, '1b-empty.avro'), '')
  writeFileSync(join(folder, '1c-truncated.avro'), alerts[1]!.bytes.subarray(0, 200))
  writeFileSync(join(folder, '1d-unknown-schema.avro'), Buffer.concat([Buffer.from([0, 0, 0, 0x13, 0x88]), alerts[1]!.bytes.subarray(5)]))
  writeFileSync(join(folder, '1e.DAT'), 'SNID: 5\nOBS: this is no row\n')
  writeFileSync(join(folder, '1f.tar.xz'), 'no archive')
  const { status, stdout, stderr } = await candela(t, ['replay', folder, '--engine', 'wasm'])
  assert.equal(status, 1)
  const lines = linesOf(stdout)
  assert.deepEqual(lines.map(({ outcome }) => outcome), ['classified', 'classified', ...Array<string>(6).fill('dead-lettered'), 'classified'])
  for (const line of lines.slice(2, 8)) {
    assert.ok(line.reason && line.origin?.startsWith(folder), JSON.stringify(line))
    assert.ok(stderr.includes(line.origin!))
  }
  assert.deepEqual(lines.filter(({ outcome }) => outcome === 'classified').map(({ diaObjectId }) => diaObjectId), alerts.map(({ diaObjectId }) => diaObjectId))
  assert.match(stderr, /received 9 = classified 3 \+ declined 0 \+ duplicate 0 \+ dead-lettered 6/)
})

test('JSON alerts of folders and of standard input, as files and as lines; a bad line is named', async t => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'a.json'), lasairObject([lasairSource()]))
  writeFileSync(join(folder, 'b.jsonl'), `${JSON.stringify(plainAlert({ diaObjectId: '1' }))}\n{"diaObjectId": 2}\n`)
  writeFileSync(join(folder, 'c.ndjson'), JSON.stringify(plainAlert({ diaObjectId: '3' })))
  const { status, stdout, stderr } = await candela(t, ['replay', folder, '--engine', 'wasm'])
  assert.equal(status, 1)
  assert.deepEqual(linesOf(stdout).map(({ diaObjectId, outcome }) => [diaObjectId, outcome]), [
    ['313637921267122191', 'classified'], ['1', 'classified'], [null, 'dead-lettered'], ['3', 'classified']
  ])
  assert.match(stderr, /b\.jsonl: line 2: diaSourceId is missing/)

  for (const [dialect, expected] of [['json', 'classified'], ['lsst', 'dialect-mismatch']] as const) {
    const piped = await candela(t, ['replay', '-', '--dialect', dialect, '--engine', 'wasm'], {}, JSON.stringify(plainAlert({ diaObjectId: '900719925474099312' })))
    const [line] = linesOf(piped.stdout)
    assert.equal(line!.reason ?? line!.outcome, expected)
    if (expected === 'classified') assert.equal(line!.diaObjectId, '900719925474099312')
    else assert.equal(line!.origin, 'stdin')
  }
})

test('with --data-dir a second replay of the same alerts brings only duplicates', async t => {
  const folder = temporaryFolder(t)
  const files = join(folder, 'files')
  mkdirSync(files)
  createSky({ seed: 6 }).night(1).slice(0, 5).forEach(({ bytes }, k) => writeFileSync(join(files, `${k}.avro`), bytes))
  const args = ['replay', files, '--data-dir', join(folder, 'data'), '--engine', 'wasm']
  assert.equal((await candela(t, args)).status, 0)
  const { stdout, stderr } = await candela(t, args)
  assert.deepEqual([...new Set(linesOf(stdout).map(({ outcome }) => outcome))], ['duplicate'])
  assert.match(stderr, /received 5 = classified 0 \+ declined 0 \+ duplicate 5/)
})

test('a reader of stdout that has gone ends the replay quietly, and an interrupt leaves no temporary store', async t => {
  const folder = temporaryFolder(t)
  const temporary = join(folder, 'tmp')
  mkdirSync(temporary)
  for (let snid = 1; snid <= 400; snid++) writeFileSync(join(folder, `${snid}.DAT`), snanaText(snid))
  const gone = start(t, ['replay', folder, '--engine', 'wasm'], { TMPDIR: temporary })
  const complaints = text(gone.stderr)
  gone.stdout.once('data', () => gone.stdout.destroy())
  const [status] = await once(gone, 'close') as [number | null]
  assert.equal(status, 0, await complaints)
  assert.doesNotMatch(await complaints, /EPIPE|Error/)

  const interrupted = start(t, ['replay', folder, '--engine', 'wasm'], { TMPDIR: temporary })
  interrupted.stdout.once('data', () => interrupted.kill('SIGINT'))
  interrupted.stdout.resume()
  assert.deepEqual(await once(interrupted, 'close'), [1, null])
  assert.deepEqual(readdirSync(temporary), [])
})

test('a folder without alerts is said so', async t => {
  const { status, stderr } = await candela(t, ['replay', temporaryFolder(t), '--engine', 'wasm'])
  assert.equal(status, 0)
  assert.match(stderr, /no alert in what was given/)
})

test('the 82 ELAsTiCC alerts give 82 lines, each with its outcome, and every id is exact', async t => {
  if (!needs(t, 'shared-data')) return
  const folder = join(sharedData, 'alerts', 'elasticc')
  const { status, stdout } = await candela(t, ['replay', folder, '--engine', 'wasm'])
  assert.equal(status, 0)
  const lines = linesOf(stdout)
  assert.equal(lines.length, 82)
  const named = readdirSync(folder).sort().map(name => /obj(\d+)_src(\d+)/.exec(name)!)
  assert.deepEqual(lines.map(({ diaObjectId, diaSourceId }) => [diaObjectId, diaSourceId]), named.map(match => [match[1]!, match[2]!]))
  for (const { outcome, reason, probabilityIa } of lines) {
    assert.ok(outcome === 'classified' ? probabilityIa !== undefined : outcome === 'declined' && reason !== undefined)
  }
})

test('50 SPCC objects are played with every outcome named, on both engines alike', async t => {
  if (!needs(t, 'shared-data') || !needs(t, 'tensorflow')) return
  const folder = temporaryFolder(t)
  const { readLightCurveFiles } = await import('../../../src/alert/snana/light-curve-files.ts')
  let count = 0
  for await (const { path, text } of readLightCurveFiles([join(sharedData, 'spcc', 'SIMGEN_PUBLIC_DES.tar.xz')], { onUnreadable: error => { throw error } })) {
    writeFileSync(join(folder, path.split('/').at(-1)!), text)
    if (++count === 50) break
  }
  const outputs = []
  for (const engine of ['tensorflow', 'wasm']) {
    const { status, stdout } = await candela(t, ['replay', folder, '--engine', engine])
    assert.equal(status, 0)
    outputs.push(linesOf(stdout))
  }
  const [tensorflow, wasm] = outputs as [Line[], Line[]]
  assert.equal(new Set(tensorflow.map(({ diaObjectId }) => diaObjectId)).size, 50)
  assert.equal(wasm.length, tensorflow.length)
  tensorflow.forEach((line, k) => {
    assert.equal(line.outcome, 'classified')
    assert.ok(Math.abs(line.probabilityIa! - wasm[k]!.probabilityIa!) < 1e-5)
    assert.ok(Math.abs(line.probabilityIaErr! - wasm[k]!.probabilityIaErr!) < 1e-5)
    for (const [name, probability] of Object.entries(line.classProbabilities!)) assert.ok(Math.abs(probability - wasm[k]!.classProbabilities![name]!) < 2e-4, name)
    const apart = { probabilityIa: 0, probabilityIaErr: 0, classProbabilities: {} }
    assert.deepEqual({ ...line, ...apart }, { ...wasm[k]!, ...apart })
  })
})

test('wrong usage ends with 2, a path or a model that is not there with 1, and each says what to do', async t => {
  const missing = await candela(t, ['replay', '/does/not/exist.avro'])
  assert.equal(missing.status, 1)
  assert.match(missing.stderr, /no such file or folder: \/does\/not\/exist\.avro \[path-not-found\]/)
  const model = await candela(t, ['replay', '.', '--model', 'sncc'])
  assert.equal(model.status, 1)
  assert.match(model.stderr, /no model 'sncc' \[model-not-found\][^]*spcc\/1\.2/)
  const wrong = [['replay'], ['replay', '--colour', 'red', '.'], ['reply'], ['replay', '.', '--engine', 'gpu'], ['replay', '.', '--dialect', 'sdss']]
  for (const [k, { status, stderr, stdout }] of (await usages(t, wrong)).entries()) {
    assert.equal(status, 2, wrong[k]!.join(' '))
    assert.notEqual(stderr, '')
    assert.equal(stdout, '')
  }
})

test('--help of every command shows its options and an example', async t => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }
  assert.equal((await candela(t, ['--version'])).stdout.trim(), version)
  const commands = ['serve', 'replay', 'dead-letters', 'train', 'evaluate', 'simulate']
  for (const [k, { status, stdout }] of (await usages(t, commands.map(command => [command, '--help']))).entries()) {
    const command = commands[k]
    assert.equal(status, 0)
    assert.match(stdout, new RegExp(`Usage: candela ${command}[^]*Example[^]*candela ${command}`))
  }
})
