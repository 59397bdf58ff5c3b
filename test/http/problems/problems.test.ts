import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import test from 'node:test'
import { readFileSync } from 'node:fs'
import fastify from 'fastify'
import { PROBLEM_KINDS, type ProblemKind } from '../../../src/http/problems/types.ts'
import { sendProblem, type Problem } from '../../../src/http/problems/problems.ts'
import { api, serverOptions } from '../../../src/http/api.ts'
import type { ObjectReader } from '../../../src/state/views.ts'
import { openService } from '../service.ts'

test('a path that is not served is a problem', async t => {
  const { app } = await openService(t)
  for (const url of ['/v1/nothing', '/v2/objects', '/v1/objects/1/nothing', '/web/dashboard.ts', '/web/..%2fpackage.json', '/web/tsconfig.json']) {
    const response = await app.inject(url)
    assert.equal(response.statusCode, 404, url)
    assert.equal(response.headers['content-type'], 'application/problem+json')
    assert.equal(response.json<Problem>().type, '/problems/route-not-found')
  }
})

test('another method of a known path is a 405 that names the allowed ones', async t => {
  const { app } = await openService(t)
  for (const [url, allow] of [['/v1/objects', 'GET, HEAD'], ['/v1/objects/1', 'GET, HEAD'], ['/v1/stream', 'GET'], ['/health/live', 'GET, HEAD'], ['/', 'GET, HEAD']] as const) {
    const response = await app.inject({ method: 'POST', url, payload: '<x/>', headers: { 'content-type': 'text/xml' } })
    assert.equal(response.statusCode, 405, url)
    assert.equal(response.headers['allow'], allow)
    assert.deepEqual(response.json(), {
      type: '/problems/method-not-allowed', title: 'Method not allowed', status: 405, detail: 'POST is not allowed here.', instance: url, action: `Allowed: ${allow}.`
    })
  }
})

test('a path that cannot be decoded or is far too long never reaches a route and is a problem too', async t => {
  const { app } = await openService(t)
  const undecodable = await app.inject('/v1/objects/%E0%A4%A')
  assert.equal(undecodable.statusCode, 400)
  assert.equal(undecodable.json<Problem>().type, '/problems/bad-request')
  const long = await app.inject(`/v1/objects/${'9'.repeat(500)}`)
  assert.equal(long.statusCode, 414)
  assert.equal(long.headers['content-type'], 'application/problem+json')
  assert.equal(long.json<Problem>().type, '/problems/path-too-long')
})

test('bodies that cannot be read are named by their kind', async t => {
  const app = fastify()
  t.after(() => app.close())
  app.setErrorHandler(sendProblem)
  app.post('/', { bodyLimit: 20 }, async () => 'ok')
  const post = async (type: string, payload: string): Promise<[number, string]> => {
    const response = await app.inject({ method: 'POST', url: '/', headers: { 'content-type': type }, payload })
    return [response.statusCode, response.json<Problem>().type]
  }
  assert.deepEqual(await post('text/xml', '<x/>'), [415, '/problems/media-type-not-supported'])
  assert.deepEqual(await post('application/json', '{'), [400, '/problems/bad-request'])
  assert.deepEqual(await post('application/json', JSON.stringify('x'.repeat(30))), [413, '/problems/body-too-large'])
})

test('an error inside Candela is logged in full and answered without a word of it', async t => {
  const lines: string[] = []
  const log = new Writable({ write (chunk, _encoding, done) { lines.push(String(chunk)); done() } })
  const app = fastify({ ...serverOptions, logger: { stream: log } })
  t.after(() => app.close())
  const broken = (): never => { throw new Error('secret: /data/lock.mdb is damaged') }
  const candidate = { diaObjectId: '1', probabilityIa: Number.NaN, epochs: 1, midpointMjdTai: 60000, revision: 0, classifierName: 'a', classifierVersion: '1.0', publishedAt: '2026-05-01T00:00:00.000Z', ra: 0, dec: 0, firstDetectionMjdTai: null, rise: null, sequence: 1 }
  const reader: ObjectReader = {
    object: broken,
    classifications: broken,
    lightCurve: broken,
    carried: broken,
    candidates: () => ({ candidates: [candidate], next: null }),
    numbering: () => 'test',
    changedSince: broken,
    sequence: () => 1,
    statistics: broken,
    subscribe: () => () => {}
  }
  const deadLetters = { size: broken, list: broken, get: broken, bytes: broken }
  await app.register(api, { version: '0.0.0', reader, deadLetters, replay: { replay: broken }, discard: { discard: broken, keepWithin: broken }, models: () => [], ready: () => ({ ready: true }) })
  for (const url of ['/v1/objects/1', '/v1/objects']) {
    const response = await app.inject(url)
    assert.equal(response.statusCode, 500, url)
    assert.equal(response.headers['content-type'], 'application/problem+json')
    const problem = response.json<Problem>()
    assert.equal(problem.type, '/problems/internal-error')
    assert.deepEqual(Object.keys(problem).sort(), ['detail', 'instance', 'status', 'title', 'type'])
    assert.doesNotMatch(response.body, /secret|lock\.mdb|at .*\.ts/)
  }
  assert.match(lines.join(''), /secret: \/data\/lock\.mdb is damaged/)
  assert.match(lines.join(''), /probabilityIa/)
})

const API_DOCS = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8')

test('every kind of problem is documented as it is, and served at the address that is its type', async t => {
  const { ask } = await openService(t)
  const rows = [...API_DOCS.matchAll(/^\| `\/problems\/([a-z-]+)` \| (\d+) \| (.*) \| (later)? ?\|$/gm)].map(([, name, status, about, later]) => [name, Number(status), about, later === 'later'])
  const kinds = Object.entries(PROBLEM_KINDS).map(([name, { status, about, canRetry = false }]: [string, ProblemKind]) => [name, status, about, canRetry])
  assert.deepEqual(rows, kinds)
  const { problems } = (await ask('/problems')).json<{ problems: Array<{ type: string, status: number, about: string, canRetry: boolean }> }>()
  assert.deepEqual(problems.map(({ type, status, about, canRetry }) => [type.slice('/problems/'.length), status, about, canRetry]), kinds)
  const { type } = (await ask('/v1/objects/1')).json<Problem>()
  assert.deepEqual((await ask(type)).json(), problems.find(problem => problem.type === type))
})

test('every parameter of the list of objects is documented', async t => {
  const { app } = await openService(t)
  const { paths } = (await app.inject('/openapi.json')).json<{ paths: Record<string, { get: { parameters: Array<{ name: string, in: string }> } }> }>()
  for (const { name, in: place } of paths['/v1/objects']!.get.parameters) if (place === 'query') assert.match(API_DOCS, new RegExp(`\\b${name}\\b`), name)
})
