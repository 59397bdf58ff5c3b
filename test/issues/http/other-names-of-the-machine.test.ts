/**
 * DNS rebinding: a page of another site makes its own name point at this machine, and reads and writes as if it were of
 * the same origin. Its requests carry that name as Host.
 */
import assert from 'node:assert/strict'
import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import test, { type TestContext } from 'node:test'
import fastify, { type FastifyInstance } from 'fastify'
import { api, serverOptions, type ApiOptions } from '../../../src/http/api.ts'
import { operationApi } from '../../../src/http/operation/operation.ts'
import { hostName, hostRule } from '../../../src/http/access/hosts.ts'
import { openTokenFolder } from '../../../src/http/access/tokens.ts'
import type { Problem } from '../../../src/http/problems/problems.ts'
import { readSettings } from '../../../src/config.ts'
import { hostsOf, httpServer } from '../../../src/server/listen.ts'
import { createMeasures } from '../../../src/stream/measures.ts'
import { openPipeline, temporaryFolder } from '../../pipeline.ts'
import { apiOver, openService } from '../../http/service.ts'
import pino from 'pino'

const REBOUND = ['evil.example', 'evil.example:8080', 'localhost.evil.example', 'evil-localhost', 'notlocalhost', '127.0.0.1.evil.example', 'xn--lclhost-o0a.example', 'LOCALHOST.EVIL.EXAMPLE.', '1.2.3.4.nip.io', 'query']
const OWN = ['localhost', 'localhost:8080', 'LocalHost', 'localhost.', 'sub.localhost:1', '127.0.0.1', '127.1:80', '127.8.8.8', '[::1]:8080', '[::1]', '[fe80::1%25eth0]:80', '[fe80::1%eth0]', '10.4.5.6:8080', '0.0.0.0', '[2001:db8::2]']
const BROKEN = ['', ':80', 'a b', 'user@localhost', 'localhost/x', 'localhost:port', 'localhost:999999', '[::1', '[zz]', 'localhost#', 'a..127.999', 'localhost\\evil']

test('an address and the loopback are always allowed, other names only where a rule has them', () => {
  const none = hostRule([])
  for (const host of OWN) assert.ok(none(hostName(host) ?? '?'), host)
  for (const host of REBOUND) assert.ok(!none(hostName(host) ?? '?'), host)
  for (const host of BROKEN) assert.equal(hostName(host), null, host)
  const some = hostRule(['Candela.example.org', '*.svc.cluster.local', 'query'])
  for (const host of ['candela.EXAMPLE.org.', 'a.b.svc.cluster.local', 'query:8080']) assert.ok(some(hostName(host)!), host)
  for (const host of ['a.candela.example.org', 'svc.cluster.local', 'evilsvc.cluster.local', 'query.example']) assert.ok(!some(hostName(host)!), host)
  assert.ok(hostRule(['*'])('evil.example'))
})

test('neither reads nor writes, pages nor health are answered under another name, whatever --auth says', async t => {
  const tokens = openTokenFolder(temporaryFolder(t))
  for (const access of [undefined, { mode: 'none', tokens, requestsPerMinute: { address: 0, token: 0 } }] as const) {
    const { app } = await openService(t, { ...access && { access }, corsOrigins: '*' })
    const requests = [
      ...['/v1/objects', '/v1/stream', '/', '/web/style.css', '/docs/', '/openapi.json', '/health/live', '/metrics', '/problems', '/nothing'].map(url => ({ method: 'GET', url }) as const),
      { method: 'POST', url: '/v1/alerts', payload: '{}' }, { method: 'POST', url: '/v1/classify', payload: {} }, { method: 'DELETE', url: '/v1/dead-letters/1' },
      { method: 'OPTIONS', url: '/v1/objects', headers: { 'access-control-request-method': 'GET' } }
    ] as const
    for (const request of requests) {
      const rebound = await app.inject({ ...request, headers: { ...'headers' in request && request.headers, host: 'evil.example:8080', origin: 'http://evil.example:8080' } })
      assert.deepEqual([rebound.statusCode, rebound.headers['content-type'], rebound.json<Problem>().type], [421, 'application/problem+json', '/problems/host-not-allowed'], `${request.method} ${request.url}`)
      assert.match(rebound.json<Problem>().action!, /--http-hosts/)
    }
    assert.equal((await app.inject({ url: '/health/live', headers: { host: '[::1]:8080' } })).statusCode, 200)
  }
})

test('a process without objects looks at the name too', async t => {
  const app = fastify({ ...serverOptions })
  t.after(() => app.close())
  await app.register(operationApi, { version: '0', models: () => [], ready: () => ({ ready: true }), measures: createMeasures({ reference: null }), hosts: ['ingest'] })
  const asked = async (host: string): Promise<number> => (await app.inject({ url: '/metrics', headers: { host } })).statusCode
  assert.deepEqual([await asked('ingest:8080'), await asked('10.1.2.3:8080'), await asked('evil.example')], [200, 200, 421])
})

