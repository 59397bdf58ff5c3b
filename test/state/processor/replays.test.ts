import assert from 'node:assert/strict'
import test from 'node:test'
import { UNKNOWN_HOST } from '../../../src/alert/alert.ts'
import { CandelaError } from '../../../src/errors.ts'
import { storedPoint } from '../../../src/light-curve/stored-point.ts'
import { createReplays, type LightCurve } from '../../../src/state/processor/replays.ts'
import { alertFor, openPipeline, point } from '../../pipeline.ts'

const curveOf = (epochs: number): LightCurve => ({ host: UNKNOWN_HOST, points: Array.from({ length: epochs }, (_, n) => storedPoint(point({ midpointMjdTai: 60000 + n, band: 'griz'[n % 4] as 'g' }))!) })

test('the result of a light curve does not depend on those beside it, and is that of the alerts, bit for bit', async t => {
  const { store, processor, network, model } = await openPipeline(t)
  const replays = createReplays({ network, model, reader: store.reader })
  const lengths = [1, 200, 31, 32, 33, 64, 65, 2, 97, 128, 1]
  const together = await replays.play(lengths.map(curveOf))
  assert.deepEqual(together.map(({ length }) => length), lengths)
  for (const [k, length] of lengths.entries()) {
    const [alone] = await replays.play([curveOf(length)])
    assert.deepEqual(together[k], alone)
    assert.deepEqual(alone, together[1]!.slice(0, length))
  }
  const { points } = curveOf(200)
  for (const [n, one] of points.entries()) {
    const [outcome] = await processor.process([{ alert: alertFor('a', [one]), origin: 'test' }])
    assert.deepEqual([together[1]![n]!.epoch, together[1]![n]!.probabilityIa], [outcome!.epochs, outcome!.probabilityIa])
  }
  assert.deepEqual((await replays.object('a', {}))!.points, together[1])
  assert.equal(await replays.object('b', {}), undefined)
})

test('a client that has gone costs no more work, and its place is free', async t => {
  const { store, network, model } = await openPipeline(t)
  let steps = 0
  const counting: typeof network = {
    ...network,
    shape: network.shape,
    engine: network.engine,
    dispose: () => {},
    sequence (...args) {
      steps += args[1]
      return network.sequence(...args)
    }
  }
  const replays = createReplays({ network: counting, model, reader: store.reader })
  const gone = new AbortController()
  const long = replays.play([curveOf(2000)], gone.signal)
  // Four are worked on at a time: these wait.
  const others = Array.from({ length: 3 }, () => replays.play([curveOf(2000)], gone.signal))
  const waiting = Array.from({ length: 5 }, () => replays.play([curveOf(2000)], gone.signal))
  gone.abort()
  for (const one of [long, ...others, ...waiting]) await assert.rejects(one, { name: 'AbortError' })
  assert.ok(steps <= 4 * 32, `${steps} steps were done`)
  assert.equal((await replays.play([curveOf(3)]))[0]!.at(-1)!.epoch, 3)
})

test('more than can be done soon is refused, and taken again later', async t => {
  const { store, network, model } = await openPipeline(t)
  const replays = createReplays({ network, model, reader: store.reader })
  const results = await Promise.allSettled(Array.from({ length: 40 }, () => replays.play([curveOf(40)])))
  const refused = results.filter(result => result.status === 'rejected')
  assert.equal(refused.length, 4)
  for (const { reason } of refused) assert.ok(reason instanceof CandelaError && reason.code === 'overloaded' && reason.canRetry, String(reason))
  assert.equal((await replays.play([curveOf(2)])).length, 1)
})
