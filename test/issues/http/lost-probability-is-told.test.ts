/** An object that loses its probability says so to whoever was told of it: live, after a lost connection, in a gap, on a replica. */
import assert from 'node:assert/strict'
import test, { before, type TestContext } from 'node:test'
import { changelogOf, withChangelog } from '../../../src/state/storage/changelog.ts'
import { openLmdbReplica } from '../../../src/state/storage/replica/replica.ts'
import { openLmdbStore } from '../../../src/state/storage/store.ts'
import { createProcessor } from '../../../src/state/processor/processor.ts'
import type { ReplicaEntry } from '../../../src/state/storage/replica/part.ts'
import { isWithdrawal, type Change } from '../../../src/state/views.ts'
import { loadEngine } from '../../../src/model/load-engine.ts'
import { openService, type Service } from '../../http/service.ts'
import { connect, type SseClient } from '../../http/stream/sse-client.ts'
import { needs } from '../../parts.ts'
import { alertFor, point, temporaryFolder, untrainedModel } from '../../pipeline.ts'
import { check } from '../../state/checked-folder.ts'
import { buildDashboard, openPage } from '../../web/browser.ts'

before(buildDashboard)

const LISTENED = { heartbeatMs: 60_000 }

async function open (t: TestContext, streamLog?: number): Promise<Service & { address: string }> {
  const service = await openService(t, { ...LISTENED, ...streamLog !== undefined && { streamLog } })
  return { ...service, address: await service.app.listen({ port: 0, host: '127.0.0.1' }) }
}

/** The object's only detection, and then that it was none. */
const seen = (service: Pick<Service, 'pipeline'>, id: string): Promise<unknown> => service.pipeline.processor.process([{ alert: alertFor(id, [point()]), origin: 'test' }])
const gone = (service: Pick<Service, 'pipeline'>, id: string): Promise<unknown> => service.pipeline.processor.process([{ alert: alertFor(id, [point({ withdrawn: true, timeProcessedMjdTai: 60001 })]), origin: 'test' }])

/** @returns the next events as `name diaObjectId`, and their ids */
async function events ({ block }: SseClient, count: number): Promise<{ told: string[], last: string, data: Change }> {
  const told: string[] = []
  let last = ''
  let data = {} as Change
  while (told.length < count) {
    const next = await block()
    assert.ok(next, 'the stream goes on')
    if (next.data === undefined) continue
    data = JSON.parse(next.data) as Change
    told.push(next.event === 'gap' ? 'gap' : `${next.event} ${data.diaObjectId}`)
    last = next.id ?? last
  }
  return { told, last, data }
}

test('the event tells which object, why, and by which number it is resumed; filters by P(Ia) do not hide it', async t => {
  const service = await open(t)
  const client = await connect(t, `${service.address}/v1/stream?after=0`)
  const [one, choosy, elsewhere] = await Promise.all(['diaObjectId=a', 'minProbability=0.999999&minEpochs=50', 'ra=10&dec=10&radius=1'].map(filter => connect(t, `${service.address}/v1/stream?after=0&${filter}`))) as [SseClient, SseClient, SseClient]
  await seen(service, 'b')
  await seen(service, 'a')
  await gone(service, 'a')
  const { told, last, data } = await events(client, 3)
  assert.deepEqual(told, ['classification b', 'classification a', 'withdrawn a'])
  const { publishedAt } = data
  assert.deepEqual(data, { diaObjectId: 'a', ra: 53.1, dec: -27.8, reason: 'no-detection', revision: 0, publishedAt, sequence: 3 })
  assert.ok(publishedAt > service.pipeline.store.reader.classifications('a')!.at(-1)!.publishedAt)
  assert.equal(last, '3')
  assert.deepEqual((await events(one, 2)).told, ['classification a', 'withdrawn a'])
  assert.deepEqual((await events(choosy, 1)).told, ['withdrawn a'])
  await service.pipeline.processor.process([{ alert: alertFor('c', [point()], { ra: 10, dec: 10 }), origin: 'test' }])
  assert.deepEqual((await events(elsewhere, 1)).told, ['classification c'])

  const resumed = await connect(t, `${service.address}/v1/stream`, { 'last-event-id': '2' })
  assert.deepEqual((await events(resumed, 2)).told, ['withdrawn a', 'classification c'])
  await gone(service, 'a')
  await seen(service, 'd')
  assert.deepEqual((await events(resumed, 1)).told, ['classification d'], 'it is told once')
})

