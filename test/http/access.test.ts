import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import type { AccessOptions } from '../../src/http/access/access.ts'
import { openTokenFolder } from '../../src/http/access/tokens.ts'
import { openService } from './service.ts'

const EPOCH = Date.parse('2026-05-01T00:00:00Z')
const ID = '313934342374881341'

async function openGuarded (t: TestContext, options: Partial<Omit<AccessOptions, 'tokens'>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'candela-test-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const clock = { now: EPOCH }
  const tokens = openTokenFolder(join(folder, 'tokens'), () => clock.now)
  const service = await openService(t, { access: { mode: 'writes', tokens, requestsPerMinute: { address: 0, token: 0 }, ...options } })
  await service.observe(ID, 2)
  const give = async (authorization?: string) => await service.ask({ method: 'PUT', url: `/v1/objects/${ID}/host`, payload: { redshift: 0.1 }, headers: authorization === undefined ? {} : { authorization } })
  return { ...service, folder: join(folder, 'tokens'), tokens, clock, give }
}

const typeOf = (response: { json<T> (): T }): string => response.json<{ type: string }>().type

test('who writes needs a token with the scope for it; who reads needs none', async t => {
  const { ask, give, tokens } = await openGuarded(t)
  const bearer = (scope: 'read' | 'write' | 'admin'): string => `Bearer ${tokens.create(scope, scope, null).token}`
  assert.equal((await ask(`/v1/objects/${ID}`)).statusCode, 200)
  assert.equal((await ask('/health/live')).statusCode, 200)

  const without = await give()
  assert.equal(without.statusCode, 401)
  assert.equal(typeOf(without), '/problems/token-missing')
  assert.equal(without.headers['www-authenticate'], 'Bearer realm="candela"')
  assert.equal((await ask(`/v1/objects/${ID}`)).json<{ host: { redshift: number | null } }>().host.redshift, null)

  const [read, write, admin] = [bearer('read'), bearer('write'), bearer('admin')]
  const refused = await give(read)
  assert.deepEqual([refused.statusCode, typeOf(refused)], [403, '/problems/scope-missing'])
  assert.equal((await give(write)).statusCode, 200)
  assert.equal((await give(admin)).statusCode, 200)
  const rebuild = async (authorization: string) => await ask({ method: 'POST', url: '/v1/rebuild', payload: {}, headers: { authorization } })
  assert.deepEqual([(await rebuild(write)).statusCode, (await rebuild(admin)).statusCode], [403, 200])
  assert.equal((await ask({ url: `/v1/objects/${ID}`, headers: { authorization: read } })).statusCode, 200)
})

test('every route that changes something refuses a request without a token, whatever else it asks', async t => {
  const { app } = await openGuarded(t)
  const { paths } = (await app.inject('/openapi.json')).json<{ paths: Record<string, Record<string, { security: object[] }>> }>()
  const changing = Object.entries(paths).flatMap(([path, operations]) => Object.keys(operations).filter(method => !['get', 'head'].includes(method)).map(method => [method, path] as const))
    .filter(([, path]) => path !== '/v1/classify')
  assert.ok(changing.length >= 7, `${changing.length} routes`)
  for (const [method, path] of changing) {
    const response = await app.inject({ method: method.toUpperCase() as 'POST', url: path.replaceAll(/\{\w+\}/g, '1') })
    assert.equal(response.statusCode, 401, `${method} ${path}`)
    assert.deepEqual(paths[path]![method]!.security, [{ token: [] }], `${method} ${path}`)
  }
})

test('a token that is not known, damaged, expired or revoked is refused at once, also for reading', async t => {
  const { ask, give, tokens, clock } = await openGuarded(t)
  const { token, stored } = tokens.create('broker', 'write', EPOCH + 1000)
  const other = tokens.create('other', 'write', null)
  assert.equal((await give(`Bearer ${token}`)).statusCode, 200)
  for (const wrong of ['', 'Bearer', 'Bearer x', `Bearer ${token}x`, `Bearer ${token.slice(0, -1)}`, `Bearer ${token.slice(0, 20)}${other.token.slice(20)}`, `Token ${token}`, 'Basic !!!', 'Bearer candela_../../../etc_x']) {
    const response = await give(wrong)
    assert.deepEqual([response.statusCode, typeOf(response)], [401, '/problems/token-invalid'], wrong)
    assert.match(String(response.headers['www-authenticate']), /error="invalid_token"/)
  }
  assert.equal((await ask({ url: '/v1/objects', headers: { authorization: 'Bearer x' } })).statusCode, 401)

  clock.now = EPOCH + 1000
  assert.equal(typeOf(await give(`Bearer ${token}`)), '/problems/token-expired')
  assert.equal((await give(`Bearer ${other.token}`)).statusCode, 200)
  tokens.revoke(other.stored.id)
  assert.equal(typeOf(await give(`Bearer ${other.token}`)), '/problems/token-revoked')
  assert.throws(() => tokens.revoke(other.stored.id), { code: 'token-not-found' })
  assert.throws(() => tokens.revoke('nobody'), { code: 'token-not-found' })
  tokens.create('broker', 'read', null)
  assert.throws(() => tokens.revoke('broker'), { code: 'token-ambiguous' })
  assert.equal(tokens.revoke(stored.id).name, 'broker')
})

