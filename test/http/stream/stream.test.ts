import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectSocket, type AddressInfo } from 'node:net'
import test, { type TestContext } from 'node:test'
import fastify from 'fastify'
import { api, serverOptions, type ApiOptions } from '../../../src/http/api.ts'
import { candidateSchema } from '../../../src/http/schemas.ts'
import { alertFor, point } from '../../pipeline.ts'
import { apiOver, openService, type Service } from '../service.ts'
import { connect, type SseClient } from './sse-client.ts'

/** A service that listens; `follow` resolves when the stream stands at the newest change. */
async function listen (t: TestContext, options: Pick<ApiOptions, 'heartbeatMs' | 'streamLog'> = {}): Promise<Service & { address: string, follow: (query?: string, headers?: Record<string, string>) => Promise<SseClient> }> {
  const service = await openService(t, options)
  const address = await service.app.listen({ port: 0 })
  return {
    ...service,
    address,
    follow: async (query = '', headers = {}) => {
      const client = await connect(t, `${address}/v1/stream${query}`, headers)
      assert.equal(client.response.status, 200)
      assert.deepEqual(await client.block(), { retry: '2000' })
      return client
    }
  }
}

test('each new classification is an event, in order, as GET /v1/objects shows it', async t => {
  const { follow, observe, ask } = await listen(t)
  await observe('1', 1)
  const client = await follow()
  assert.match(client.response.headers.get('content-type')!, /^text\/event-stream/)
  await observe('2', 2)
  await observe('1', 1, { firstNight: 3 })
  const first = await client.classification()
  const second = await client.classification()
  assert.deepEqual([first.diaObjectId, first.epochs, first.sequence], ['2', 2, 2])
  assert.deepEqual([second.diaObjectId, second.epochs, second.sequence], ['1', 2, 3])
  candidateSchema.strict().parse(first)
  assert.deepEqual((await ask('/v1/objects')).json(), { objects: [second, first], nextCursor: null })
})

test('filters by P(Ia) and by object', async t => {
  const { follow, observe, pipeline } = await listen(t)
  await observe('faint', 1, { flux: 1500 })
  await observe('bright', 1, { flux: 200_000 })
  const [bright, faint] = pipeline.store.reader.candidates({ limit: 2 }).candidates
  const [low, high] = [bright!, faint!].sort((a, b) => a.probabilityIa - b.probabilityIa)
  assert.ok(low!.probabilityIa < high!.probabilityIa)

  const probable = await follow(`?after=0&minProbability=${high!.probabilityIa}`)
  assert.equal((await probable.classification()).diaObjectId, high!.diaObjectId)

  const named = await follow('?after=0&diaObjectId=bright&diaObjectId=third')
  assert.equal((await named.classification()).diaObjectId, 'bright')
  await observe('faint', 1, { firstNight: 1 })
  await observe('third', 1)
  assert.equal((await named.classification()).diaObjectId, 'third')
})

test('filters by bounds of P(Ia) and by epochs, together', async t => {
  const { follow, observe, pipeline } = await listen(t)
  for (const [k, flux] of [1500, 6000, 25_000, 100_000].entries()) {
    await observe(`o${k}`, 1, { flux })
    await observe(`o${k}`, 2, { flux, firstNight: 1 })
  }
  const published = Array.from({ length: 4 }, (_, k) => pipeline.store.reader.classifications(`o${k}`)!).flat()
  const probabilities = published.map(({ probabilityIa }) => probabilityIa).sort((a, b) => a - b)
  const [least, most] = [probabilities[2]!, probabilities[5]!]
  const expected = published.filter(({ probabilityIa, epochs }) => probabilityIa >= least && probabilityIa <= most && epochs >= 3)
  assert.ok(expected.length > 0 && expected.length < 4, `${expected.length} pass all filters`)
  const client = await follow(`?after=0&minProbability=${least}&maxProbability=${most}&minEpochs=3`)
  for (const { diaObjectId, epochs } of expected) {
    const candidate = await client.classification()
    assert.deepEqual([candidate.diaObjectId, candidate.epochs], [diaObjectId, epochs])
  }
})