test('in a gap it is given as the newest state of the object, and no more once the object is classified again', async t => {
  const service = await open(t, 2)
  for (const id of ['a', 'b']) await seen(service, id)
  await gone(service, 'a')
  for (const id of ['c', 'd', 'e', 'f']) await seen(service, id)
  const client = await connect(t, `${service.address}/v1/stream`, { 'last-event-id': '1' })
  assert.deepEqual((await events(client, 7)).told, ['gap', 'classification b', 'withdrawn a', ...['c', 'd', 'e', 'f'].map(id => `classification ${id}`)])
  const { objects } = (await service.ask('/v1/objects')).json<{ objects: Array<{ diaObjectId: string }> }>()
  assert.deepEqual(objects.map(({ diaObjectId }) => diaObjectId), ['f', 'e', 'd', 'c', 'b'])
  assert.equal((await service.ask('/v1/objects?sort=probability')).json<{ objects: unknown[] }>().objects.length, 5)
  await service.pipeline.processor.process([{ alert: alertFor('a', [point({ midpointMjdTai: 60003 })]), origin: 'test' }])
  assert.deepEqual(service.pipeline.store.reader.changedSince(0, 100).map(({ diaObjectId }) => diaObjectId), ['b', 'c', 'd', 'e', 'f', 'a'])
  await service.pipeline.close()
  assert.deepEqual((await check(t, service.pipeline.folder)).findings, [])
})

test('several changes of one object in one batch are told in their order; the folder is sound, and says the same when it is opened again', async t => {
  const service = await open(t)
  const heard: string[] = []
  t.after(service.pipeline.store.reader.subscribe(changes => heard.push(...changes.map(change => `${isWithdrawal(change) ? 'withdrawn' : 'classification'} ${change.sequence}`))))
  const alerts = [point(), point({ withdrawn: true, timeProcessedMjdTai: 60001 }), point({ midpointMjdTai: 60002 }), point({ midpointMjdTai: 60002, withdrawn: true, timeProcessedMjdTai: 60003 })]
  await service.pipeline.processor.process(alerts.map(one => ({ alert: alertFor('a', [one]), origin: 'test' })))
  assert.deepEqual(heard, ['classification 1', 'withdrawn 2', 'classification 3', 'withdrawn 4'])
  assert.deepEqual(service.pipeline.store.reader.changedSince(0, 9).map(({ sequence }) => sequence), [4])
  await service.pipeline.close()
  assert.deepEqual((await check(t, service.pipeline.folder)).findings, [])
  const again = openLmdbStore(service.pipeline.folder)
  t.after(() => again.close())
  assert.deepEqual(again.reader.changedSince(0, 9).map(isWithdrawal), [true])
})

test('a replica tells it once, also where the commits that said so have been compacted away', async t => {
  const model = untrainedModel()
  const network = (await loadEngine('wasm')).load(model.shape, model.weights, [])
  t.after(() => network.dispose())
  const log: ReplicaEntry[] = []
  const store = withChangelog(openLmdbStore(temporaryFolder(t)), async packed => {
    log.push(...changelogOf(packed).map((entry, k) => ({ ...entry, offset: BigInt(log.length + k), time: Date.parse('2026-05-01T00:00:00Z') })))
    return {}
  })
  t.after(() => store.close())
  const processor = createProcessor({ store, network, model })
  await processor.process([{ alert: alertFor('a', [point()]), origin: 'test' }])
  const first = log.length
  await processor.process([{ alert: alertFor('a', [point({ withdrawn: true, timeProcessedMjdTai: 60001 })]), origin: 'test' }])
  const second = log.length
  await processor.process([{ alert: alertFor('b', [point()]), origin: 'test' }])

  const follow = (parts: ReplicaEntry[][]): string[] => {
    const replica = openLmdbReplica(temporaryFolder(t))
    t.after(() => replica.close())
    const told: string[] = []
    replica.reader.subscribe(changes => told.push(...changes.map(change => `${isWithdrawal(change) ? change.reason : 'classified'} ${change.diaObjectId}`)))
    for (const entries of parts) replica.apply({ partition: 0, entries, next: entries.at(-1)!.offset + 1n })
    assert.deepEqual(replica.reader.candidates({ limit: 9 }).candidates.map(({ diaObjectId }) => diaObjectId), ['b'])
    return told
  }
  const whole = ['classified a', 'no-detection a', 'classified b']
  assert.deepEqual(follow([log.slice(0, first), log.slice(first, second), log.slice(second)]), whole)
  assert.deepEqual(follow([log]), whole)
  const withoutMark = log.slice(first, second).filter(({ key }) => !key.startsWith(':'))
  assert.deepEqual(follow([log.slice(0, first), [...withoutMark, ...log.slice(second)]]).sort(), [...whole].sort())
})

test('the dashboard lets the object go from the list, and its page says why', async t => {
  if (!needs(t, 'chromium')) return
  const service = await open(t)
  await seen(service, 'a')
  await seen(service, 'b')
  const { page: list } = await openPage(t)
  await list.goto(service.address)
  const page = await list.context().newPage()
  await page.goto(`${service.address}/objects/a`)
  for (const one of [list, page]) await one.locator('#connection[data-state=live]').waitFor()
  await gone(service, 'a')
  await page.locator('#headline[data-state=none]').waitFor()
  await page.locator('#notice:has-text("No classification (no-detection)")').waitFor()
  await list.locator('#candidates a:text-is("a")').waitFor({ state: 'detached' })
  assert.equal(await list.locator('#candidates tr').count(), 1)
})
