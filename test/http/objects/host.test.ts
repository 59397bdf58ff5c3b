import assert from 'node:assert/strict'
import test from 'node:test'
import type { InjectOptions } from 'fastify'
import type { Problem } from '../../../src/http/problems/problems.ts'
import { serialized } from '../../../src/state/processor/serialized.ts'
import { hostGiver } from '../../../src/state/processor/given-host.ts'
import type { Classification, ObjectView, StoreStatistics } from '../../../src/state/views.ts'
import { alertFor, openPipeline, point } from '../../pipeline.ts'
import { EPOCH, openService, type Service } from '../service.ts'
import { connect } from '../stream/sse-client.ts'

const ID = '313934342374881341'
const url = (id = ID): string => `/v1/objects/${id}/host`

const put = async (service: Service, payload: InjectOptions['payload'], { id = ID, headers = {} }: { id?: string, headers?: Record<string, string> } = {}) =>
  service.ask({ method: 'PUT', url: url(id), ...payload !== undefined && { payload }, headers: { ...typeof payload === 'string' && { 'content-type': 'application/json' }, ...headers } })
const objectOf = async (answer: ReturnType<typeof put>): Promise<ObjectView> => {
  const response = await answer
  assert.equal(response.statusCode, 200, response.body)
  return response.json<ObjectView>()
}
const history = async (service: Service, asOf = ''): Promise<Classification[]> =>
  (await service.ask(`/v1/objects/${ID}/classifications${asOf}`)).json<{ classifications: Classification[] }>().classifications

test('a redshift replays the light curve as if the alerts had brought it; the history keeps what stood before', async t => {
  const service = await openService(t)
  await service.observe(ID, 4)
  const [before] = await history(service)
  const given = await objectOf(put(service, { redshift: 0.4, redshiftErr: 0.02 }))
  assert.deepEqual(given.host, { redshift: 0.4, redshiftErr: 0.02, mwebv: null, givenAt: new Date(EPOCH + 2000).toISOString() })
  const { classification } = given
  assert.deepEqual([classification!.revision, classification!.epochs], [1, 4])
  assert.notEqual(classification!.probabilityIa, before!.probabilityIa)

  const direct = await openPipeline(t)
  const points = Array.from({ length: 4 }, (_, night) => point({ midpointMjdTai: 60000 + night }))
  const [once] = await direct.processor.process([{ alert: alertFor(ID, points, { host: { redshift: 0.4, redshiftErr: 0.02, mwebv: null } }), origin: 'test' }])
  assert.ok(Math.abs(classification!.probabilityIa - once!.probabilityIa!) < 1e-7)

  assert.deepEqual(await history(service), [before, classification])
  assert.deepEqual(await history(service, `?asOf=${before!.publishedAt}`), [before])
  assert.deepEqual((await service.ask(`/v1/objects/${ID}`)).json(), given)
  const { republished, accounting } = (await service.ask('/v1/statistics')).json<StoreStatistics>()
  assert.deepEqual([republished, accounting.received, accounting.classified], [1, 1, 1])
})

test('the same redshift again publishes nothing; taken back, what the alerts say stands again', async t => {
  const service = await openService(t)
  await service.observe(ID, 4)
  const first = await objectOf(put(service, { redshift: 0.4 }))
  assert.equal(first.host.redshiftErr, null)
  assert.deepEqual(await objectOf(put(service, { redshift: 0.4, redshiftErr: null })), first)
  assert.equal((await history(service)).length, 2)

  const back = await objectOf(service.ask({ method: 'DELETE', url: url() }))
  assert.deepEqual(back.host, { redshift: null, redshiftErr: null, mwebv: null, givenAt: null })
  assert.equal(back.classification!.revision, 2)
  const [before] = await history(service)
  assert.equal(back.classification!.probabilityIa, before!.probabilityIa)
  assert.deepEqual(await objectOf(service.ask({ method: 'DELETE', url: url() })), back)
  assert.equal((await history(service)).length, 3)
})

test('it stands above the redshifts of later alerts, which are carried on with it', async t => {
  const service = await openService(t)
  await service.observe(ID, 4)
  await put(service, { redshift: 0.4 })
  const alert = alertFor(ID, [point({ midpointMjdTai: 60009 })], { host: { redshift: 0.9, redshiftErr: 0.1, mwebv: null } })
  const [outcome] = await service.pipeline.processor.process([{ alert, origin: 'test' }])
  assert.deepEqual([outcome!.revision, outcome!.epochs], [1, 5], 'one step on, no replay')
  assert.equal((await objectOf(service.ask(`/v1/objects/${ID}`))).host.redshift, 0.4)
  const back = await objectOf(service.ask({ method: 'DELETE', url: url() }))
  assert.deepEqual([back.host.redshift, back.host.redshiftErr, back.classification!.revision], [0.9, 0.1, 2])
})

