/** What never reached a route was answered by Node or by a plugin in its own words: an empty body, a line of text, another JSON. */
import assert from 'node:assert/strict'
import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import test, { type TestContext } from 'node:test'
import fastify from 'fastify'
import { answerUnrouted, api, serverOptions, type ApiOptions } from '../../../src/http/api.ts'
import type { Problem } from '../../../src/http/problems/problems.ts'
import { PROBLEM_KINDS, type ProblemName } from '../../../src/http/problems/types.ts'
import { openPipeline } from '../../pipeline.ts'
import { apiOver, openService } from '../../http/service.ts'

/** For a request that is never whole: the limits of `candela serve` are those of a person's patience, these are a test's. */
const IMPATIENT = { headersTimeout: 300, requestTimeout: 600, connectionsCheckingInterval: 50 }
/** For all others: a machine under load is slow to read them. */
const PATIENT = { headersTimeout: 60_000, requestTimeout: 60_000, connectionsCheckingInterval: 1000 }

async function listeningPort (t: TestContext, options: Partial<ApiOptions> = {}, limits = PATIENT): Promise<number> {
  const app = fastify({ ...serverOptions, http: { ...limits, requireHostHeader: false }, requestTimeout: limits.requestTimeout })
  answerUnrouted(app.server)
  t.after(() => app.close())
  await app.register(api, { ...apiOver(await openPipeline(t)), submit: async function * () {}, bodyLimit: 1000, ...options })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as AddressInfo).port
}

async function listening (t: TestContext, options: Partial<ApiOptions> = {}, limits = PATIENT): Promise<(bytes: string) => Promise<string>> {
  const port = await listeningPort(t, options, limits)
  return async bytes => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(bytes, 'latin1')
    return await text(socket)
  }
}

function problemIn (answer: string): Problem {
  const [head, body] = [answer.slice(0, answer.indexOf('\r\n\r\n')), answer.slice(answer.indexOf('\r\n\r\n') + 4)]
  assert.match(head, /^content-type: application\/problem\+json/im, answer)
  assert.match(head, /^x-content-type-options: nosniff/im, answer)
  assert.match(head, /^date: /im, answer)
  const length = Number(/^content-length: (\d+)/im.exec(head)![1])
  assert.equal(Buffer.byteLength(body), length)
  const problem = JSON.parse(body) as Problem
  assert.equal(problem.status, Number(answer.split(' ')[1]))
  return problem
}

const get = (target: string, ...headers: string[]): string => `GET ${target} HTTP/1.1\r\n${['Host: localhost', ...headers, 'Connection: close'].join('\r\n')}\r\n\r\n`

const REQUESTS: ReadonlyArray<[what: string, bytes: string, problem: ProblemName]> = [
  ['headers beyond 16 KiB', get('/v1/objects', `X-Long: ${'a'.repeat(20_000)}`), 'head-too-large'],
  ['many headers', get('/v1/objects', ...Array.from({ length: 900 }, (_, k) => `X-${k}: ${'b'.repeat(20)}`)), 'head-too-large'],
  ['a path beyond 16 KiB', get(`/v1/objects/${'9'.repeat(20_000)}`), 'head-too-large'],
  ['a head that does not end', 'GET /v1/objects HTTP/1.1\r\nHost: localhost\r\nX: ', 'request-timeout'],
  ['a body that does not come', 'POST /v1/alerts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{', 'request-timeout'],
  ['an unknown method', get('/v1/objects').replace('GET', 'FETCH'), 'method-not-implemented'],
  ['a method in small letters', get('/v1/objects').replace('GET', 'get'), 'method-not-implemented'],
  ['a method that Node knows', get('/v1/objects').replace('GET', 'PROPFIND'), 'method-not-implemented'],
  ['a tunnel', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n', 'method-not-implemented'],
  ['a method of no use here', get('/v1/objects').replace('GET', 'TRACE'), 'method-not-allowed'],
  ['an expectation', get('/v1/objects', 'Expect: 200-ok'), 'expectation-failed'],
  ['no HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'bad-request'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'bad-request'],
  ['a version that is none', get('/v1/objects').replace('HTTP/1.1', 'HTTP/9.9'), 'bad-request'],
  ['a header without a colon', get('/v1/objects', 'nonsense'), 'bad-request'],
  ['a control character in a header', get('/v1/objects', 'X: a\x01b'), 'bad-request'],
  ['two lengths', 'POST /v1/alerts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 'bad-request'],
  ['a length and chunks', 'POST /v1/alerts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 'bad-request'],
  ['a chunk that is none', 'POST /v1/alerts HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'bad-request'],
  ['chunks that speak without end', `POST /v1/alerts HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1;${'a'.repeat(20_000)}\r\n`, 'body-too-large'],
  ['no Host', 'GET /v1/objects HTTP/1.1\r\nConnection: close\r\n\r\n', 'bad-request'],
  ['a long part of the path', get(`/v1/objects/${'9'.repeat(500)}`), 'path-too-long'],
  ['a path that cannot be decoded', get('/v1/objects/%E0%A4%A'), 'bad-request'],
  ['a body beyond the limit', `POST /v1/alerts HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2000\r\n\r\n${'x'.repeat(2000)}`, 'body-too-large'],
  ['half a preflight', get('/v1/objects', 'Origin: https://a.example').replace('GET', 'OPTIONS'), 'bad-request'],
  ['the other half', get('/v1/objects', 'Access-Control-Request-Method: GET').replace('GET', 'OPTIONS'), 'bad-request']
]

test('whatever cannot be a request is answered by a problem of a listed kind, and the service goes on', async t => {
  const send = await listening(t, { corsOrigins: ['https://a.example'] })
  const sendInPart = await listening(t, {}, IMPATIENT)
  await Promise.all(REQUESTS.map(async ([what, bytes, name]) => {
    const { type, status, detail } = problemIn(await (name === 'request-timeout' ? sendInPart : send)(bytes))
    assert.deepEqual([type, status], [`/problems/${name}`, PROBLEM_KINDS[name].status], what)
    assert.ok(detail.length > 10 && !/HPE_|ERR_|FST_|Error\b/.test(detail), detail)
  }))
  assert.match(await send(get('/health/live')), /^HTTP\/1\.1 200 /)
})

test('a damaged request behind an answer that has begun does not become a part of it', async t => {
  const port = await listeningPort(t)
  const socket = connect(port, '127.0.0.1')
  const answer = text(socket)
  socket.once('data', () => socket.write('\x00\x01 nonsense\r\n\r\n'))
  socket.write('GET /v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n')
  assert.match(await answer, /^HTTP\/1\.1 200 [^]*retry: /)
  assert.ok(!(await answer).includes('problems/'), await answer)
})

test('OPTIONS says what a path takes; preflights are answered as before', async t => {
  for (const corsOrigins of [[], ['https://a.example']]) {
    const { app } = await openService(t, { corsOrigins })
    const asked = await app.inject({ method: 'OPTIONS', url: '/v1/objects' })
    assert.equal(asked.statusCode, 204)
    if (corsOrigins.length === 0) assert.equal(asked.headers.allow, 'GET, HEAD')
    const preflight = await app.inject({ method: 'OPTIONS', url: '/v1/classify', headers: { origin: 'https://a.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' } })
    assert.deepEqual([preflight.statusCode, preflight.headers['access-control-allow-origin']], [204, corsOrigins[0]])
  }
})
