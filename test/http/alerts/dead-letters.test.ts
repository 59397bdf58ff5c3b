import assert from 'node:assert/strict'
import test from 'node:test'
import fastify from 'fastify'
import type { ReceivedAlert } from '../../../src/alert/alert.ts'
import { CandelaError } from '../../../src/errors.ts'
import { createSky } from '../../../src/simulator/live/sky.ts'
import { createDeadLetterReplay } from '../../../src/state/dead-letters/replay.ts'
import type { DeadLetterFacts } from '../../../src/state/views.ts'
import { api, serverOptions } from '../../../src/http/api.ts'
import { alertFor, openPipeline, point } from '../../pipeline.ts'
import { apiOver, asking, EPOCH, openService, type Service } from '../service.ts'

interface Page { deadLetters: DeadLetterFacts[], nextCursor: string | null }
interface Replay { outcomes: Array<{ deadLetter: number, diaObjectId: string | null, outcome: string, reason?: string, classifierName: string }>, nextCursor: string | null }
interface Problem { type: string, detail: string, errors?: Array<{ parameter: string, expected: string }> }

const [intact] = createSky({ seed: 5 }).night(0)

const lost = (bytes: Uint8Array, code: string): ReceivedAlert => ({ error: new CandelaError(code, `lost: ${code}`, { action: 'Find it.' }), bytes, origin: `test/${code}` })

/** Two letters: one that can be read by now, and one that never can. */
async function twoLetters (service: Service): Promise<void> {
  await service.pipeline.processor.process([lost(intact!.bytes, 'schema-unknown'), lost(Buffer.from('rubbish'), 'dialect-unknown')])
}

const replay = async (service: Service, payload: object) => service.ask({ method: 'POST', url: '/v1/dead-letters/replay', payload })

test('dead letters are listed newest first, filtered and in pages', async t => {
  const service = await openService(t)
  await twoLetters(service)
  const ask = async (query: string): Promise<[number[], string | null]> => {
    const { deadLetters, nextCursor } = (await service.ask(`/v1/dead-letters${query}`)).json<Page>()
    return [deadLetters.map(({ number }) => number), nextCursor]
  }
  assert.deepEqual(await ask(''), [[2, 1], null])
  assert.deepEqual(await ask('?order=oldest'), [[1, 2], null])
  assert.deepEqual(await ask('?limit=1'), [[2], '2'])
  assert.deepEqual(await ask('?limit=1&cursor=2'), [[1], null])
  assert.deepEqual(await ask('?code=schema-unknown'), [[1], null])
  assert.deepEqual(await ask('?origin=dialect'), [[2], null])
})

test('one dead letter with all its facts, its bytes in base64 and as they came', async t => {
  const service = await openService(t)
  await twoLetters(service)
  assert.deepEqual((await service.ask('/v1/dead-letters/2')).json(), {
    number: 2,
    code: 'dialect-unknown',
    message: 'lost: dialect-unknown',
    action: 'Find it.',
    origin: 'test/dialect-unknown',
    receivedAt: new Date(EPOCH + 2000).toISOString(),
    failedAt: new Date(EPOCH + 2000).toISOString(),
    attempts: 1,
    bytes: 7,
    part: null,
    content: Buffer.from('rubbish').toString('base64')
  })
  const bytes = await service.ask('/v1/dead-letters/1/bytes')
  assert.equal(bytes.headers['content-type'], 'application/octet-stream')
  assert.deepEqual(bytes.rawPayload, Buffer.from(intact!.bytes))
  for (const url of ['/v1/dead-letters/3', '/v1/dead-letters/3/bytes']) {
    const unknown = await service.ask(url)
    assert.equal(unknown.statusCode, 404)
    assert.equal(unknown.json<Problem>().type, '/problems/dead-letter-not-found')
  }
  assert.equal((await service.ask('/v1/dead-letters/0')).statusCode, 400)
})

test('a replay tells what became of each alert, and settles those that are taken in', async t => {
  const service = await openService(t)
  await twoLetters(service)
  const first = (await replay(service, { limit: 1 })).json<Replay>()
  assert.equal(first.nextCursor, '1')
  const second = (await replay(service, { limit: 1, cursor: first.nextCursor })).json<Replay>()
  assert.equal(second.nextCursor, null)
  assert.deepEqual([...first.outcomes, ...second.outcomes].map(({ deadLetter, diaObjectId, outcome, reason, classifierName }) => [deadLetter, diaObjectId, reason ?? outcome, classifierName]), [
    [1, intact!.diaObjectId, 'classified', 'untrained'],
    [2, null, 'dialect-unknown', 'untrained']
  ])
  const statistics = (await service.ask('/v1/statistics')).json<{ deadLetters: number, accounting: object }>()
  assert.equal(statistics.deadLetters, 1)
  assert.deepEqual(statistics.accounting, {
    received: 4, classified: 1, declined: 0, duplicate: 0, deadLettered: 3, replayed: 2, declinedByReason: {}, deadLetteredByCode: { 'schema-unknown': 1, 'dialect-unknown': 2 }
  })
  assert.equal((await replay(service, { numbers: [1] })).statusCode, 404)
  assert.equal((await service.ask('/v1/dead-letters/2')).json<DeadLetterFacts>().attempts, 2)
})

