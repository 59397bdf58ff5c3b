import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import { positionName } from '../../src/cli/replay/position.ts'
import { createSky } from '../../src/simulator/live/sky.ts'
import { openLmdbStore } from '../../src/state/storage/store.ts'
import { writeAlertFolder } from '../crash/alert-folder.ts'
import { contentsOf, type Contents } from '../crash/contents.ts'
import { plainAlert, plainPoint } from '../fixtures/plain-alerts.ts'
import { temporaryFolder } from '../pipeline.ts'
import { candela, serve, type Finished } from './candela-process.ts'

let shared: string
let alerts: string
/** What an undisturbed replay leaves. */
let expected: Contents
let objects: string[]
const look = async (folder: string): Promise<Contents> => await contentsOf(folder, { objects, position: positionName([alerts]) })
const replay = (data: string): string[] => ['replay', alerts, '--resume', '--batch', '64', '--engine', 'wasm', '--data-dir', data]

before(async () => {
  shared = mkdtempSync(join(tmpdir(), 'candela-test-'))
  alerts = join(shared, 'alerts')
  await writeAlertFolder(alerts, { seed: 4, nights: 20, objects: 100 })
  const { stdout } = await candela({ after }, replay(join(shared, 'undisturbed')))
  objects = [...new Set(stdout.split('\n').filter(Boolean).map(line => (JSON.parse(line) as { diaObjectId: string | null }).diaObjectId).filter(id => id !== null))]
  expected = await look(join(shared, 'undisturbed'))
})
after(() => rmSync(shared, { recursive: true, force: true }))

function failed ({ status, stderr }: Finished, said: RegExp): void {
  assert.equal(status, 1, stderr)
  assert.match(stderr, said)
}

/** A file system of its own, with little room. */
function smallFileSystem (t: TestContext, size: string): { folder: string, grow: (size: string) => void } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'candela-test-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' }).status === 0
  t.after(() => {
    if (mounted) execFileSync('umount', [folder])
    rmSync(folder, { recursive: true, force: true })
  })
  if (mounted) return { folder, grow: size => execFileSync('mount', ['-o', `remount,size=${size}`, folder]) }
  t.skip('no file system can be mounted here')
  return undefined
}

const LIMITS = spawnSync('prlimit', ['--version'], { stdio: 'ignore' }).status === 0
/** A process may not make a file longer than this [bytes], unless it is allowed to later. */
const limited = (bytes: number): string[] => ['prlimit', `--fsize=${bytes}:unlimited`]
const noLimits = { skip: LIMITS ? false : 'there is no prlimit here' }

test('a replay into a full disk ends with what to do; with room again it goes on exactly, also after a start in between', async t => {
  const disk = smallFileSystem(t, '900k')
  if (!disk) return
  const data = join(disk.folder, 'data')
  failed(await candela(t, replay(data)), /a batch of 64 alerts could not be written: .*\[commit-failed\]\n {2}Check the free space/)
  const { accounting: { received }, position } = await look(data)
  assert.ok(received > 0 && received < expected.accounting.received, `${received} alerts`)
  assert.equal((position as { alerts: number }).alerts, received)
  failed(await candela(t, replay(data)), /\[commit-failed\]|\[data-folder-unusable\]/)
  assert.ok((await look(data)).accounting.received >= received)
  disk.grow('50m')
  assert.match((await candela(t, replay(data))).stderr, /on after \d+ alerts/)
  assert.deepEqual(await look(data), expected)
})

test('a new data folder on a disk with no room for it is refused, whatever is left', async t => {
  const disk = smallFileSystem(t, '1m')
  if (!disk) return
  for (const free of [0, 4, 12, 32]) {
    writeFileSync(join(disk.folder, 'ballast'), Buffer.alloc((1024 - free) * 1024))
    const data = join(disk.folder, 'data')
    failed(await candela(t, replay(data)), /data folder .* cannot be used: ENOSPC.*\[data-folder-unusable\]\n {2}Check that it is a writable folder with free space/)
    assert.deepEqual(readdirSync(disk.folder).filter(name => name !== 'data'), ['ballast'])
    assert.deepEqual(readdirSync(data), [])
    rmSync(join(disk.folder, 'ballast'))
  }
})

