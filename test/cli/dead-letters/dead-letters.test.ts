import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import { createSky } from '../../../src/simulator/live/sky.ts'
import type { DeadLetterFacts } from '../../../src/state/views.ts'
import { candela, serve, type Finished } from '../../e2e/candela-process.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { usages } from '../usages.ts'

const ENGINE = ['--engine', 'wasm']
const linesOf = <Line>({ stdout }: Finished): Line[] => stdout.split('\n').filter(Boolean).map(line => JSON.parse(line) as Line)

let original: string
let framed: Buffer

/** A data folder with two letters: an alert of schema 5000, and text. */
before(async () => {
  original = mkdtempSync(join(tmpdir(), 'candela-test-'))
  const [alert] = createSky({ seed: 5 }).night(0)
  framed = Buffer.concat([Buffer.from([0, 0, 0, 0x13, 0x88]), alert!.bytes.subarray(5)])
  writeFileSync(join(original, '1.avro'), framed)
  writeFileSync(join(original, '2.avro'), 'not an alert')
  const { status, stderr } = await candela({ after }, ['replay', join(original, '1.avro'), join(original, '2.avro'), '--data-dir', join(original, 'data'), ...ENGINE])
  assert.equal(status, 1)
  assert.match(stderr, /dead-lettered 2 \(schema-unknown 1, dialect-unknown 1\)/)
})
after(() => rmSync(original, { recursive: true, force: true }))

function folderWithLetters (t: TestContext): { folder: string, data: string } {
  const folder = temporaryFolder(t)
  cpSync(original, folder, { recursive: true })
  return { folder, data: join(folder, 'data') }
}

test('dead letters of a folder are listed, shown with their bytes, and put through again once the schema is there', async t => {
  const { folder, data } = folderWithLetters(t)
  const listed = await candela(t, ['dead-letters', 'list', '--data-dir', data])
  assert.equal(listed.status, 0, listed.stderr)
  const lines = listed.stdout.trimEnd().split('\n')
  assert.match(lines[0]!, /^ +2 {2}\d{4}-\S+Z {2}dialect-unknown +12 {2}.*2\.avro$/)
  assert.match(lines[1]!, /^ +1 {2}\d{4}-\S+Z {2}schema-unknown .*1\.avro$/)
  const json = linesOf<DeadLetterFacts>(await candela(t, ['dead-letters', 'list', '--json', '--oldest-first', '--limit', '1', '--data-dir', data]))
  assert.deepEqual(json.map(({ number, bytes, attempts }) => [number, bytes, attempts]), [[1, framed.length, 1]])

  const out = join(folder, 'letter')
  const shown = await candela(t, ['dead-letters', 'show', '1', '--data-dir', data, '--out', out])
  assert.match(shown.stdout, /dead letter 1\n {2}code: +schema-unknown\n {2}message: +no schema with id 5000/)
  assert.deepEqual(readFileSync(out), framed)

  const again = await candela(t, ['dead-letters', 'replay', '1', '--data-dir', data, ...ENGINE])
  assert.equal(again.status, 1)
  assert.match(again.stderr, /received 1 = .* dead-lettered 1 \(schema-unknown 1\); of 1 dead letters 0 settled, 1 standing/)
  const schemas = join(folder, 'schemas')
  cpSync(new URL('../../../schemas/lsst/10.0', import.meta.url), join(schemas, '50.0'), { recursive: true })
  const fixed = await candela(t, ['dead-letters', 'replay', '--code', 'schema-unknown', '--data-dir', data, '--schema-dir', schemas, ...ENGINE])
  assert.equal(fixed.status, 0, fixed.stderr)
  assert.deepEqual(linesOf<{ deadLetter: number, outcome: string, classifierName: string }>(fixed).map(({ deadLetter, outcome, classifierName }) => [deadLetter, outcome, classifierName]), [[1, 'classified', 'sky']])
  assert.match(fixed.stderr, /received 1 = classified 1 .* of 1 dead letters 1 settled, 0 standing/)
  const rest = linesOf<DeadLetterFacts>(await candela(t, ['dead-letters', 'list', '--json', '--data-dir', data]))
  assert.deepEqual(rest.map(({ number }) => number), [2])
})

