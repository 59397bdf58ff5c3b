import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import fastify from 'fastify'
import { serverOptions, type Readiness } from '../../../src/http/api.ts'
import { operationApi, type OperationApiOptions } from '../../../src/http/operation/operation.ts'
import { emptyAccounting } from '../../../src/state/accounting.ts'
import { createMeasures } from '../../../src/stream/measures.ts'
import { familiesOf } from './exposition.ts'
import { measured } from './measured.ts'
import { asking, MODEL } from '../service.ts'

const STATISTICS = { objects: 2, archivedObjects: 0, republished: 0, deadLetters: 0, deadLettersDiscarded: 0, accounting: { ...emptyAccounting(), received: 3, classified: 2, duplicate: 1 } }
const reader = { statistics: () => STATISTICS }

async function openOperation (t: TestContext, options: Partial<OperationApiOptions> = {}) {
  const app = fastify({ ...serverOptions })
  t.after(() => app.close())
  const measures = createMeasures()
  await app.register(operationApi, { version: '0.0.0', models: () => [], ready: () => ({ ready: true }), measures, ...options })
  return { app, measures, ask: asking(app) }
}

test('a process that classifies serves its accounting, models and measures', async t => {
  const { ask, measures } = await openOperation(t, { reader, models: () => [MODEL] })
  measured(measures)
  const response = await ask('/v1/statistics')
  assert.deepEqual(response.json(), { ...STATISTICS, stream: JSON.parse(JSON.stringify(await measures.statistics())) })
  assert.equal(response.headers['cache-control'], 'no-store')
  assert.equal(response.headers['x-content-type-options'], 'nosniff')
  const { body, headers } = await ask('/metrics')
  assert.match(String(headers['content-type']), /^text\/plain; version=0\.0\.4/)
  const families = familiesOf(body)
  assert.equal(families.get('candela_alerts_received_total')!.samples.get('candela_alerts_received_total'), 3)
  assert.equal(families.get('candela_batch_alerts')!.samples.get('candela_batch_alerts_count'), 1)
  assert.equal((await ask('/v1/models')).json<{ models: unknown[] }>().models.length, 1)
  assert.equal((await ask('/v1/models/untrained/1.0')).statusCode, 200)
  assert.equal((await ask('/v1/models/untrained/1.1')).statusCode, 404)
})

test('a process that only ingests has measures and no accounting', async t => {
  const { ask, measures } = await openOperation(t)
  measured(measures)
  assert.deepEqual((await ask('/v1/statistics')).json(), { stream: JSON.parse(JSON.stringify(await measures.statistics())) })
  const families = familiesOf((await ask('/metrics')).body)
  assert.deepEqual([...families.keys()].filter(name => /^candela_(alerts|dead|archived|objects)/.test(name)), [])
  assert.deepEqual([...families.get('candela_info')!.samples], [['candela_info{version="0.0.0",model="",engine=""}', 1]])
  assert.ok(families.has('candela_alert_latency_seconds'))
  assert.deepEqual((await ask('/v1/models')).json(), { models: [] })
})

test('/health says whether the process lives and can work', async t => {
  let readiness: Readiness = { ready: false, reason: 'partition 3 is being restored' }
  const { ask } = await openOperation(t, { ready: () => readiness })
  assert.deepEqual((await ask('/health/live')).json(), { status: 'live' })
  const starting = await ask('/health/ready')
  assert.equal(starting.statusCode, 503)
  assert.equal(starting.json<{ detail: string }>().detail, 'partition 3 is being restored')
  readiness = { ready: true }
  assert.deepEqual((await ask('/health/ready')).json(), { status: 'ready' })
})

test('paths and methods that are not served are problems', async t => {
  const { app } = await openOperation(t)
  for (const url of ['/', '/v1/objects', '/v1/objects/1', '/v1/stream', '/v1/dead-letters', '/nothing']) {
    const response = await app.inject(url)
    assert.equal(response.statusCode, 404, url)
    assert.equal(response.headers['content-type'], 'application/problem+json')
    assert.equal(response.json<{ type: string }>().type, '/problems/route-not-found')
  }
  for (const url of ['/metrics', '/v1/statistics', '/v1/models', '/health/ready']) {
    const response = await app.inject({ method: 'POST', url, payload: '<x/>', headers: { 'content-type': 'text/xml' } })
    assert.equal(response.statusCode, 405, url)
    assert.equal(response.headers['allow'], 'GET, HEAD')
    assert.equal(response.json<{ type: string }>().type, '/problems/method-not-allowed')
  }
  assert.equal((await app.inject('/v1/models/%E0%A4%A/1.0')).json<{ type: string }>().type, '/problems/bad-request')
})

test('a reader or measures that fail are a problem without their words', async t => {
  const broken = (): never => { throw new Error('secret') }
  for (const options of [{ reader: { statistics: broken } }, { measures: { metrics: broken, statistics: broken } }]) {
    const { ask } = await openOperation(t, options)
    for (const url of ['/metrics', '/v1/statistics']) {
      const response = await ask(url)
      assert.equal(response.statusCode, 500, url)
      assert.doesNotMatch(response.body, /secret/)
    }
  }
})

test('/openapi.json describes these routes alone, and /docs shows them', async t => {
  interface Document { paths: Record<string, Record<string, { summary: string }>>, components: { schemas: Record<string, unknown> } }
  const documentOf = async (options: Partial<OperationApiOptions>): Promise<Document> => (await (await openOperation(t, options)).app.inject('/openapi.json')).json<Document>()
  for (const [options, schemas] of [[{}, ['Distribution', 'Model', 'ModelSummary', 'Problem', 'ProblemKind', 'ServedPartition', 'StreamStatistics', 'Waiting']], [{ reader }, ['Distribution', 'Model', 'ModelSummary', 'Problem', 'ProblemKind', 'RecentCounts', 'ServedPartition', 'Statistics', 'StreamStatistics', 'Waiting']]] as const) {
    const { paths, components } = await documentOf(options)
    assert.deepEqual(Object.keys(paths).sort(), ['/health/live', '/health/ready', '/metrics', '/problems', '/problems/{name}', '/v1/models', '/v1/models/{name}/{version}', '/v1/statistics', ...'reader' in options ? ['/v1/statistics/recent'] : []])
    for (const [path, operations] of Object.entries(paths)) assert.deepEqual(Object.keys(operations), ['get'], path)
    assert.deepEqual(Object.keys(components.schemas).sort(), schemas)
  }
  const { app } = await openOperation(t)
  assert.equal((await app.inject('/docs/')).statusCode, 200)
})
