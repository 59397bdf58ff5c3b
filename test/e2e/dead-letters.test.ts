import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { CandelaError } from '../../src/errors.ts'
import { createSky } from '../../src/simulator/live/sky.ts'
import { openLmdbStore } from '../../src/state/storage/store.ts'
import { openPipeline } from '../pipeline.ts'
import { candela, start } from './candela-process.ts'

/** More than several pages of a replay. */
const LETTERS = 600

test('killed in the middle of a replay of dead letters, again and again, none is lost and none goes through twice', async t => {
  const { folder, processor, close } = await openPipeline(t)
  const sky = createSky({ seed: 5 })
  const packets = []
  for (let night = 0; packets.length < LETTERS; night++) packets.push(...sky.night(night).map(({ bytes }) => bytes))
  const error = new CandelaError('schema-unknown', 'no schema')
  await processor.process(packets.slice(0, LETTERS).map(bytes => ({ error, bytes, origin: 'test' })))
  await close()

  const accountingNow = async (): Promise<{ standing: number, received: number, replayed: number, duplicate: number, outcomes: number }> => {
    const store = openLmdbStore(folder)
    const { deadLetters: standing, accounting } = store.reader.statistics()
    await store.close()
    const { received, replayed, duplicate, classified, declined, deadLettered } = accounting
    return { standing, received, replayed, duplicate, outcomes: classified + declined + duplicate + deadLettered }
  }
  const args = ['dead-letters', 'replay', '--data-dir', folder, '--engine', 'wasm']
  let inTheMiddle = 0
  for (let kill = 0; kill < 3; kill++) {
    const child = start(t, args)
    const lines = createInterface(child.stdout)
    let seen = 0
    lines.on('line', () => { if (++seen === 20 + 30 * kill) child.kill('SIGKILL') })
    await once(child, 'close')
    const { standing, received, replayed, duplicate, outcomes } = await accountingNow()
    assert.equal(received, outcomes)
    assert.equal(standing + replayed, LETTERS, 'each letter stands, or was put through once')
    assert.equal(received, LETTERS + replayed)
    assert.equal(duplicate, 0)
    if (standing > 0 && standing < LETTERS) inTheMiddle++
  }
  assert.ok(inTheMiddle > 0, 'a process was killed with some letters settled and some not')
  const last = await candela(t, args)
  assert.equal(last.status, 0, last.stderr)
  assert.deepEqual(await accountingNow(), { standing: 0, received: 2 * LETTERS, replayed: LETTERS, duplicate: 0, outcomes: 2 * LETTERS })
})
