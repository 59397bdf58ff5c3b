import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { decodeAlert } from '../../../src/alert/decode.ts'
import { isOutage } from '../../../src/alert/schemas/outage.ts'
import { DOUBT_MS, FRESH_MS, MAKESHIFT_MS, SchemaKeeper } from '../../../src/alert/schemas/keeper.ts'
import { openSchemaRegistry } from '../../../src/alert/schemas/registry.ts'
import type { SchemaSource } from '../../../src/alert/schemas/source.ts'
import { CandelaError } from '../../../src/errors.ts'
import { framed, lsstAlert, lsstSchema } from '../../fixtures/alert-packets.ts'
import { NOT_FOUND, registryServer, schemaAnswer, type RegistryServer } from '../registry-server.ts'

const code = (wanted: string, canRetry: boolean) => (error: unknown): boolean =>
  error instanceof CandelaError && error.code === wanted && error.canRetry === canRetry && error.action !== undefined && isOutage(error) === canRetry

/** One more field before the others: other bytes. */
const otherSchema = { ...lsstSchema, fields: [{ name: 'topic', type: 'string' }, ...lsstSchema.fields] }
/** The same bytes in other words. */
const samePlusDoc = { ...lsstSchema, doc: 'edited', fields: lsstSchema.fields.map(field => ({ ...field, doc: 'edited' })) }
const noFolder: SchemaSource = { get: () => undefined }
const folderWith = (schema: object): SchemaSource => ({ get: id => id === 1000 ? schema : undefined })

function keeperOf (t: TestContext, server: RegistryServer, folders: SchemaSource = noFolder) {
  const clock = { now: 0 }
  const warnings: string[] = []
  const registry = openSchemaRegistry({ url: server.url, retries: 1, firstWaitMs: 1 })
  const schemas = new SchemaKeeper({ registry, folders, warn: message => warnings.push(message), now: () => clock.now })
  t.after(() => schemas.close())
  return { schemas, clock, warnings }
}

const good = framed(lsstAlert())
const cut = good.subarray(0, 60)
function withId (id: number): Buffer {
  const bytes = Buffer.from(good)
  bytes.writeUInt32BE(id, 1)
  return bytes
}

test('alerts that come together share one request, and a kept schema serves while the registry is away', async t => {
  const server = await registryServer(t, () => schemaAnswer(lsstSchema))
  const { schemas, clock, warnings } = keeperOf(t, server)
  const alerts = await Promise.all(Array.from({ length: 50 }, () => decodeAlert(good, { schemas })))
  assert.deepEqual(new Set(alerts.map(({ diaObjectId }) => diaObjectId)), new Set(['170028485706776685']))
  assert.deepEqual(server.asked, ['/schemas/ids/1000'])
  await server.stop()
  for (let k = 1; k <= 3; k++) {
    clock.now = k * FRESH_MS
    assert.equal((await decodeAlert(good, { schemas })).diaSourceId, '170094456272322680')
    await assert.rejects(decodeAlert(cut, { schemas }), code('alert-truncated', false))
  }
  assert.equal(warnings.length, 1, 'said once')
  assert.match(warnings[0]!, /schema 1000 .* one that is kept/)
})

test('an id that nobody knows is schema-unknown, asked for once in half a minute', async t => {
  const server = await registryServer(t, () => NOT_FOUND)
  const { schemas, clock } = keeperOf(t, server)
  for (let k = 0; k < 5; k++) await assert.rejects(decodeAlert(good, { schemas }), code('schema-unknown', false))
  assert.equal(server.asked.length, 1)
  clock.now = MAKESHIFT_MS
  server.answer = () => schemaAnswer(lsstSchema)
  assert.equal((await decodeAlert(good, { schemas })).diaObjectId, '170028485706776685')
  assert.equal(server.asked.length, 2)
})

test('a schema that is not valid is schema-invalid, asked for once in half a minute, and taken when it has been mended', async t => {
  const server = await registryServer(t, () => ({ body: { schema: '{"type": "record"}' } }))
  const { schemas, clock } = keeperOf(t, server, folderWith(lsstSchema))
  for (let k = 0; k < 5; k++) await assert.rejects(decodeAlert(good, { schemas }), code('schema-invalid', false))
  assert.equal(server.asked.length, 1)
  clock.now = MAKESHIFT_MS
  server.answer = () => schemaAnswer(lsstSchema)
  assert.equal((await decodeAlert(good, { schemas })).diaObjectId, '170028485706776685')
})

test('garbage is registry-invalid, nobody there registry-unreachable: neither is remembered for the id', async t => {
  const server = await registryServer(t, () => ({ text: '<html>' }))
  const { schemas } = keeperOf(t, server)
  await assert.rejects(decodeAlert(good, { schemas }), code('registry-invalid', true))
  server.answer = () => ({ status: 500, text: 'out of memory' })
  await assert.rejects(decodeAlert(good, { schemas }), code('registry-unreachable', true))
  server.answer = () => schemaAnswer(lsstSchema)
  assert.equal((await decodeAlert(good, { schemas })).diaObjectId, '170028485706776685')
})

