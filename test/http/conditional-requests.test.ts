import assert from 'node:assert/strict'
import test from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { openService, type Service } from './service.ts'

const ID = '313934342374881341'
const paths = [`/v1/objects/${ID}`, '/v1/objects', `/v1/objects/${ID}/classifications`, '/v1/objects?format=csv', '/v1/objects?format=votable', `/v1/objects/${ID}?fields=ra,dec`]

async function withObject (t: Parameters<typeof openService>[0], options: Parameters<typeof openService>[1] = {}): Promise<Service> {
  const service = await openService(t, options)
  await service.observe(ID, 3)
  return service
}

test('an answer that is the same is not sent again', async t => {
  const { ask, observe } = await withObject(t)
  for (const url of paths) {
    const first = await ask(url)
    assert.equal(first.headers['cache-control'], 'no-cache', url)
    const etag = String(first.headers['etag'])
    assert.match(etag, /^W\/"[\w-]{27}"$/, url)
    for (const given of [etag, `"other", ${etag}`, etag.slice(2), '*']) {
      const again = await ask({ url, headers: { 'if-none-match': given } })
      assert.deepEqual([again.statusCode, again.body, again.headers['etag'], again.headers['cache-control']], [304, '', etag, 'no-cache'], `${url} ${given}`)
      assert.equal(again.headers['content-type'], undefined)
    }
    const head = await ask({ method: 'HEAD', url, headers: { 'if-none-match': etag } })
    assert.equal(head.statusCode, 304)
    assert.equal((await ask({ url, headers: { 'if-none-match': '"other"' } })).statusCode, 200)
    assert.equal((await ask({ url, headers: { 'if-none-match': etag, 'cache-control': 'no-cache' } })).statusCode, 200, 'who reloads wants it anew')
  }
  const etags = new Map(await Promise.all(paths.map(async url => [url, String((await ask(url)).headers['etag'])] as const)))
  assert.equal(new Set(etags.values()).size, paths.length, 'each form has its own')
  await observe(ID, 1, { firstNight: 9 })
  for (const [url, etag] of etags) assert.equal((await ask({ url, headers: { 'if-none-match': etag } })).statusCode, url.endsWith('fields=ra,dec') ? 304 : 200, url)
})

test('problems are kept by nobody, and never not modified', async t => {
  const { ask } = await withObject(t)
  for (const url of ['/v1/objects/1', '/v1/objects?limit=0', '/v1/objects/1/classifications']) {
    const response = await ask({ url, headers: { 'if-none-match': '*' } })
    assert.ok(response.statusCode >= 400)
    assert.equal(response.headers['etag'], undefined)
    assert.equal(response.headers['cache-control'], 'no-store')
  }
  const statistics = await ask({ url: '/v1/statistics', headers: { 'if-none-match': '*' } })
  assert.deepEqual([statistics.statusCode, statistics.headers['cache-control']], [200, 'no-store'])
})

test('long answers are compressed as the client likes it, with one ETag; short ones and events are not', async t => {
  const { app, observe } = await withObject(t)
  for (let k = 0; k < 20; k++) await observe(`object-${k}`, 1)
  const plain = await app.inject('/v1/objects')
  assert.equal(plain.headers['content-encoding'], undefined)
  const unpack = { br: brotliDecompressSync, gzip: gunzipSync }
  for (const encoding of ['br', 'gzip'] as const) {
    for (const url of ['/v1/objects', '/v1/objects?format=csv', '/v1/objects?format=votable', '/openapi.json', '/metrics', '/web/candidates/candidates.js']) {
      const response = await app.inject({ url, headers: { 'accept-encoding': encoding } })
      assert.equal(response.headers['content-encoding'], encoding, url)
      assert.match(String(response.headers['vary']), /accept-encoding/i, url)
      if (url === '/v1/objects') {
        assert.equal(unpack[encoding](response.rawPayload).toString(), plain.body)
        assert.equal(response.headers['etag'], plain.headers['etag'])
        assert.match(String(response.headers['vary']), /accept,/i)
        assert.equal((await app.inject({ url, headers: { 'accept-encoding': encoding, 'if-none-match': String(plain.headers['etag']) } })).statusCode, 304)
      }
    }
    assert.equal((await app.inject({ url: '/health/live', headers: { 'accept-encoding': encoding } })).headers['content-encoding'], undefined)
  }
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const abort = new AbortController()
  const events = await fetch(`${address}/v1/stream`, { headers: { 'accept-encoding': 'gzip, br' }, signal: abort.signal })
  assert.equal(events.headers.get('content-encoding'), null)
  abort.abort()
})

test('a page of another origin reads nothing by default', async t => {
  const { app } = await withObject(t)
  const response = await app.inject({ url: '/v1/objects', headers: { origin: 'https://a.example' } })
  assert.equal(response.headers['access-control-allow-origin'], undefined)
  assert.equal((await app.inject({ method: 'OPTIONS', url: '/v1/objects', headers: { origin: 'https://a.example', 'access-control-request-method': 'GET' } })).headers['access-control-allow-origin'], undefined)
})

test('pages of the origins that are set read, and do not write', async t => {
  const { app } = await withObject(t, { corsOrigins: ['https://a.example', 'http://localhost:3000'] })
  const reads = async (origin: string) => (await app.inject({ url: `/v1/objects/${ID}`, headers: { origin } })).headers
  for (const origin of ['https://a.example', 'http://localhost:3000']) {
    const headers = await reads(origin)
    assert.equal(headers['access-control-allow-origin'], origin)
    assert.match(String(headers['vary']), /origin/i)
    assert.match(String(headers['access-control-expose-headers']), /ETag, Link/)
  }
  for (const origin of ['https://b.example', 'https://a.example:444', 'null']) assert.equal((await reads(origin))['access-control-allow-origin'], undefined, origin)
  const problem = await app.inject({ url: '/v1/objects/1', headers: { origin: 'https://a.example' } })
  assert.deepEqual([problem.statusCode, problem.headers['access-control-allow-origin']], [404, 'https://a.example'], 'problems can be read too')
  const asked = async (method: string) => app.inject({ method: 'OPTIONS', url: '/v1/objects', headers: { origin: 'https://a.example', 'access-control-request-method': method, 'access-control-request-headers': 'authorization, if-none-match' } })
  const preflight = await asked('GET')
  assert.deepEqual([preflight.statusCode, preflight.headers['access-control-allow-methods'], preflight.headers['access-control-allow-headers']], [204, 'GET, HEAD, POST', 'authorization, if-none-match'])
  for (const [method, url] of [['POST', '/v1/alerts'], ['POST', '/v1/archives'], ['POST', '/v1/archives/restore'], ['POST', '/v1/dead-letters/replay'], ['POST', '/v1/dead-letters/discard'], ['DELETE', '/v1/dead-letters/1'], ['POST', '/v1/rebuild'], ['PUT', `/v1/objects/${ID}/host`], ['DELETE', `/v1/objects/${ID}/host`]] as const) {
    const response = await app.inject({ method, url, headers: { origin: 'https://a.example', ...method !== 'DELETE' && { 'content-type': 'application/json' } }, ...method !== 'DELETE' && { payload: '{}' } })
    assert.deepEqual([response.statusCode, response.json<{ type: string }>().type], [403, '/problems/other-site'], `${method} ${url}`)
  }
})

test('with * every page reads', async t => {
  const { app } = await withObject(t, { corsOrigins: '*' })
  assert.equal((await app.inject({ url: '/v1/objects', headers: { origin: 'https://any.example' } })).headers['access-control-allow-origin'], '*')
})