test('filters by a cone of exact radius, across ra 0/360 and at a pole', async t => {
  const { follow, pipeline } = await listen(t)
  // Degrees north of (0, 0) and east of it; near the south pole ra says little.
  const places = { north: { ra: 0, dec: 0.5 }, east: { ra: 0.5, dec: 0 }, west: { ra: 359.5, dec: 0 }, far: { ra: 359.4, dec: 0 }, pole: { ra: 200, dec: -89.9 }, beyond: { ra: 20, dec: -89.7 } }
  for (const [name, place] of Object.entries(places)) await pipeline.processor.process([{ alert: alertFor(name, [point()], place), origin: 'test' }])
  const names = async (query: string, count: number): Promise<string[]> => {
    const client = await follow(`?after=0&${query}`)
    const found = []
    for (let k = 0; k < count; k++) found.push((await client.classification()).diaObjectId)
    await pipeline.processor.process([{ alert: alertFor('pole', [point({ midpointMjdTai: 60001 })], places.pole), origin: 'test' }])
    return found
  }
  assert.deepEqual(await names('ra=0&dec=0&radius=0.5000000001', 3), ['north', 'east', 'west'])
  assert.deepEqual(await names('ra=360&dec=0&radius=0.55&minEpochs=1', 3), ['north', 'east', 'west'])
  assert.deepEqual(await names('ra=20&dec=-89.9&radius=0.2000001', 2), ['pole', 'beyond'])
})

test('Last-Event-ID resumes with every classification that was missed, in order, then live', async t => {
  const { follow, observe } = await listen(t)
  const client = await follow()
  await observe('1', 1)
  await observe('2', 1)
  await client.classification()
  const { sequence } = await client.classification()
  client.close()
  await observe('1', 1, { firstNight: 1 })
  await observe('3', 1)
  await observe('1', 1, { firstNight: 2 })

  const resumed = await follow('?after=0', { 'last-event-id': String(sequence) })
  const missed = [await resumed.classification(), await resumed.classification(), await resumed.classification()]
  assert.deepEqual(missed.map(({ diaObjectId, epochs }) => [diaObjectId, epochs]), [['1', 2], ['3', 1], ['1', 3]])
  await observe('2', 1, { firstNight: 7 })
  assert.equal((await resumed.classification()).diaObjectId, '2')
})

test('a position that the log does not reach back to: a gap says from where to where the stream is compacted', async t => {
  const { follow, observe } = await listen(t, { streamLog: 2 })
  for (let night = 0; night < 3; night++) {
    await observe('1', 1, { firstNight: night })
    await observe('2', 1, { firstNight: night })
  }
  await observe('3', 1)
  // Sequences 1 to 7, and 3 or more of them in the log.
  const client = await follow('?after=1')
  const { reason, after, until } = await client.gap()
  assert.deepEqual([reason, after], ['too-old', 1])
  assert.ok(until >= 4 && until <= 5, `until ${until}`)
  const first = await client.classification()
  assert.equal(first.sequence, until + 1, 'both objects have changed since: nothing is left of the gap')
  for (let sequence = first.sequence + 1; sequence <= 7; sequence++) assert.equal((await client.classification()).sequence, sequence)

  const exact = await follow(`?after=${until}`)
  assert.equal((await exact.classification()).sequence, until + 1)
})

test('in a gap an object that has not changed since is given once, in its newest state', async t => {
  const { follow, observe } = await listen(t, { streamLog: 1 })
  await observe('quiet', 1)
  await observe('quiet', 1, { firstNight: 1 })
  for (let night = 0; night < 4; night++) await observe('busy', 1, { firstNight: night })
  const client = await follow('?after=0&diaObjectId=quiet')
  const { until } = await client.gap()
  assert.ok(until >= 2)
  const { diaObjectId, epochs, sequence } = await client.classification()
  assert.deepEqual([diaObjectId, epochs, sequence], ['quiet', 2, 2])
  await observe('quiet', 1, { firstNight: 2 })
  assert.equal((await client.classification()).epochs, 3)
})

