import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test, type TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { CheckSummary } from '../../src/state/check/check.ts'
import type { Finding } from '../../src/state/check/findings.ts'
import { runCampaign } from '../check/campaign.ts'
import { fillFolder } from '../check/damaged-folder.ts'
import { usages } from '../cli/usages.ts'
import { temporaryFolder } from '../pipeline.ts'
import { flipped, RawFolder } from '../state/checked-folder.ts'
import { candela, serve, start } from './candela-process.ts'

/** Of LMDB's file [bytes]. */
const PAGE = 4096
const ENGINE = ['--engine', 'wasm']

async function filled (t: TestContext, objects: number): Promise<string> {
  const folder = temporaryFolder(t)
  await fillFolder(folder, objects)
  return folder
}

test('candela check: a sound folder, and one with damaged records', async t => {
  const folder = await filled(t, 30)
  const sound = await candela(t, ['check', '--data-dir', folder, '--json', ...ENGINE])
  assert.deepEqual([sound.status, sound.stdout], [0, ''], sound.stderr)
  const { objects, points, replayed, findings, complete } = JSON.parse(sound.stderr) as CheckSummary
  assert.deepEqual({ objects, points, replayed, findings, complete }, { objects: 30, points: 234, replayed: 30, findings: 0, complete: true })

  const raw = new RawFolder(folder)
  const [first, second] = [...raw.objects.getKeys()]
  raw.objects.putSync(first!, flipped(raw.objects.get(first!)!))
  raw.change(record => { record.tip!.network[0]! += 1 }, second)
  await raw.close()
  const damaged = await candela(t, ['check', '--data-dir', folder, ...ENGINE])
  assert.equal(damaged.status, 1)
  const lines = damaged.stdout.trim().split('\n').map(line => JSON.parse(line) as Finding)
  assert.deepEqual(lines.map(({ diaObjectId, code }) => [diaObjectId, code]), [[first, 'record-unreadable'], [second, 'state-wrong']])
  assert.equal(lines[1]!.action, `candela rebuild --force ${second}`)
  assert.match(damaged.stderr, /^30 objects, .* 2 findings \(record-unreadable 1, state-wrong 1\); \d+ objects\/s, engine wasm \S+, model sky\/\S+\n$/)
})

test('candela check beside the service that uses the folder', async t => {
  const folder = temporaryFolder(t)
  const service = await serve(t, ['--data-dir', folder, '--sky-night-seconds', '4', ...ENGINE])
  await service.logged(/first classification/)
  const points: number[] = []
  for (let k = 0; k < 3; k++) {
    const { status, stdout, stderr } = await candela(t, ['check', '--data-dir', folder, '--json', ...ENGINE])
    assert.deepEqual([status, stdout], [0, ''], stderr)
    const summary = JSON.parse(stderr) as CheckSummary
    assert.ok(summary.objects > 0)
    points.push(summary.points)
  }
  assert.ok(points.at(-1)! > points[0]!, `the service went on meanwhile: ${points.join(' ')} points`)
  assert.equal((await service.stop('SIGTERM')).status, 0)
})

test('where the tree of pages is damaged the check says how far it came', async t => {
  const folder = await filled(t, 200)
  const path = join(folder, 'data.mdb')
  const bytes = readFileSync(path)
  // Of each branch page (flags at 18, end of the free space at 22): every child is far behind the end of the file.
  for (let page = 2 * PAGE; page < bytes.length; page += PAGE) {
    if ((bytes.readUInt16LE(page + 18) & 1) !== 0) bytes.fill(0x3f, page + bytes.readUInt16LE(page + 22), page + PAGE)
  }
  writeFileSync(path, bytes)
  const { status, stdout, stderr } = await candela(t, ['check', '--data-dir', folder, ...ENGINE])
  assert.equal(status, 1)
  damagedStructure(stdout, /the walk ended at or behind /)
  assert.doesNotMatch(stderr, /^\s+at /m)
})

/** As reading behind the end of the mapped file does; what LMDB meets there differs from run to run. */
test('where the process that reads the file is ended by a fault, the check itself is not', { skip: process.platform !== 'linux' && 'needs /proc' }, async t => {
  const folder = await filled(t, 200)
  const child = start(t, ['check', '--data-dir', folder, ...ENGINE])
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number | null]>])
  let reader = ''
  while (reader === '') {
    reader = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim()
    await setTimeout(5)
  }
  process.kill(Number(reader), 'SIGSEGV')
  const [stdout, stderr, [status]] = await ended
  assert.equal(status, 1)
  damagedStructure(stdout, /the walk ended at or behind .*SIGSEGV/)
  assert.match(stderr, /^1 findings; the walk did not come to its end\n$/)
})

function damagedStructure (stdout: string, message: RegExp): void {
  const last = JSON.parse(stdout.trim().split('\n').at(-1)!) as Finding
  assert.equal(last.code, 'structure-damaged')
  assert.match(last.message, message)
  assert.match(last.action, /Restore/)
}

test('a folder that cannot be checked is a clear error, wrong usage another', async t => {
  const none = await candela(t, ['check', '--data-dir', join(temporaryFolder(t), 'none'), ...ENGINE])
  assert.equal(none.status, 1)
  assert.match(none.stderr, /^candela: there is no data folder at .*\[data-folder-missing\]\n {2}\S/)
  const other = temporaryFolder(t)
  writeFileSync(join(other, 'data.mdb'), 'not a database'.repeat(1000))
  const refused = await candela(t, ['check', '--data-dir', other, ...ENGINE])
  assert.deepEqual([refused.status, /is not a data file of Candela \[data-folder-unusable\]/.test(refused.stderr)], [1, true], refused.stderr)
  const wrong = [['--lost'], ['1'], ['--engine', 'x']]
  const [help, ...unusable] = await usages(t, [['--help'], ...wrong].map(args => ['check', ...args]))
  for (const [k, { status, stdout }] of unusable.entries()) assert.deepEqual([status, stdout], [2, ''], wrong[k]!.join(' '))
  assert.match(help!.stdout, /Usage: candela check[^]*Examples:\n {2}candela check --data-dir/)
})

test('20 damaged copies: each is found, refused, or no different, and no check crashes', async t => {
  const judged = await runCampaign({ folder: await filled(t, 100), copies: 20, seed: 4 })
  assert.deepEqual(judged.filter(({ noticed }) => noticed === 'fault' || noticed === 'unnoticed'), [])
  const found = judged.filter(({ noticed }) => noticed === 'findings' || noticed === 'structure damaged' || noticed === 'refused')
  assert.ok(found.length >= 8, JSON.stringify(judged))
})
