import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { contentsOf } from '../crash/contents.ts'
import { writeAlertFolder } from '../crash/alert-folder.ts'
import { temporaryFolder } from '../pipeline.ts'
import { positionName } from '../../src/cli/replay/position.ts'
import { candela, serve, start } from './candela-process.ts'

interface Backup { path: string, objects: number, received: number, archives: number, bytes: number }

test('a backup taken in the middle of a replay is whole, and gone on with it ends in what the replay ends in', async t => {
  const folder = temporaryFolder(t)
  const [alerts, data, copy] = ['alerts', 'data', 'backups/one'].map(name => join(folder, name)) as [string, string, string]
  mkdirSync(alerts)
  await writeAlertFolder(alerts, { seed: 3, nights: 24, objects: 60 })
  const replay = (dataDir: string): string[] => ['replay', alerts, '--engine', 'wasm', '--batch', '8', '--resume', '--data-dir', dataDir]

  const running = start(t, replay(data))
  await once(running.stdout, 'data')
  running.stdout.resume()
  running.stderr.resume()
  const ended = once(running, 'close')
  const backup = await candela(t, ['backup', '--data-dir', data, '--to', copy])
  assert.equal(running.exitCode, null, 'the replay still ran when the backup was there')
  assert.equal(backup.status, 0, backup.stderr)
  const { objects, received } = JSON.parse(backup.stdout) as Backup
  await ended

  assert.deepEqual(readdirSync(copy), ['data.mdb'])
  const check = await candela(t, ['check', '--data-dir', copy, '--engine', 'wasm', '--json'])
  assert.equal(check.status, 0, check.stdout)
  assert.equal((JSON.parse(check.stderr) as { objects: number }).objects, objects)

  const rest = await candela(t, replay(copy))
  assert.match(rest.stderr, /on after \d+ alerts committed earlier/)
  const ids = Array.from(new Set(rest.stdout.split('\n').filter(Boolean).map(line => (JSON.parse(line) as { diaObjectId: string | null }).diaObjectId).filter(id => id !== null)))
  const position = positionName([alerts])
  const [original, restored] = await Promise.all([data, copy].map(async path => await contentsOf(path, { objects: ids, position })))
  assert.ok(received < original!.accounting.received, `${received} of ${original!.accounting.received} alerts were in the backup`)
  assert.deepEqual(restored, original)
})

test('a backup beside a service: it goes on from it, with its tokens; nothing is overwritten, and what cannot be written leaves nothing', async t => {
  const folder = temporaryFolder(t)
  const [data, copy] = [join(folder, 'data'), join(folder, 'copy')]
  const args = ['--engine', 'wasm', '--sky-night-seconds', '0']
  const service = await serve(t, ['--data-dir', data, ...args])
  await service.logged(/first classification/)
  const token = (await candela(t, ['tokens', 'create', 'operator', '--scope', 'admin', '--data-dir', data])).stdout.trim()
  const backup = await candela(t, ['backup', '--data-dir', data, '--to', copy])
  assert.equal(backup.status, 0, backup.stderr)
  const { received } = JSON.parse(backup.stdout) as Backup
  assert.ok(received > 0, backup.stdout)
  await service.stop('SIGKILL')

  const restored = await serve(t, ['--data-dir', copy, ...args], { CANDELA_AUTH: 'writes' })
  assert.match(await restored.logged(/^state store/), new RegExp(`${received} alerts received so far`))
  const rebuild = await candela(t, ['rebuild', '--url', restored.url], { CANDELA_TOKEN: token })
  assert.equal(rebuild.status, 0, rebuild.stderr)
  await restored.stop('SIGTERM')

  const refused = async (to: string, from = data): Promise<string> => {
    const { status, stderr } = await candela(t, ['backup', '--data-dir', from, '--to', to])
    assert.equal(status, 1, stderr)
    return stderr
  }
  const before = statSync(join(copy, 'data.mdb')).mtimeMs
  assert.match(await refused(copy), /is there already.*\[backup-exists\]/)
  assert.equal(statSync(join(copy, 'data.mdb')).mtimeMs, before)
  writeFileSync(join(folder, 'file'), '')
  assert.match(await refused(join(folder, 'file', 'copy')), /could not be written.*\[backup-unwritable\]/)
  assert.match(await refused(join(folder, 'other'), join(folder, 'nowhere')), /\[data-folder-missing\]/)
  assert.ok(!existsSync(join(folder, 'other')), 'nothing is left')
  assert.deepEqual(readdirSync(folder).filter(name => name.includes('unfinished')), [])
})