test('a replay whose data file may not grow ends with what to do; once it may, it goes on exactly', noLimits, async t => {
  const data = join(temporaryFolder(t), 'data')
  failed(await candela(t, replay(data), {}, '', { under: limited(10_000) }), /cannot be used: EFBIG.*\[data-folder-unusable\]/)
  for (const bytes of [200_000, 900_000]) failed(await candela(t, replay(data), {}, '', { under: limited(bytes) }), /\[commit-failed\]/)
  const { accounting: { received } } = await look(data)
  assert.ok(received > 0 && received < expected.accounting.received, `${received} alerts`)
  assert.match((await candela(t, replay(data))).stderr, new RegExp(`on after ${received} alerts`))
  assert.deepEqual(await look(data), expected)
})

interface Statistics { accounting: { received: number, duplicate: number } }
const received = async (url: string): Promise<number> => (await (await fetch(`${url}/v1/statistics`)).json() as Statistics).accounting.received

test('a service whose data file may not grow says so, answers and waits; once it may, it goes on, with nothing lost and nothing twice', noLimits, async t => {
  const data = join(temporaryFolder(t), 'data')
  const args = ['--data-dir', data, '--engine', 'wasm', '--sky-night-seconds', '0']
  const service = await serve(t, args, {}, { under: limited(2_000_000) })
  assert.match(await service.logged(/^alerts wait/), /could not be written: .*\[commit-failed\]\n {2}Check the free space/)
  const before = await received(service.url)
  assert.ok(before > 0)
  const ready = await fetch(`${service.url}/health/ready`)
  assert.equal(ready.status, 503)
  assert.match((await ready.json() as { detail: string }).detail, /^alerts wait: a batch of \d+ alerts could not be written/)
  assert.equal((await fetch(`${service.url}/v1/objects`)).status, 200)
  // More bytes than the whole file may have: there is no room for them, whatever the stream has left.
  const points = Array.from({ length: 700 }, (_, k) => plainPoint({ midpointMjdTai: 60000 + k, band: 'u' }))
  const plain = Array.from({ length: 256 }, (_, k) => JSON.stringify(plainAlert({ diaObjectId: `posted-${k}`, points }))).join('\n')
  const posted = await fetch(`${service.url}/v1/alerts`, { method: 'POST', body: plain })
  assert.equal(posted.status, 503)
  assert.equal((await posted.json() as { type: string }).type, '/problems/commit-failed')
  assert.equal(await received(service.url), before)

  execFileSync('prlimit', ['--pid', String(service.child.pid), '--fsize=unlimited'])
  await service.logged(/^the data folder can be written again, after/)
  assert.equal((await fetch(`${service.url}/health/ready`)).status, 200)
  assert.equal((await service.stop('SIGTERM')).status, 0)
  await goneThrough(data)
})

test('a service that waits for room stops at once when it is told to; the next start goes on exactly', noLimits, async t => {
  const data = join(temporaryFolder(t), 'data')
  const args = ['--data-dir', data, '--engine', 'wasm', '--sky-night-seconds', '0']
  const service = await serve(t, args, {}, { under: limited(2_000_000) })
  await service.logged(/^alerts wait/)
  const { status, took } = await service.stop('SIGTERM')
  assert.equal(status, 0)
  assert.ok(took < 2000, `stopping took ${took} ms`)
  const before = await goneThrough(data)
  const again = await serve(t, args)
  await again.logged(/first classification/)
  await again.stop('SIGTERM')
  assert.ok(await goneThrough(data) > before)
})

/** Checks that every alert of the sky up to the position was received once; @returns how many. */
async function goneThrough (data: string): Promise<number> {
  const store = openLmdbStore(data)
  const { accounting } = store.reader.statistics()
  const { seed, night, given } = store.position('simulated-sky') as { seed: number, night: number, given: number }
  await store.close()
  const sky = createSky({ seed })
  let alerts = given
  for (let earlier = 0; earlier < night; earlier++) alerts += sky.night(earlier).length
  assert.equal(accounting.received, alerts)
  assert.equal(accounting.duplicate, 0)
  return alerts
}
