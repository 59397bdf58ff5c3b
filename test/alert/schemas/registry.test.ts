import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { listOf } from '../../../src/alert/dialect.ts'
import { readerOf } from '../../../src/alert/readers.ts'
import { openSchemaRegistry } from '../../../src/alert/schemas/registry.ts'
import type { RegistryHttpOptions } from '../../../src/alert/schemas/registry-http.ts'
import { CandelaError } from '../../../src/errors.ts'
import { lsstAlert, lsstSchema, lsstWriter } from '../../fixtures/alert-packets.ts'
import { NOT_FOUND, registryServer, schemaAnswer, type Answer, type RegistryServer } from '../registry-server.ts'

function open (t: TestContext, options: RegistryHttpOptions) {
  const registry = openSchemaRegistry({ firstWaitMs: 1, ...options })
  t.after(() => registry.close())
  return registry
}

async function failure (promise: Promise<unknown>): Promise<CandelaError> {
  const error = await promise.then(() => assert.fail('it did not fail'), (error: unknown) => error)
  assert.ok(error instanceof CandelaError, String(error))
  assert.ok(error.action !== undefined)
  return error
}

const always = (answer: Answer) => (): Answer => answer

test('a schema of several is put together from its references', async t => {
  const source = (lsstSchema.fields[2] as { type: { fields: object[] } }).type
  const root = { ...lsstSchema, fields: lsstSchema.fields.map(field => field.name === 'diaSource' ? { name: 'diaSource', type: 'lsst.v10_0.diaSource' } : field) }
  const { url, asked } = await registryServer(t, ({ path }) => path === '/base/schemas/ids/7'
    ? schemaAnswer(root, { references: [{ name: 'lsst.v10_0.diaSource', subject: 'dia/source', version: 3 }] })
    : path === '/base/subjects/dia%2Fsource/versions/3' ? schemaAnswer({ ...source, namespace: 'lsst.v10_0' }, { id: 6, subject: 'dia/source' }) : NOT_FOUND)
  const schema = await open(t, { url: `${url}/base/` }).fetch(7)
  const bytes = lsstWriter.toBuffer(lsstAlert())
  const { alerts, end } = readerOf(schema!).read(bytes, 0)
  assert.deepEqual([end, ...listOf(alerts({})).map(({ diaObjectId }) => diaObjectId)], [bytes.length, '170028485706776685'])
  assert.deepEqual(asked, ['/base/schemas/ids/7', '/base/subjects/dia%2Fsource/versions/3'])
})

test('an id that the registry does not have gives none, one that no registry can have is not asked for', async t => {
  const { url, asked } = await registryServer(t, always(NOT_FOUND))
  const registry = open(t, { url })
  assert.equal(await registry.fetch(9), undefined)
  assert.equal(await registry.fetch(2 ** 31), undefined)
  assert.equal(await registry.fetch(2 ** 32 - 1), undefined)
  assert.deepEqual(asked, ['/schemas/ids/9'])
})

test('credentials are sent, those of the setting above those of the URL, and stand in no error', async t => {
  const seen: Array<string | undefined> = []
  const { url } = await registryServer(t, ({ request }) => {
    seen.push(request.headers.authorization)
    return { status: 401, text: 'who are you?' }
  })
  const withUser = url.replace('http://', 'http://candela:s%20ecret@')
  for (const options of [{ url: withUser }, { url: withUser, auth: 'other:secret:2' }, { url }]) {
    const registry = open(t, options)
    const error = await failure(registry.fetch(1))
    assert.deepEqual([error.code, error.canRetry], ['registry-invalid', true])
    assert.match(error.action!, /CANDELA_SCHEMA_REGISTRY_AUTH/)
    assert.doesNotMatch(`${error.stack} ${String(error.cause)} ${String(error.value)} ${registry.shown}`, /s%20ecret|s ecret|secret|candela:/)
  }
  // printf 'candela:s ecret' | base64
  assert.deepEqual(seen, ['Basic Y2FuZGVsYTpzIGVjcmV0', 'Basic b3RoZXI6c2VjcmV0OjI=', undefined])
})

