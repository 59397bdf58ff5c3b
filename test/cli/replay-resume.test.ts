import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { text } from 'node:stream/consumers'
import { test, type TestContext } from 'node:test'
import { createSky } from '../../src/simulator/live/sky.ts'
import { openLmdbStore } from '../../src/state/storage/store.ts'
import type { Accounting } from '../../src/state/views.ts'
import { candela, start } from '../e2e/candela-process.ts'
import { temporaryFolder } from '../pipeline.ts'
import { usages } from './usages.ts'

const ALERTS = 200

interface Replay { files: string, data: string, args: string[], accounting: () => Promise<Accounting> }

/** A folder of alerts in files of their own, in order of their names. */
function replayFolder (t: TestContext): Replay {
  const folder = temporaryFolder(t)
  const [files, data] = [join(folder, 'alerts'), join(folder, 'data')]
  mkdirSync(files)
  const sky = createSky({ seed: 8 })
  const packets = []
  for (let night = 0; packets.length < ALERTS; night++) packets.push(...sky.night(night))
  packets.slice(0, ALERTS).forEach(({ bytes }, k) => writeFileSync(join(files, nameOf(k)), bytes))
  return {
    files,
    data,
    args: ['replay', files, '--data-dir', data, '--engine', 'wasm'],
    async accounting () {
      const store = openLmdbStore(data)
      const { accounting } = store.reader.statistics()
      await store.close()
      return accounting
    }
  }
}

const nameOf = (k: number): string => `${String(k).padStart(4, '0')}.avro`

test('a replay that was interrupted goes on behind its last commit, by whatever path its folder is named', async t => {
  const { files, data, args, accounting } = replayFolder(t)
  const interrupted = start(t, [...args, '--batch', '1'])
  interrupted.stdout.once('data', () => interrupted.kill('SIGINT'))
  interrupted.stdout.resume()
  const [[status], said] = await Promise.all([once(interrupted, 'close') as Promise<[number | null]>, text(interrupted.stderr)])
  assert.equal(status, 1)
  assert.match(said, /stopped by SIGINT; \d+ alerts were processed, --resume goes on behind them/)
  const { received } = await accounting()
  assert.ok(received > 0 && received < ALERTS, `${received} alerts`)

  const { status: second, stdout, stderr } = await candela(t, ['replay', relative(process.cwd(), files), '--resume', '--data-dir', data, '--engine', 'wasm'])
  assert.equal(second, 0, stderr)
  assert.match(stderr, new RegExp(`on after ${received} alerts committed earlier`))
  assert.equal(stdout.split('\n').filter(Boolean).length, ALERTS - received)
  const after = await accounting()
  assert.deepEqual([after.received, after.duplicate], [ALERTS, 0])

  const third = await candela(t, [...args, '--resume'])
  assert.equal(third.status, 0)
  assert.equal(third.stdout, '')
  assert.deepEqual(await accounting(), after)
})

test('files that come behind those committed are taken up; dead letters are not tried again', async t => {
  const { files, args, accounting } = replayFolder(t)
  const last = join(files, '..', 'last.avro')
  renameSync(join(files, nameOf(ALERTS - 1)), last)
  writeFileSync(join(files, '0010-text.avro'), 'not an alert')
  const first = await candela(t, [...args, '--resume'])
  assert.equal(first.status, 1)
  assert.match(first.stderr, /nothing of these paths is committed: from the beginning/)
  renameSync(last, join(files, nameOf(ALERTS - 1)))
  const { status, stderr } = await candela(t, [...args, '--resume'])
  assert.equal(status, 0, stderr)
  assert.match(stderr, new RegExp(`on after ${ALERTS} alerts committed earlier\nreceived 1 = `))
  const { received, duplicate, deadLettered } = await accounting()
  assert.deepEqual([received, duplicate, deadLettered], [ALERTS + 1, 0, 1])
})

test('a folder that has lost, gained or exchanged files before the last commit is refused, and nothing of it processed', async t => {
  const { files, args, accounting } = replayFolder(t)
  assert.equal((await candela(t, args)).status, 0)
  const before = await accounting()
  const middle = join(files, nameOf(30))
  const aside = join(files, '..', 'aside.avro')
  const changes: Array<[change: () => void, back: () => void, said: RegExp]> = [
    [() => renameSync(middle, aside), () => renameSync(aside, middle), /200 alerts are committed, and there are only 199 \[replay-differs\]\n {2}Put the files back/],
    [() => writeFileSync(join(files, '0000-new.avro'), 'not an alert'), () => rmSync(join(files, '0000-new.avro')), /the first 200 alerts come from other files .*\[replay-differs\]/],
    [() => { exchange(files, 198, 199) }, () => { exchange(files, 198, 199) }, /alert 200 is \d+ of object \d+; \d+ of object \d+ is committed \[replay-differs\]/]
  ]
  for (const [change, back, said] of changes) {
    change()
    const { status, stdout, stderr } = await candela(t, [...args, '--resume'])
    assert.equal(status, 1)
    assert.match(stderr, said)
    assert.equal(stdout, '')
    assert.deepEqual(await accounting(), before)
    back()
  }
  assert.equal((await candela(t, [...args, '--resume'])).status, 0)
})

function exchange (files: string, a: number, b: number): void {
  const aside = join(files, '..', 'exchanged.avro')
  renameSync(join(files, nameOf(a)), aside)
  renameSync(join(files, nameOf(b)), join(files, nameOf(a)))
  renameSync(aside, join(files, nameOf(b)))
}

test('--resume without a data folder, or with standard input, is wrong usage', async t => {
  const wrong = [
    [['replay', '.', '--resume'], /--resume without --data-dir/],
    [['replay', '-', '--resume', '--data-dir', temporaryFolder(t)], /--resume with standard input/],
    [['replay', '.', '--batch', '0'], /--batch is '0'/]
  ] as const
  for (const [k, { status, stdout, stderr }] of (await usages(t, wrong.map(([args]) => args))).entries()) {
    assert.equal(status, 2)
    assert.match(stderr, wrong[k]![1])
    assert.equal(stdout, '')
  }
})