test('a position beyond the newest change belongs to another store: a gap says so, and everything is sent', async t => {
  const { follow, observe } = await listen(t)
  await observe('1', 1)
  await observe('2', 1)
  const client = await follow('', { 'last-event-id': '999' })
  assert.deepEqual(await client.gap(), { reason: 'unknown-position', after: 0, until: 0 })
  assert.deepEqual([(await client.classification()).sequence, (await client.classification()).sequence], [1, 2])
})

test('a service that was started again knows what it does not know: a position of before has a gap', async t => {
  const first = await listen(t)
  await first.observe('1', 1)
  await first.observe('2', 1)
  const again = fastify({ ...serverOptions })
  t.after(() => again.close())
  await again.register(api, apiOver(first.pipeline))
  const address = await again.listen({ port: 0 })
  const client = await connect(t, `${address}/v1/stream`, { 'last-event-id': '1' })
  assert.deepEqual(await client.gap(), { reason: 'too-old', after: 1, until: 2 })
  assert.equal((await client.classification()).diaObjectId, '2')
  const there = await connect(t, `${address}/v1/stream`, { 'last-event-id': '2' })
  assert.deepEqual(await there.block(), { retry: '2000' })
  await first.observe('3', 1)
  for (const one of [client, there]) assert.equal((await one.classification()).diaObjectId, '3')
})

test('heartbeats are comments that carry the position', async t => {
  const { follow, observe } = await listen(t, { heartbeatMs: 20 })
  await observe('1', 1)
  const client = await follow('?diaObjectId=2')
  assert.deepEqual(await client.block(), { comment: 'heartbeat', id: '1' })
  await observe('1', 1, { firstNight: 1 })
  let beat = await client.block()
  while (beat?.id === '1') beat = await client.block()
  assert.deepEqual(beat, { comment: 'heartbeat', id: '2' })
})

test('closing the server ends every stream, that of a client which does not read as well', async t => {
  const { app, follow, observe } = await listen(t)
  const clients = await Promise.all([follow(), follow(), follow('?minProbability=0.99')])
  const { port } = app.server.address() as AddressInfo
  const deaf = connectSocket(port, '127.0.0.1').on('error', () => {})
  t.after(() => deaf.destroy())
  await once(deaf, 'connect')
  deaf.pause()
  deaf.write('GET /v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await observe('1', 1)
  assert.equal((await clients[0]!.classification()).diaObjectId, '1')
  const started = performance.now()
  await app.close()
  assert.ok(performance.now() - started < 2000)
  assert.equal((await clients[1]!.classification()).diaObjectId, '1')
  for (const client of clients) assert.equal(await client.block(), undefined)
})

test('a wrong parameter is a problem, not a stream', async t => {
  const { app } = await openService(t)
  const status = async (query: string, headers: Record<string, string> = {}): Promise<number> =>
    (await app.inject({ url: `/v1/stream${query}`, headers })).statusCode
  assert.equal(await status('?minProbability=2'), 400)
  assert.equal(await status('?after=-1'), 400)
  assert.equal(await status('?minProbability=0.9&maxProbability=0.1'), 400)
  assert.equal(await status('?minEpochs=few'), 400)
  assert.equal(await status('?ra=10&dec=10'), 400)
  assert.equal(await status('?ra=10&dec=91&radius=1'), 400)
  assert.equal(await status('?diaObjectId=1&diaObjectId=a%20b'), 400)
  assert.equal(await status('?object=1'), 400)
  assert.equal(await status('', { 'last-event-id': 'x' }), 400)
})
