import assert from 'node:assert/strict'
import test from 'node:test'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { openTokenFolder } from '../../src/http/access/tokens.ts'
import type { AccessOptions } from '../../src/http/access/access.ts'
import { temporaryFolder } from '../pipeline.ts'
import { cases, type ContractCase } from './contract/cases.ts'
import { DescribedApi } from './contract/described.ts'
import { broken, closing, openWorld, type World } from './contract/world.ts'

/** The stream has no end: its head is looked at, and it is left. */
async function send (world: World, described: DescribedApi, { request }: ContractCase): Promise<LightMyRequestResponse> {
  const given: string | InjectOptions = typeof request === 'function' ? await request(world) : request
  const options = typeof given === 'string' ? { url: given } : given
  const streamed = String(options.url).startsWith('/v1/stream')
  const response = await world.app.inject({ ...options, payloadAsStream: streamed })
  if (streamed && response.statusCode === 200) {
    response.stream().destroy()
    assert.match(String(response.headers['content-type']), /^text\/event-stream/)
    return response
  }
  const whole = streamed ? await world.app.inject(options) : response
  described.check(whole, options.method ?? 'GET', String(options.url))
  return whole
}

/** Where neither a compressed answer nor one as it is will do. */
async function withNoForm (world: World, { request }: ContractCase): Promise<InjectOptions> {
  const given = typeof request === 'function' ? await request(world) : request
  const options = typeof given === 'string' ? { url: given } : given
  return { ...options, headers: { ...options.headers, 'accept-encoding': '*;q=0' } }
}

const shown = ({ request }: ContractCase): string => typeof request === 'function' ? 'a request' : JSON.stringify(request)

test('every operation of the OpenAPI document has contract tests, and none is left over', async t => {
  const { app } = await openWorld(t)
  const described = await DescribedApi.of(app)
  assert.deepEqual(Object.keys(cases).sort(), [...described.operations().keys()].sort())
  for (const [name, { parameters, requestBody }] of described.operations()) {
    const statuses = cases[name]!.map(({ status = 200 }) => status)
    assert.ok(statuses.some(status => status < 300), `${name} has a good request`)
    if (parameters || requestBody) assert.ok(statuses.some(status => status >= 400), `${name} has a bad request`)
  }
})

/** Of the worlds that no options set apart. */
let plain: Promise<DescribedApi> | undefined

for (const [name, all] of Object.entries(cases)) {
  test(`${name} keeps its contract, with good and bad input`, async t => {
    const world = await openWorld(t)
    const described = await (plain ??= DescribedApi.of(world.app))
    const seen = new Set<string>()
    for (const one of all) {
      const response = await send(world, described, one)
      assert.equal(response.statusCode, one.status, `${shown(one)}: ${one.status === 200 ? '' : response.body}`)
      if (one.problem) assert.equal(response.json<{ type: string }>().type, `/problems/${one.problem}`, shown(one))
      seen.add(String(response.statusCode))
    }
    const unacceptable = await send(world, described, { request: await withNoForm(world, all[0]!) })
    assert.deepEqual([unacceptable.statusCode, unacceptable.json<{ type: string }>().type], [406, '/problems/not-acceptable'])
    seen.add('406')
    const closed = await openWorld(t, closing())
    const { responses } = described.operations().get(name)!
    if (responses['503'] && name !== 'GET /v1/stream') {
      const response = await send(closed, described, all[0]!)
      assert.equal(response.statusCode, 503, `${name} while the service closes`)
      seen.add('503')
    }
    // The next test has those of a fault, test/issues/too-many-streams those of streams.
    assert.deepEqual(Object.keys(responses).filter(status => !seen.has(status) && status !== '500' && !(name === 'GET /v1/stream' && ['429', '503'].includes(status))), [], 'every answer that is described is got')
  })
}

/** Served from memory, or, as a stream is, begun before anything is read: nothing can break there. */
const UNBREAKABLE = ['GET /problems', 'GET /problems/{name}', 'GET /health/live', 'GET /v1/statistics/recent', 'GET /v1/stream']

test('whatever breaks inside, the answer is a 500 without a word of it', async t => {
  const world = await openWorld(t, broken())
  const described = await DescribedApi.of(world.app)
  const unbroken: string[] = []
  for (const [name, [one]] of Object.entries(cases)) {
    const response = await send(world, described, one!)
    if (response.statusCode !== 500) unbroken.push(name)
    else assert.deepEqual([response.json<{ type: string }>().type, /secret/.test(response.body)], ['/problems/internal-error', false], name)
  }
  assert.deepEqual(unbroken.sort(), UNBREAKABLE.toSorted())
})

test('who may not, or asks too often, is answered as described', async t => {
  const tokens = openTokenFolder(temporaryFolder(t))
  const access = (given: Partial<AccessOptions>): { access: AccessOptions } => ({ access: { mode: 'all', tokens, requestsPerMinute: { address: 0, token: 0 }, ...given } })
  const guarded = await openWorld(t, access({}))
  const described = await DescribedApi.of(guarded.app)
  const scoped = `Bearer ${tokens.create('reader', 'read', null).token}`
  for (const [name, [one]] of Object.entries(cases)) {
    if (!/ (\/v1|\/metrics)/.test(name)) continue
    const without = await send(guarded, described, one!)
    assert.deepEqual([without.statusCode, without.json<{ type: string }>().type], [401, '/problems/token-missing'], name)
    if (name.startsWith('GET') || name === 'POST /v1/classify') continue
    const request = typeof one!.request === 'function' ? await one!.request(guarded) : one!.request as InjectOptions
    const little = await send(guarded, described, { ...one!, request: { ...request, headers: { ...request.headers, authorization: scoped } } })
    assert.deepEqual([little.statusCode, little.json<{ type: string }>().type], [403, '/problems/scope-missing'], name)
  }
  const slow = await openWorld(t, access({ mode: 'none', requestsPerMinute: { address: 1, token: 0 } }))
  await slow.app.inject('/v1/models')
  for (const [name, [one]] of Object.entries(cases)) {
    if (name.includes('/health/')) continue
    const response = await send(slow, described, one!)
    assert.deepEqual([response.statusCode, response.json<{ type: string }>().type], [429, '/problems/too-many-requests'], name)
  }
})