test('an object without a classification keeps the redshift for its first one', async t => {
  const service = await openService(t)
  const { processor } = service.pipeline
  await processor.process([{ alert: alertFor(ID, [point({ psfFlux: 100 })]), origin: 'test' }, { alert: alertFor('9', [point()], { solarSystem: true }), origin: 'test' }])
  const declined = await objectOf(put(service, { redshift: 0.4, redshiftErr: 0.02 }))
  assert.deepEqual([declined.declined, declined.classification, declined.host.redshift], ['no-detection', null, 0.4])
  assert.equal((await objectOf(put(service, { redshift: 1 }, { id: '9' }))).declined, 'solar-system-object', 'why it was declined stands')
  const [outcome] = await processor.process([{ alert: alertFor(ID, [point({ midpointMjdTai: 60001 })]), origin: 'test' }])
  const direct = await openPipeline(t)
  const host = { redshift: 0.4, redshiftErr: 0.02, mwebv: null }
  const [once] = await direct.processor.process([{ alert: alertFor(ID, [point({ psfFlux: 100 }), point({ midpointMjdTai: 60001 })], { host }), origin: 'test' }])
  assert.equal(outcome!.probabilityIa, once!.probabilityIa)
})

test('subscribers of the stream see the new classification', async t => {
  const service = await openService(t)
  await service.observe(ID, 4)
  const address = await service.app.listen({ port: 0, host: '127.0.0.1' })
  const client = await connect(t, `${address}/v1/stream?diaObjectId=${ID}`)
  assert.deepEqual(await client.block(), { retry: '2000' })
  const { classification } = await objectOf(put(service, { redshift: 0.4 }))
  const { revision, probabilityIa } = await client.classification()
  assert.deepEqual([revision, probabilityIa], [1, classification!.probabilityIa])
  client.close()
})

test('an object that was never seen is a 404; while Candela shuts down it is a 503', async t => {
  const unknown = await openService(t)
  for (const method of ['PUT', 'DELETE'] as const) {
    const response = await unknown.ask({ method, url: url(), ...method === 'PUT' && { payload: { redshift: 0.4 } } })
    assert.deepEqual([response.statusCode, response.json<Problem>().type], [404, '/problems/object-not-found'])
  }
  const processor = serialized((await openPipeline(t)).processor)
  await processor.close()
  const closing = await openService(t, { giveHost: hostGiver(processor) })
  const response = await put(closing, { redshift: 0.4 })
  assert.deepEqual([response.statusCode, response.json<Problem>().type], [503, '/problems/shutting-down'])
})

test('pages of other sites and other content types are refused, and change nothing', async t => {
  const service = await openService(t)
  await service.observe(ID, 2)
  const other = { origin: 'https://elsewhere.example' }
  assert.equal((await put(service, { redshift: 0.4 }, { headers: other })).statusCode, 403)
  assert.equal((await service.ask({ method: 'DELETE', url: url(), headers: other })).statusCode, 403)
  const typed = await put(service, 'redshift=0.4', { headers: { 'content-type': 'application/x-www-form-urlencoded' } })
  assert.equal(typed.statusCode, 415)
  assert.match(typed.json<Problem>().action!, /application\/json/)
  assert.equal((await history(service)).length, 1)
  assert.equal((await put(service, { redshift: 0.4 }, { headers: { origin: 'http://localhost:8080', host: 'localhost:8080' } })).statusCode, 200)
})

const wrong: Array<[payload: string | undefined, parameter: string, expected: RegExp]> = [
  ['{}', 'redshift', /^a number above 0, at most 10$/],
  ['{"redshift": null}', 'redshift', /above 0/],
  ['{"redshift": "0.4"}', 'redshift', /above 0/],
  ['{"redshift": 0}', 'redshift', /above 0/],
  ['{"redshift": -0.1}', 'redshift', /above 0/],
  ['{"redshift": 10.1}', 'redshift', /at most 10/],
  ['{"redshift": 1e400}', 'redshift', /at most 10/],
  ['{"redshift": 0.4, "redshiftErr": -0.01}', 'redshiftErr', /^a number from 0 to 10, or null$/],
  ['{"redshift": 0.4, "redshiftErr": "small"}', 'redshiftErr', /from 0 to 10/],
  ['{"redshift": 0.4, "redshiftError": 0.1}', 'redshiftError', /^one of redshift, redshiftErr$/],
  ['[0.4]', 'body', /^a JSON object such as/],
  ['null', 'body', /^a JSON object such as/],
  [undefined, 'body', /^a JSON object such as/]
]
for (const [payload, parameter, expected] of wrong) {
  test(`PUT …/host with ${payload ?? 'no body'} names what is wrong, and changes nothing`, async t => {
    const service = await openService(t)
    await service.observe(ID, 2)
    const response = await put(service, payload)
    assert.equal(response.statusCode, 400, response.body)
    const { type, errors } = response.json<Problem>()
    assert.equal(type, '/problems/invalid-parameter')
    assert.equal(errors![0]!.parameter, parameter)
    assert.match(errors![0]!.expected, expected)
    assert.equal((await objectOf(service.ask(`/v1/objects/${ID}`))).host.givenAt, null)
  })
}

test('a body that is no JSON is a problem, and so is an id that cannot be one', async t => {
  const service = await openService(t)
  assert.equal((await put(service, '{"redshift": 0.4')).statusCode, 400)
  assert.equal((await put(service, { redshift: 0.4 }, { id: 'a%20b' })).statusCode, 400)
})

test('a Candela that takes no redshifts has no such route', async t => {
  const { app } = await openService(t, { giveHost: undefined as never })
  assert.equal((await app.inject({ method: 'PUT', url: url(), payload: { redshift: 0.4 } })).statusCode, 404)
})