test('what is no answer of a registry is registry-invalid, and is not asked for again at once', async t => {
  const answers: Answer[] = [
    { text: '<html>Welcome to the observatory\'s proxy</html>' },
    { text: '{"schema": "{' },
    { text: '' },
    { body: null },
    { body: { id: 7 } },
    { body: { schema: { type: 'record' } } },
    { status: 404, text: '<html>nothing here</html>' },
    { status: 404, body: { error_code: 404, message: 'HTTP 404 Not Found' } },
    { status: 400, body: { error_code: 400 } },
    { body: { schema: JSON.stringify('x'.repeat(5000)) } }
  ]
  for (const answer of answers) {
    const { url, asked } = await registryServer(t, always(answer))
    const error = await failure(open(t, { url, maximumBytes: 4000 }).fetch(7))
    assert.deepEqual([error.code, error.canRetry, asked.length], ['registry-invalid', true, 1], JSON.stringify(answer))
  }
})

test('a schema that no alert can be read with is schema-invalid, for good', async t => {
  const answers: Array<[Answer, RegExp]> = [
    [{ body: { schema: 'syntax = "proto3"; message A { int32 x = 1; }', schemaType: 'PROTOBUF' } }, /schema 7 .* is PROTOBUF, not Avro/],
    [{ body: { schema: 'type: record' } }, /not JSON/],
    [{ body: { schema: '3' } }, /not an Avro schema/],
    [schemaAnswer({ type: 'record', name: 'alert', fields: [{ name: 'diaSource', type: 'nowhere' }] }), /nowhere/],
    [schemaAnswer(lsstSchema, { references: [{ name: 'a.b', subject: 'gone', version: 1 }] }), /version 1 of subject 'gone'/]
  ]
  for (const [answer, message] of answers) {
    const { url } = await registryServer(t, ({ path }) => path === '/schemas/ids/7' ? answer : NOT_FOUND)
    const error = await failure(open(t, { url }).fetch(7))
    assert.deepEqual([error.code, error.canRetry], ['schema-invalid', false])
    assert.match(error.message, message)
  }
})

test('a registry that fails is asked again; one that goes on failing is registry-unreachable', async t => {
  let failing = 2
  const { url, asked } = await registryServer(t, () => failing-- > 0 ? { status: 503, text: 'starting' } : schemaAnswer(lsstSchema))
  const registry = open(t, { url })
  assert.deepEqual(await registry.fetch(7), lsstSchema)
  assert.equal(asked.length, 3)
  failing = Infinity
  const error = await failure(registry.fetch(7))
  assert.deepEqual([error.code, error.canRetry, asked.length], ['registry-unreachable', true, 7])
  assert.match(error.message, /status 503/)
  failing = 0
  assert.deepEqual(await registry.fetch(7), lsstSchema, 'an error for one id does not keep others from being asked for')
})

test('a registry that is silent, breaks off or is not there is registry-unreachable, and then left alone for a while', async t => {
  const silent = await registryServer(t, () => 'silence')
  const breaking = await registryServer(t, ({ response }) => {
    response.writeHead(200, { 'content-length': 1000 }).write('{"schema": ')
    setImmediate(() => response.destroy())
    return 'silence'
  })
  const gone = await registryServer(t, always(NOT_FOUND))
  await gone.stop()
  for (const [server, why, tries] of [[silent, /no whole answer within 0\.05 s/, 2], [breaking, /other side closed|terminated|closed/, 2], [gone, /ECONNREFUSED/, 0]] as Array<[RegistryServer, RegExp, number]>) {
    const registry = open(t, { url: server.url, timeoutMs: 50, retries: 1 })
    const error = await failure(registry.fetch(7))
    assert.deepEqual([error.code, error.canRetry], ['registry-unreachable', true])
    assert.match(error.message, why)
    assert.equal((await failure(registry.fetch(8))).code, 'registry-unreachable')
    assert.equal(server.asked.length, tries)
  }
})

test('damaged alerts of ever new ids do not flood the registry: it is asked 100 times a second', async t => {
  const { url, asked } = await registryServer(t, always(NOT_FOUND))
  const registry = open(t, { url })
  const began = performance.now()
  const answers = await Promise.all(Array.from({ length: 101 }, (_, id) => registry.fetch(id)))
  assert.deepEqual(new Set(answers), new Set([undefined]))
  assert.equal(asked.length, 101)
  // From where the first is sent: on a busy machine the server may take it later.
  const took = performance.now() - began
  assert.ok(took >= 990, `101 requests took ${took} ms`)
})