test('a folder that a service uses can be read; a replay is refused and goes through the service', async t => {
  const { data } = folderWithLetters(t)
  const service = await serve(t, ['--data-dir', data, '--sky-night-seconds', '60', ...ENGINE])
  const beside = linesOf<DeadLetterFacts>(await candela(t, ['dead-letters', 'list', '--json', '--data-dir', data]))
  const through = linesOf<DeadLetterFacts>(await candela(t, ['dead-letters', 'list', '--json', '--url', service.url]))
  assert.deepEqual(beside.map(({ number }) => number), [2, 1])
  assert.deepEqual(through, beside)
  const refused = await candela(t, ['dead-letters', 'replay', '--data-dir', data, ...ENGINE])
  assert.equal(refused.status, 1)
  assert.match(refused.stderr, /data-folder-in-use[^]*--url/)

  const replayed = await candela(t, ['dead-letters', 'replay', '2', '--url', service.url])
  assert.equal(replayed.status, 1)
  assert.deepEqual(linesOf<{ deadLetter: number, reason: string }>(replayed).map(({ deadLetter, reason }) => [deadLetter, reason]), [[2, 'dialect-unknown']])
  const shown = await candela(t, ['dead-letters', 'show', '2', '--json', '--url', service.url])
  assert.equal((JSON.parse(shown.stdout) as DeadLetterFacts).attempts, 2)
  const missing = await candela(t, ['dead-letters', 'show', '9', '--url', service.url])
  assert.deepEqual([missing.status, /there is no dead letter 9 \[dead-letter-not-found\]/.test(missing.stderr)], [1, true])
  await service.stop('SIGINT')
  const gone = await candela(t, ['dead-letters', 'list', '--url', service.url])
  assert.deepEqual([gone.status, /does not answer.*\[service-unreachable\]/.test(gone.stderr)], [1, true])
})

test('dead letters are discarded from a folder by number, code or age, and through a service; their count stands', async t => {
  const { data } = folderWithLetters(t)
  const young = await candela(t, ['dead-letters', 'discard', '--older-than', '1', '--data-dir', data])
  assert.deepEqual([young.status, young.stderr], [0, 'discarded 0 dead letters\n'])
  assert.match((await candela(t, ['dead-letters', 'discard', '--code', 'schema-unknown', '--data-dir', data])).stderr, /discarded 1 dead letters/)
  const missing = await candela(t, ['dead-letters', 'discard', '1', '--data-dir', data])
  assert.deepEqual([missing.status, /\[dead-letter-not-found\]/.test(missing.stderr)], [1, true])
  const service = await serve(t, ['--data-dir', data, '--sky-night-seconds', '60', ...ENGINE])
  const refused = await candela(t, ['dead-letters', 'discard', '2', '--data-dir', data])
  assert.match(refused.stderr, /data-folder-in-use[^]*--url/)
  assert.match((await candela(t, ['dead-letters', 'discard', '--all', '--url', service.url])).stderr, /discarded 1 dead letters/)
  const { deadLetters, deadLettersDiscarded, accounting: { deadLettered } } = await (await fetch(`${service.url}/v1/statistics`)).json() as { deadLetters: number, deadLettersDiscarded: number, accounting: { deadLettered: number } }
  assert.deepEqual({ deadLetters, deadLettersDiscarded, deadLettered }, { deadLetters: 0, deadLettersDiscarded: 2, deadLettered: 2 })
  await service.stop('SIGINT')
})

test('wrong usage ends with 2, a folder that is not there with 1', async t => {
  const none = await candela(t, ['dead-letters', 'list', '--data-dir', join(temporaryFolder(t), 'none')])
  assert.equal(none.status, 1)
  assert.match(none.stderr, /data-folder-missing/)
  const wrong = [['show'], ['show', 'x'], ['replay', '0'], ['replay', '1', '--code', 'a'], ['list', '--limit', '0'], ['list', '--url', 'x:'], ['list', '--url', 'http://localhost', '--data-dir', 'x'], ['lost'],
    ['discard'], ['discard', '1', '--all'], ['discard', '--older-than', 'x']]
  for (const [k, { status, stderr, stdout }] of (await usages(t, wrong.map(args => ['dead-letters', ...args]))).entries()) {
    assert.equal(status, 2, `${wrong[k]!.join(' ')}: ${stderr}`)
    assert.equal(stdout, '')
  }
})

test('--help of each command shows an example', async t => {
  const commands = ['list', 'show', 'replay', 'discard']
  for (const [k, { status, stdout }] of (await usages(t, commands.map(command => ['dead-letters', command, '--help']))).entries()) {
    const command = commands[k]
    assert.equal(status, 0)
    assert.match(stdout, new RegExp(`Usage: candela dead-letters ${command}[^]*Example[^]*candela dead-letters ${command}`))
  }
})
