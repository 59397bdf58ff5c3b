import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { createSky } from '../../src/simulator/live/sky.ts'
import { temporaryFolder } from '../pipeline.ts'
import { candela, PROGRAM, serve, type StartOptions } from './candela-process.ts'

const NOBODY = 65534
const IN_USE = /data folder .* is in use by process (\d+) \[data-folder-in-use\]\n {2}Stop that process, choose another --data-dir/

/** A folder with a file of some alerts, and the command that replays it into a data folder. */
function alertFile (t: TestContext): { folder: string, replay: (data: string) => string[] } {
  const folder = temporaryFolder(t)
  chmodSync(folder, 0o755)
  const file = join(folder, 'alert.avro')
  writeFileSync(file, createSky({ seed: 5 }).night(0)[0]!.bytes)
  return { folder, replay: data => ['replay', file, '--engine', 'wasm', '--data-dir', data] }
}

/** What is in a folder: names, rights and bytes, save those of LMDB's table of readers. */
const filesOf = (folder: string): string[] => readdirSync(folder).sort().map(name => {
  const path = join(folder, name)
  return `${name} ${statSync(path).mode} ${name === 'lock.mdb' ? '' : createHash('sha256').update(readFileSync(path)).digest('hex')}`
})

/** Somebody whom rights bind: root is bound by none. @returns undefined where there is nobody */
function bound (t: TestContext): StartOptions | undefined {
  if (process.getuid?.() !== 0) return {}
  if (spawnSync(process.execPath, [PROGRAM, '--version'], { uid: NOBODY, gid: NOBODY }).status === 0) return { uid: NOBODY }
  t.skip('another user cannot run Candela from here')
  return undefined
}

test('a data folder that cannot be written is refused, and left as it was', async t => {
  const by = bound(t)
  if (!by) return
  const { folder, replay } = alertFile(t)
  const data = join(folder, 'data')
  assert.equal((await candela(t, replay(data))).status, 0)
  const refused = async (folder: string): Promise<void> => {
    const before = filesOf(data)
    for (const args of [replay(folder), ['serve', '--http-port', '0', '--engine', 'wasm', '--data-dir', folder]]) {
      const { status, stdout, stderr } = await candela(t, args, {}, '', by)
      assert.equal(status, 1)
      assert.match(stderr, /data folder .* cannot be used: .*[Pp]ermission denied.*\[data-folder-unusable\]\n {2}Check that it is a writable folder/)
      assert.equal(stdout, '')
    }
    assert.deepEqual(filesOf(data), before)
  }

  // The folder may be read only.
  chmodSync(data, 0o555)
  for (const name of readdirSync(data)) chmodSync(join(data, name), 0o666)
  await refused(data)
  // New files may be made in it; its own may be read only.
  chmodSync(data, 0o777)
  chmodSync(join(data, 'data.mdb'), 0o444)
  await refused(data)
  // It cannot be made.
  chmodSync(folder, 0o555)
  await refused(join(folder, 'new'))
  chmodSync(folder, 0o755)
  chmodSync(join(data, 'data.mdb'), 0o644)
  const { status, stdout } = await candela(t, replay(data))
  assert.equal(status, 0)
  assert.match(stdout, /"outcome":"duplicate"/)
})

test('a second process on a data folder is refused, whatever it is, and the first is not disturbed', async t => {
  const { folder, replay } = alertFile(t)
  const data = join(folder, 'data')
  const service = await serve(t, ['--data-dir', data, '--engine', 'wasm', '--sky-night-seconds', '1'])
  await service.logged(/first classification/)
  for (const args of [replay(data), [...replay(data), '--resume'], ['serve', '--http-port', '0', '--engine', 'wasm', '--data-dir', data]]) {
    const { status, stdout, stderr } = await candela(t, args)
    assert.equal(status, 1)
    assert.equal(IN_USE.exec(stderr)?.[1], String(service.child.pid), stderr)
    assert.equal(stdout, '')
  }
  const { accounting: { received, classified, declined } } = await (await fetch(`${service.url}/v1/statistics`)).json() as { accounting: Record<'received' | 'classified' | 'declined', number> }
  assert.equal(received, classified + declined)
  assert.equal((await fetch(`${service.url}/health/ready`)).status, 200)
  assert.equal((await service.stop('SIGTERM')).status, 0)
  assert.equal((await candela(t, replay(data))).status, 0)
})
