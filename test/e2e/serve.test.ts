import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { test } from 'node:test'
import { openLmdbStore } from '../../src/state/storage/store.ts'
import { temporaryFolder } from '../pipeline.ts'
import { candela, serve } from './candela-process.ts'

interface Statistics { objects: number, accounting: { received: number, classified: number, declined: number, duplicate: number, deadLettered: number } }
const statistics = async (url: string): Promise<Statistics> => await (await fetch(`${url}/v1/statistics`)).json() as Statistics

const addsUp = ({ accounting: { received, classified, declined, duplicate, deadLettered } }: Statistics): void =>
  assert.equal(received, classified + declined + duplicate + deadLettered)

for (const engine of ['auto', 'wasm']) {
  test(`engine ${engine}: the simulated sky is classified within seconds, served, and goes on after Ctrl-C from where it was`, async t => {
    const folder = temporaryFolder(t)
    const args = ['--data-dir', folder, '--engine', engine, '--sky-night-seconds', '2']
    const first = await serve(t, args)
    await first.logged(/first classification/)
    const { objects } = await (await fetch(`${first.url}/v1/objects`)).json() as { objects: Array<{ diaObjectId: string, probabilityIa: number }> }
    assert.ok(objects.length > 0)
    for (const { diaObjectId, probabilityIa } of objects) {
      assert.match(diaObjectId, /^\d{17,19}$/)
      assert.ok(probabilityIa >= 0 && probabilityIa <= 1)
    }
    const stopped = await first.stop('SIGINT')
    assert.equal(stopped.status, 0)
    assert.ok(stopped.took < 2000, `stopping took ${stopped.took} ms`)
    const store = openLmdbStore(folder)
    const { received } = store.reader.statistics().accounting
    await store.close()

    const second = await serve(t, args)
    await second.logged(/simulated sky, seed 1: on from night \d+, alert \d+/)
    assert.match(await second.logged(/^state store/), new RegExp(`${received} alerts received so far`))
    const events = await fetch(`${second.url}/v1/stream`)
    const reader = events.body!.getReader()
    let seen = ''
    while (!seen.includes('event: classification')) seen += Buffer.from((await reader.read()).value!).toString()
    const after = await statistics(second.url)
    assert.ok(after.accounting.received > received)
    assert.equal(after.accounting.duplicate, 0, 'nothing comes twice')
    addsUp(after)
    const again = await second.stop('SIGTERM')
    assert.equal(again.status, 0)
    assert.ok(again.took < 2000, `stopping with a stream client took ${again.took} ms`)
  })
}

test('killed at any moment, it goes on with nothing lost and nothing counted twice', async t => {
  const folder = temporaryFolder(t)
  const args = ['--data-dir', folder, '--engine', 'wasm', '--sky-night-seconds', '0']
  for (let kill = 0; kill < 3; kill++) {
    const running = await serve(t, args)
    await running.logged(/first classification/)
    await running.stop('SIGKILL')
  }
  const store = openLmdbStore(folder)
  const { accounting } = store.reader.statistics()
  const position = store.position('simulated-sky') as { seed: number, night: number, given: number }
  await store.close()
  const { createSky } = await import('../../src/simulator/live/sky.ts')
  const sky = createSky({ seed: position.seed })
  let given = position.given
  for (let night = 0; night < position.night; night++) given += sky.night(night).length
  assert.equal(accounting.received, given, 'as many alerts are counted as the source has given')
  assert.equal(accounting.duplicate, 0)
})

test('a port that is taken, a data folder of another sky and a wrong setting are said clearly', async t => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.after(() => other.close())
  const { port } = other.address() as AddressInfo
  const taken = await candela(t, ['serve', '--http-port', String(port), '--data-dir', temporaryFolder(t), '--engine', 'wasm'])
  assert.equal(taken.status, 1)
  assert.match(taken.stderr, new RegExp(`port ${port} on 127.0.0.1 is taken.*port-unusable[^]*--http-port`))

  const folder = temporaryFolder(t)
  const running = await serve(t, ['--data-dir', folder, '--engine', 'wasm', '--sky-night-seconds', '1'])
  await running.logged(/first classification/)
  const second = await candela(t, ['serve', '--http-port', '0', '--data-dir', folder, '--engine', 'wasm'])
  assert.equal(second.status, 1)
  assert.match(second.stderr, /in use by process \d+ \[data-folder-in-use\]/)
  await running.stop('SIGINT')
  const differs = await candela(t, ['serve', '--http-port', '0', '--data-dir', folder, '--engine', 'wasm', '--sky-seed', '2'])
  assert.equal(differs.status, 1)
  assert.match(differs.stderr, /seed 1, and 2 is asked for \[sky-differs\]/)

  const wrong = await candela(t, ['serve', '--http-port', 'eighty'])
  assert.equal(wrong.status, 2)
  assert.match(wrong.stderr, /--http-port is "eighty"/)
})
