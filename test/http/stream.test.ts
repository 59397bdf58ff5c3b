import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectSocket, type AddressInfo } from 'node:net'
import test, { type TestContext } from 'node:test'
import { candidateSchema } from '../../src/http/schemas.ts'
import { openService, type Service } from './service.ts'
import { connect, type SseClient } from './sse-client.ts'

/** A service that listens; `follow` resolves when the stream stands at the newest change. */
async function listen (t: TestContext, heartbeatMs?: number): Promise<Service & { address: string, follow: (query?: string, headers?: Record<string, string>) => Promise<SseClient> }> {
  const service = await openService(t, heartbeatMs === undefined ? {} : { heartbeatMs })
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

test('Last-Event-ID resumes: each object that changed meanwhile once, in its newest state, then live', async t => {
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
  const missed = [await resumed.classification(), await resumed.classification()]
  assert.deepEqual(missed.map(({ diaObjectId, epochs }) => [diaObjectId, epochs]), [['3', 1], ['1', 3]])
  await observe('2', 1, { firstNight: 7 })
  assert.equal((await resumed.classification()).diaObjectId, '2')
})

test('a position beyond the newest change belongs to another store: everything is sent', async t => {
  const { follow, observe } = await listen(t)
  await observe('1', 1)
  await observe('2', 1)
  const client = await follow('', { 'last-event-id': '999' })
  assert.deepEqual([(await client.classification()).sequence, (await client.classification()).sequence], [1, 2])
})

test('heartbeats are comments that carry the position', async t => {
  const { follow, observe } = await listen(t, 20)
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
  assert.equal(await status('?diaObjectId=1&diaObjectId=a%20b'), 400)
  assert.equal(await status('?object=1'), 400)
  assert.equal(await status('', { 'last-event-id': 'x' }), 400)
})