/** A server as `candela serve` has one, over a pipeline, on a free port. */
async function listening (t: TestContext, env: NodeJS.ProcessEnv, options: Partial<ApiOptions> = {}): Promise<{ app: FastifyInstance, send: (bytes: string) => Promise<string> }> {
  const settings = readSettings({}, { env })
  const app = httpServer(settings, pino({ level: 'silent' }))
  t.after(() => app.close())
  await app.register(api, { ...apiOver(await openPipeline(t)), hosts: hostsOf(settings), ...options })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  return {
    app,
    async send (bytes) {
      const socket = connect(port, '127.0.0.1')
      socket.write(bytes)
      return await text(socket)
    }
  }
}

test('the name counts however it is said: two of them, none, in the target, by a proxy', async t => {
  const { send } = await listening(t, {})
  const get = async (target: string, version: string, ...headers: string[]): Promise<string> => {
    const answer = await send(`GET ${target} HTTP/${version}\r\n${[...headers, 'Connection: close'].join('\r\n')}\r\n\r\n`)
    const status = answer.split(' ')[1]!
    if (status !== '200') assert.match(answer, /application\/problem\+json/i, answer)
    return status
  }
  assert.equal(await get('/v1/objects', '1.1', 'Host: localhost'), '200')
  assert.equal(await get('/v1/objects', '1.1', 'Host: evil.example'), '421')
  assert.equal(await get('/v1/objects', '1.1', 'Host: localhost', 'Host: evil.example'), '400')
  assert.equal(await get('/v1/objects', '1.1', 'Host: evil.example', 'Host: localhost'), '400')
  assert.equal(await get('/v1/objects', '1.1'), '400')
  assert.equal(await get('/v1/objects', '1.1', 'Host:'), '400')
  assert.equal(await get('/v1/objects', '1.0'), '200')
  assert.equal(await get('http://localhost/v1/objects', '1.1', 'Host: evil.example'), '200')
  assert.equal(await get('http://evil.example/v1/objects', '1.1', 'Host: localhost'), '421')
  assert.equal(await get('HTTP://evil.example', '1.0'), '421')
  // Nobody is trusted: what a page puts into the header changes nothing.
  assert.equal(await get('/v1/objects', '1.1', 'Host: evil.example', 'X-Forwarded-Host: localhost'), '421')
  assert.equal(await get('/v1/objects', '1.1', 'Host: localhost', 'X-Forwarded-Host: evil.example'), '200')
  assert.equal(await get('/v1/objects', '1.1', 'Host: candela.example.org'), '421')
})

test('behind a trusted proxy both names count: the one that the proxy was asked under, and its own', async t => {
  const { app } = await listening(t, { CANDELA_HTTP_PROXIES: '127.0.0.1', CANDELA_HTTP_HOSTS: 'candela.example.org, *.internal', CANDELA_PUBLIC_URL: 'https://public.example.org/candela' })
  const asked = async (host: string, forwarded?: string): Promise<number> =>
    (await app.inject({ url: '/v1/objects', headers: { host, ...forwarded !== undefined && { 'x-forwarded-host': forwarded } } })).statusCode
  assert.equal(await asked('127.0.0.1:8080', 'candela.example.org'), 200)
  assert.equal(await asked('candela.internal'), 200)
  assert.equal(await asked('public.example.org'), 200)
  assert.equal(await asked('127.0.0.1:8080', 'evil.example'), 421)
  assert.equal(await asked('evil.example', 'localhost'), 421)
})

test('a list of names that cannot be one is refused at start', () => {
  for (const wrong of ['https://candela.example.org', 'candela.example.org:8080', 'a b', '*example.org', 'a/b']) {
    assert.throws(() => readSettings({}, { env: { CANDELA_HTTP_HOSTS: wrong } }), /CANDELA_HTTP_HOSTS.*no name of a host/, wrong)
  }
  assert.deepEqual(readSettings({ httpHosts: ' Query , *.example.org,' }).httpHosts, ['query', '*.example.org'])
})

test('with tokens for reading, no way of writing a path leads around them', async t => {
  const tokens = openTokenFolder(temporaryFolder(t))
  const { send } = await listening(t, {}, { access: { mode: 'all', tokens, requestsPerMinute: { address: 0, token: 0 } } })
  for (const target of ['/v1/objects', '/%761/objects', '/v1/%6fbjects', 'http://localhost/v1/objects', '/v1/objects?', '/metrics', '/%6detrics', '/metrics?a', 'http://localhost/metrics', '/v1/stream', '/v%31/stream']) {
    assert.match(await send(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`), /^HTTP\/1\.1 401 /, target)
  }
})
