import assert from 'node:assert/strict'
import test from 'node:test'
import type { Problem } from '../../../src/http/problems/problems.ts'
import { modelKey } from '../../../src/model/model-key.ts'
import { createRebuild, type RebuildPage } from '../../../src/state/processor/rebuild.ts'
import { serialized } from '../../../src/state/processor/serialized.ts'
import { alertFor, openPipeline, point, untrainedModel } from '../../pipeline.ts'
import { openService, type Service } from '../service.ts'

type Page = Omit<RebuildPage, 'next'> & { nextCursor: string | null }

const post = async (service: Service, payload: object | string, headers: Record<string, string> = {}) =>
  service.ask({ method: 'POST', url: '/v1/rebuild', payload, headers: { ...typeof payload === 'string' && { 'content-type': 'application/json' }, ...headers } })

/** A service whose store another model has filled: objects 1 to 5 and one without a classification. */
async function renewedService (t: Parameters<typeof openService>[0]): Promise<Service> {
  const old = await openPipeline(t)
  await old.processor.process(['1', '2', '3', '4', '5'].map(id => ({ alert: alertFor(id, [point(), point({ midpointMjdTai: 60001 })]), origin: 'test' })))
  await old.processor.process([{ alert: alertFor('6', [point({ psfFlux: 100 })]), origin: 'test' }])
  await old.close()
  const model = { ...untrainedModel({}, 5), version: '2.0' }
  const { store, processor } = await openPipeline(t, { folder: old.folder, model })
  return openService(t, { reader: store.reader, deadLetters: store.deadLetters, rebuild: createRebuild({ store, processor: serialized(processor), key: modelKey(model) }) })
}

test('pages lead through the store, and a second walk finds nothing to do', async t => {
  const service = await renewedService(t)
  const pages: Page[] = []
  for (let cursor: string | null | undefined; cursor !== null; cursor = pages.at(-1)!.nextCursor) {
    const response = await post(service, { limit: 2, ...cursor !== undefined && { cursor } })
    assert.equal(response.statusCode, 200, response.body)
    pages.push(response.json<Page>())
  }
  assert.deepEqual(pages.map(({ lookedAt, revised, declined }) => [lookedAt, revised, declined]), [[2, 2, 0], [2, 2, 0], [2, 1, 1]])
  assert.deepEqual([pages[0]!.classifierName, pages[0]!.classifierVersion, pages[0]!.objects], ['untrained', '2.0', 6])
  const history = (await service.ask('/v1/objects/3/classifications')).json<{ classifications: Array<{ classifierVersion: string, revision: number }> }>()
  assert.deepEqual(history.classifications.map(({ classifierVersion, revision }) => [classifierVersion, revision]), [['1.0', 0], ['2.0', 1]])
  const { lookedAt, unchanged, nextCursor } = (await post(service, {})).json<Page>()
  assert.deepEqual([lookedAt, unchanged, nextCursor], [6, 6, null])
})

test('named objects, and one that is not known', async t => {
  const service = await renewedService(t)
  const { revised, failed, nextCursor } = (await post(service, { diaObjectIds: ['2', '99'] })).json<Page>()
  assert.deepEqual([revised, failed.map(({ diaObjectId, code }) => [diaObjectId, code]), nextCursor], [1, [['99', 'object-not-found']], null])
  const forced = (await post(service, { diaObjectIds: ['2'], force: true })).json<Page>()
  assert.deepEqual([forced.revised, forced.unchanged], [0, 1])
})

const wrong: Array<[payload: string, parameter: string, expected: RegExp]> = [
  ['{"diaObjectIds": []}', 'diaObjectIds', /at least one id/],
  ['{"diaObjectIds": "1"}', 'diaObjectIds', /a list of ids/],
  ['{"diaObjectIds": [1]}', 'diaObjectIds', /1 to 64 characters/],
  ['{"diaObjectIds": ["1"], "cursor": "1"}', 'cursor', /either diaObjectIds or a cursor/],
  ['{"cursor": "../../1"}', 'cursor', /nextCursor of an earlier page/],
  ['{"limit": 0}', 'limit', /from 1 to 1000/],
  ['{"limit": "5"}', 'limit', /from 1 to 1000/],
  ['{"force": "yes"}', 'force', /true or false/],
  ['{"ids": ["1"]}', 'ids', /one of diaObjectIds, force, cursor, limit/],
  ['[]', 'body', /a JSON object/]
]
for (const [payload, parameter, expected] of wrong) {
  test(`POST /v1/rebuild ${payload} names what is wrong, and rebuilds nothing`, async t => {
    const service = await renewedService(t)
    const response = await post(service, payload)
    assert.equal(response.statusCode, 400)
    const [error] = response.json<Problem>().errors!
    assert.equal(error!.parameter, parameter)
    assert.match(error!.expected, expected)
    assert.equal((await service.ask('/v1/statistics')).json<{ republished: number }>().republished, 0)
  })
}

test('pages of other sites are refused; while Candela shuts down it is a 503', async t => {
  const service = await renewedService(t)
  assert.equal((await post(service, {}, { origin: 'https://elsewhere.example' })).statusCode, 403)
  const { store, processor, model } = await openPipeline(t)
  await processor.process([{ alert: alertFor('1', [point()]), origin: 'test' }])
  const closing = serialized(processor)
  await closing.close()
  const closed = await openService(t, { rebuild: createRebuild({ store, processor: closing, key: modelKey(model) }) })
  assert.equal((await post(closed, { force: true })).statusCode, 503)
})
