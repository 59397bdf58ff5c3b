import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CandelaError } from '../../../src/errors.ts'
import { liveSky, resumePosition, type LivePacket } from '../../../src/simulator/live/live.ts'
import { createSky } from '../../../src/simulator/live/sky.ts'

const sky = createSky({ seed: 4, activeObjects: 30 })

async function take (packets: AsyncGenerator<LivePacket>, count: number): Promise<LivePacket[]> {
  const taken: LivePacket[] = []
  for await (const packet of packets) {
    taken.push(packet)
    if (taken.length === count) break
  }
  return taken
}

test('a live sky gives the nights one after the other, and goes on from any position with the very same alerts', async () => {
  const { signal } = new AbortController()
  const start = resumePosition(undefined, sky)
  const whole = await take(liveSky(sky, start, 0, signal), 40)
  const nights = Array.from({ length: 40 }, (_, night) => sky.night(night)).flat().slice(0, 40)
  assert.deepEqual(whole.map(({ bytes }) => Buffer.from(bytes).toString('hex')), nights.map(({ bytes }) => Buffer.from(bytes).toString('hex')))
  for (const given of [1, 7, 25]) {
    const rest = await take(liveSky(sky, resumePosition(whole[given - 1]!.position, sky), 0, signal), 40 - given)
    assert.deepEqual(rest, whole.slice(given))
  }
})

test('the alerts of a night are spread over its length, and an abort ends the wait at once', async () => {
  const stopping = new AbortController()
  const packets = liveSky(sky, resumePosition(undefined, sky), 3600, stopping.signal)
  await packets.next()
  const waiting = packets.next()
  stopping.abort()
  assert.deepEqual(await waiting, { value: undefined, done: true })
})

test('a store of another sky is refused', () => {
  const position = resumePosition(undefined, sky)
  assert.throws(() => resumePosition({ ...position, seed: 3 }, sky), (error: CandelaError) => error.code === 'sky-differs' && /seed 3/.test(error.message))
  assert.throws(() => resumePosition('rubbish', sky), (error: CandelaError) => error.code === 'sky-differs')
  assert.throws(() => resumePosition(position, createSky({ seed: 4, activeObjects: 31 })), (error: CandelaError) => error.code === 'sky-differs' && /another version/.test(error.message))
})