test('a folder stands in for a registry that is away, answers garbage or does not know the id, and the registry is asked again', async t => {
  for (const answer of [{ status: 503, text: '' }, { text: '<html>' }, NOT_FOUND]) {
    const server = await registryServer(t, () => answer)
    const { schemas, clock, warnings } = keeperOf(t, server, folderWith(lsstSchema))
    assert.equal((await decodeAlert(good, { schemas })).diaObjectId, '170028485706776685')
    assert.equal(warnings.length, answer === NOT_FOUND ? 0 : 1)
    const { length } = server.asked
    await decodeAlert(good, { schemas })
    assert.equal(server.asked.length, length, 'not asked for each alert')
    server.answer = () => schemaAnswer(samePlusDoc)
    clock.now = MAKESHIFT_MS
    await decodeAlert(good, { schemas })
    assert.equal(await schemas.doubt(1000), false)
    assert.ok(server.asked.length > length)
    // From now on it is the registry's: another one is a change.
    server.answer = () => schemaAnswer(otherSchema)
    clock.now += DOUBT_MS
    await assert.rejects(decodeAlert(cut, { schemas }), code('schema-changed', false))
  }
})

test('an alert that the folder\'s schema does not fit is read with the registry\'s, as soon as it is back', async t => {
  const server = await registryServer(t, () => ({ status: 503, text: '' }))
  const { schemas, clock, warnings } = keeperOf(t, server, folderWith(otherSchema))
  await assert.rejects(decodeAlert(good, { schemas }), CandelaError)
  server.answer = () => schemaAnswer(lsstSchema)
  clock.now = DOUBT_MS
  assert.equal((await decodeAlert(good, { schemas })).diaObjectId, '170028485706776685')
  assert.match(warnings.at(-1)!, /schema 1000 of a folder is not the registry's/)
})

test('another schema under a known id: schema-changed for every further alert of it, found at an alert that does not fit', async t => {
  const server = await registryServer(t, () => schemaAnswer(lsstSchema))
  const { schemas, clock, warnings } = keeperOf(t, server)
  await decodeAlert(good, { schemas })
  await decodeAlert(withId(1001), { schemas })
  server.answer = ({ path }) => schemaAnswer(path.endsWith('/1000') ? otherSchema : lsstSchema)
  await assert.rejects(decodeAlert(cut, { schemas }), code('schema-changed', false))
  for (const alert of [good, cut]) {
    await assert.rejects(decodeAlert(alert, { schemas }), (error: CandelaError) => code('schema-changed', false)(error) && /id 1000/.test(error.message) && /restart Candela/.test(error.action!))
  }
  assert.equal((await decodeAlert(withId(1001), { schemas })).diaObjectId, '170028485706776685', 'other ids are read on')
  assert.equal(warnings.length, 1)
  clock.now = 2 * FRESH_MS
  server.answer = () => schemaAnswer(lsstSchema)
  await assert.rejects(decodeAlert(good, { schemas }), code('schema-changed', false), 'the first one coming back does not tell which alerts it wrote')
})

test('a change is also found after ten minutes, in the background; new documentation is none', async t => {
  const server = await registryServer(t, () => schemaAnswer(lsstSchema))
  const { schemas, clock } = keeperOf(t, server)
  await decodeAlert(good, { schemas })
  server.answer = () => schemaAnswer(samePlusDoc)
  clock.now = FRESH_MS - 1
  await decodeAlert(good, { schemas })
  assert.equal(server.asked.length, 1)
  clock.now = FRESH_MS
  await decodeAlert(good, { schemas })
  assert.equal(await schemas.doubt(1000), false)
  assert.equal(server.asked.length, 2)
  server.answer = () => schemaAnswer(otherSchema)
  clock.now = 2 * FRESH_MS
  await decodeAlert(good, { schemas })
  await assert.rejects(schemas.doubt(1000), code('schema-changed', false))
  server.answer = () => ({ body: { schema: 'not a schema any more' } })
  await assert.rejects(decodeAlert(good, { schemas }), code('schema-changed', false))
})

test('damaged alerts of a known id ask the registry once in half a minute, and a silent one holds them up for a second', async t => {
  const server = await registryServer(t, () => schemaAnswer(lsstSchema))
  const { schemas, clock } = keeperOf(t, server)
  await decodeAlert(good, { schemas })
  server.answer = () => 'silence'
  const began = performance.now()
  for (let k = 0; k < 100; k++) await assert.rejects(decodeAlert(cut, { schemas }), code('alert-truncated', false))
  assert.equal(server.asked.length, 2)
  assert.ok(performance.now() - began < 4000, `${performance.now() - began} ms`)
  clock.now = DOUBT_MS
  server.answer = () => schemaAnswer(samePlusDoc)
  await assert.rejects(decodeAlert(cut, { schemas }), code('alert-truncated', false))
  assert.equal(server.asked.length, 3)
})
