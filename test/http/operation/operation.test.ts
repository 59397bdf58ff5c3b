import assert from 'node:assert/strict'
import test from 'node:test'
import { CandelaError } from '../../../src/errors.ts'
import type { Readiness } from '../../../src/http/api.ts'
import { alertFor, point } from '../../pipeline.ts'
import { MODEL, openService } from '../service.ts'

test('/v1/models lists the models in use, and gives the card of one', async t => {
  const { ask } = await openService(t)
  const { card, ...summary } = MODEL
  assert.deepEqual((await ask('/v1/models')).json(), { models: [summary] })
  assert.deepEqual((await ask('/v1/models/untrained/1.0')).json(), { ...summary, card })
  const unknown = await ask('/v1/models/untrained/1.1')
  assert.equal(unknown.statusCode, 404)
  assert.equal(unknown.json<{ type: string }>().type, '/problems/model-not-found')
  assert.equal((await ask('/v1/models/untrained/newest')).statusCode, 400)
})

test('/v1/statistics accounts for every alert', async t => {
  const { ask, observe, pipeline } = await openService(t)
  await observe('1', 2)
  await observe('2', 1)
  const repeated = alertFor('2', [point({ midpointMjdTai: 60000 })])
  await pipeline.processor.process([
    { alert: repeated, origin: 'test' },
    { alert: alertFor(null, [point()]), origin: 'test' },
    { alert: alertFor('3', [point({ psfFlux: 1 })]), origin: 'test' },
    { error: new CandelaError('avro-invalid', 'not an alert'), bytes: new Uint8Array([1]), origin: 'test' }
  ])
  const response = await ask('/v1/statistics')
  assert.deepEqual(response.json(), {
    objects: 3,
    archivedObjects: 0,
    republished: 0,
    deadLetters: 1,
    deadLettersDiscarded: 0,
    accounting: {
      received: 6,
      classified: 2,
      declined: 2,
      duplicate: 1,
      deadLettered: 1,
      replayed: 0,
      declinedByReason: { 'no-object-id': 1, 'no-detection': 1 },
      deadLetteredByCode: { 'avro-invalid': 1 }
    }
  })
  assert.equal(response.headers['cache-control'], 'no-store')
})

test('/health/live answers at once; /health/ready says why not', async t => {
  let readiness: Readiness = { ready: false, reason: 'the model is being loaded' }
  const { ask } = await openService(t, { ready: () => readiness })
  assert.deepEqual((await ask('/health/live')).json(), { status: 'live' })
  const starting = await ask('/health/ready')
  assert.equal(starting.statusCode, 503)
  assert.equal(starting.json<{ type: string }>().type, '/problems/not-ready')
  assert.equal(starting.json<{ detail: string }>().detail, 'the model is being loaded')
  readiness = { ready: true }
  const ready = await ask('/health/ready')
  assert.equal(ready.statusCode, 200)
  assert.deepEqual(ready.json(), { status: 'ready' })
})

test('/openapi.json describes every route of this API, and /docs shows it', async t => {
  const { app } = await openService(t)
  interface Operation { summary: string, responses: Record<string, { description: string }> }
  const document = (await app.inject('/openapi.json')).json<{ openapi: string, paths: Record<string, Record<string, Operation>>, components: { schemas: Record<string, unknown> } }>()
  assert.equal(document.openapi, '3.1.0')
  assert.deepEqual(Object.keys(document.paths).sort(), [
    '/health/live', '/health/ready', '/metrics', '/problems', '/problems/{name}', '/v1/alerts', '/v1/archives', '/v1/archives/restore', '/v1/classify', '/v1/dead-letters', '/v1/dead-letters/discard', '/v1/dead-letters/replay', '/v1/dead-letters/{number}', '/v1/dead-letters/{number}/bytes', '/v1/models', '/v1/models/{name}/{version}', '/v1/objects', '/v1/objects/{diaObjectId}',
    '/v1/objects/{diaObjectId}/classifications', '/v1/objects/{diaObjectId}/forecast', '/v1/objects/{diaObjectId}/host', '/v1/objects/{diaObjectId}/light-curve', '/v1/rebuild', '/v1/statistics', '/v1/statistics/recent', '/v1/stream'
  ])
  const methodsOf: Record<string, string[]> = {
    '/v1/alerts': ['post'],
    '/v1/archives': ['get', 'post'],
    '/v1/archives/restore': ['post'],
    '/v1/classify': ['post'],
    '/v1/dead-letters/discard': ['post'],
    '/v1/dead-letters/replay': ['post'],
    '/v1/dead-letters/{number}': ['delete', 'get'],
    '/v1/objects/{diaObjectId}/host': ['delete', 'put'],
    '/v1/rebuild': ['post']
  }
  for (const [path, operations] of Object.entries(document.paths)) {
    assert.deepEqual(Object.keys(operations).sort(), methodsOf[path] ?? ['get'], path)
    for (const { summary, responses } of Object.values(operations)) {
      assert.ok(summary, path)
      assert.ok(responses['200'] && responses['500'], path)
      for (const { description } of Object.values(responses)) assert.notEqual(description, 'Default Response', path)
    }
  }
  assert.deepEqual(Object.keys(document.components.schemas).sort(), ['AlertOutcome', 'Archive', 'Candidate', 'CandidateFields', 'Classification', 'ClassificationFields', 'Classified', 'ClassifiedObject', 'DeadLetter', 'Distribution', 'Forecast', 'GivenLightCurveInput', 'LightCurve', 'Model', 'ModelSummary', 'Object', 'ObjectFields', 'Problem', 'ProblemKind', 'RebuildPage', 'RecentCounts', 'ReplayedAlert', 'Restoration', 'ServedPartition', 'Statistics', 'StreamStatistics', 'Waiting', 'WrittenArchive'])
  const docs = await app.inject('/docs/')
  assert.equal(docs.statusCode, 200)
  assert.match(String(docs.headers['content-security-policy']), /^default-src 'none'; script-src 'self';/)
})