test('no file holds a token, and nobody else can read them', async t => {
  const { folder, tokens } = await openGuarded(t)
  const { token, stored } = tokens.create('broker', 'admin', null)
  const [name, ...others] = readdirSync(folder)
  assert.deepEqual(others, [])
  const text = readFileSync(join(folder, name!), 'utf8')
  assert.ok(!text.includes(token.slice(-43)), 'the secret part is not kept')
  assert.equal(statSync(join(folder, name!)).mode & 0o777, 0o600)
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  assert.deepEqual(tokens.list(), [stored])
})

test('a damaged token file is an error of the service, not a way in', async t => {
  const { folder, give, tokens } = await openGuarded(t)
  const { token, stored } = tokens.create('broker', 'write', null)
  writeFileSync(join(folder, `${stored.id}.json`), JSON.stringify({ ...stored, scope: 'everything' }))
  assert.equal((await give(`Bearer ${token}`)).statusCode, 500)
})

test('with tokens for reading too, a browser may send one as the password; pages and health stay open', async t => {
  const { app, tokens } = await openGuarded(t, { mode: 'all' })
  const { token } = tokens.create('astronomer', 'read', null)
  const refused = await app.inject('/v1/objects')
  assert.equal(refused.statusCode, 401)
  assert.deepEqual(refused.headers['www-authenticate'], ['Bearer realm="candela"', 'Basic realm="candela", charset="UTF-8"'])
  const basic = `Basic ${Buffer.from(`anybody:${token}`).toString('base64')}`
  for (const url of ['/v1/objects', '/metrics', '/v1/statistics']) {
    assert.equal((await app.inject(url)).statusCode, 401, url)
    assert.equal((await app.inject({ url, headers: { authorization: basic } })).statusCode, 200, url)
  }
  for (const url of ['/', '/health/live', '/health/ready', '/openapi.json']) assert.equal((await app.inject(url)).statusCode, 200, url)
})

test('too many requests of an address are refused for the rest of the minute; a token has a rate of its own; health has none', async t => {
  const { app, tokens } = await openGuarded(t, { requestsPerMinute: { address: 3, token: 5 } })
  const { token } = tokens.create('broker', 'read', null)
  const asked = async (headers: Record<string, string> = {}, remoteAddress = '192.0.2.1') => await app.inject({ url: '/v1/objects', headers, remoteAddress })
  for (const left of [2, 1, 0]) {
    const response = await asked()
    assert.deepEqual([response.statusCode, response.headers['ratelimit-limit'], response.headers['ratelimit-remaining']], [200, '3', String(left)])
  }
  for (const headers of [{}, { authorization: 'Bearer candela_000000000000_x' }] as Array<Record<string, string>>) {
    const refused = await asked(headers)
    assert.deepEqual([refused.statusCode, typeOf(refused)], [429, '/problems/too-many-requests'])
    assert.ok(Number(refused.headers['retry-after']) > 0, String(refused.headers['retry-after']))
  }
  assert.equal((await asked({}, '192.0.2.2')).statusCode, 200)
  for (let k = 0; k < 5; k++) assert.equal((await asked({ authorization: `Bearer ${token}` })).statusCode, 200)
  assert.equal((await asked({ authorization: `Bearer ${token}` }, '192.0.2.3')).statusCode, 429)
  assert.equal((await app.inject({ url: '/health/live', remoteAddress: '192.0.2.1' })).statusCode, 200)
})

test('a wrong method is still told what is allowed', async t => {
  const { app } = await openGuarded(t)
  const response = await app.inject({ method: 'DELETE', url: '/v1/objects' })
  assert.deepEqual([response.statusCode, response.headers.allow], [405, 'GET, HEAD'])
})