test('a dead letter whose alert has a time that is no number does not spoil the answer', async t => {
  const { store: { reader, deadLetters }, processor } = await openPipeline(t)
  const timeless = alertFor('1', [point()], { midpointMjdTai: Number.NaN })
  const replaying = createDeadLetterReplay({ deadLetters, processor, async * decode () { yield { alert: timeless } } })
  const service = await openService(t, { reader, deadLetters, replay: replaying })
  await processor.process([lost(Buffer.from('of a dialect that lets it through'), 'dialect-unknown')])
  const [outcome] = (await replay(service, {})).json<{ outcomes: Array<{ diaObjectId: string, reason: string, midpointMjdTai: number | null }> }>().outcomes
  assert.deepEqual([outcome!.diaObjectId, outcome!.reason, outcome!.midpointMjdTai], ['1', 'no-usable-point', null])
})

const wrong: Array<[payload: object, parameter: string, expected: RegExp]> = [
  [{ numbers: [0] }, 'numbers', /whole number, 1 or more/],
  [{ numbers: ['1'] }, 'numbers', /whole number, 1 or more/],
  [{ numbers: [1], code: 'schema-unknown' }, 'code', /either numbers or a code/],
  [{ number: 1 }, 'number', /one of numbers, code, cursor, limit/],
  [{ limit: 0 }, 'limit', /./],
  [{ code: 'Not A Code' }, 'code', /an error code/]
]
for (const [payload, parameter, expected] of wrong) {
  test(`POST /v1/dead-letters/replay ${JSON.stringify(payload)} names what is wrong, and puts nothing through`, async t => {
    const service = await openService(t)
    await twoLetters(service)
    const response = await replay(service, payload)
    assert.equal(response.statusCode, 400)
    const [error] = response.json<Problem>().errors!
    assert.equal(error!.parameter, parameter)
    assert.match(error!.expected, expected)
    assert.equal(service.pipeline.store.reader.statistics().accounting.replayed, 0)
  })
}

const discard = async (service: Service, payload: object) => service.ask({ method: 'POST', url: '/v1/dead-letters/discard', payload })

test('dead letters are discarded by number, by code and time, or all, in pages; they stay counted', async t => {
  const service = await openService(t)
  await twoLetters(service)
  await twoLetters(service)
  await service.pipeline.processor.process([lost(Buffer.from('x'), 'avro-invalid')])
  assert.deepEqual((await service.ask({ method: 'DELETE', url: '/v1/dead-letters/3' })).json(), { discarded: [3] })
  assert.equal((await service.ask({ method: 'DELETE', url: '/v1/dead-letters/3' })).statusCode, 404)
  assert.equal((await discard(service, { numbers: [1, 3] })).statusCode, 404)
  assert.deepEqual((await discard(service, { code: 'dialect-unknown', receivedBefore: new Date(EPOCH + 3000).toISOString() })).json(), { discarded: [2], nextCursor: null })
  assert.deepEqual((await discard(service, { all: true, limit: 1 })).json(), { discarded: [1], nextCursor: '1' })
  assert.deepEqual((await discard(service, { all: true, cursor: '1' })).json(), { discarded: [4, 5], nextCursor: null })
  const { deadLetters, deadLettersDiscarded, accounting: { deadLettered } } = service.pipeline.store.reader.statistics()
  assert.deepEqual({ deadLetters, deadLettersDiscarded, deadLettered }, { deadLetters: 0, deadLettersDiscarded: 5, deadLettered: 5 })
})

for (const payload of [{}, { numbers: [1], all: true }, { code: 'avro-invalid', all: true }, { all: false }, { every: true }, { receivedBefore: 'yesterday' }]) {
  test(`POST /v1/dead-letters/discard ${JSON.stringify(payload)} is refused, and discards nothing`, async t => {
    const service = await openService(t)
    await twoLetters(service)
    const response = await discard(service, payload)
    assert.equal(response.statusCode, 400)
    assert.equal(response.json<Problem>().type, '/problems/invalid-parameter')
    assert.equal(service.pipeline.store.reader.statistics().deadLetters, 2)
  })
}

test('a service that may not change dead letters only shows them', async t => {
  const pipeline = await openPipeline(t)
  await pipeline.processor.process([lost(Buffer.from('rubbish'), 'dialect-unknown')])
  const { replay: _, discard: __, ...options } = apiOver(pipeline)
  const app = fastify({ ...serverOptions })
  t.after(() => app.close())
  await app.register(api, options)
  const ask = asking(app)
  assert.equal((await ask('/v1/dead-letters')).json<Page>().deadLetters.length, 1)
  assert.equal((await ask('/v1/dead-letters/1')).statusCode, 200)
  assert.equal((await ask('/v1/dead-letters/1/bytes')).body, 'rubbish')
  for (const [method, url] of [['POST', '/v1/dead-letters/replay'], ['POST', '/v1/dead-letters/discard'], ['DELETE', '/v1/dead-letters/1']] as const) {
    const response = await app.inject({ method, url })
    assert.equal(response.statusCode, 405, url)
    assert.equal(response.headers['allow'], 'GET, HEAD')
  }
  const { paths } = (await app.inject('/openapi.json')).json<{ paths: Record<string, object> }>()
  const shown = Object.entries(paths).filter(([path]) => path.startsWith('/v1/dead-letters')).map(([path, operations]) => [path, ...Object.keys(operations)])
  assert.deepEqual(shown, [['/v1/dead-letters', 'get'], ['/v1/dead-letters/{number}', 'get'], ['/v1/dead-letters/{number}/bytes', 'get']])
})
