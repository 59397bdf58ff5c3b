import assert from 'node:assert/strict'
import test from 'node:test'
import type { Alert } from '../../../src/alert/alert.ts'
import type { AlertContext } from '../../../src/alert/context/context.ts'
import { hostFactsOf } from '../../../src/alert/context/host-redshift.ts'
import type { Candidate, ObjectView } from '../../../src/state/views.ts'
import { alertFor, point } from '../../pipeline.ts'
import { EPOCH, openService, type Service } from '../service.ts'

interface Page { objects: Candidate[], nextCursor: string | null }

const ids = (page: Page): string[] => page.objects.map(({ diaObjectId }) => diaObjectId)
const ask = async (service: Service, query: string): Promise<Page> => (await service.ask(`/v1/objects${query}`)).json<Page>()

/** Five objects of 1 to 5 epochs with rising flux, in this order. */
async function fiveObjects (service: Service): Promise<Candidate[]> {
  for (let k = 1; k <= 5; k++) await service.observe(`31393434237488134${k}`, k, { flux: 1000 * 4 ** k })
  return (await ask(service, '')).objects
}

test('lists the newest change first, with ids beyond 2^53 to the last digit', async t => {
  const service = await openService(t)
  await fiveObjects(service)
  await service.observe('313934342374881342', 1, { firstNight: 9 })
  const page = await ask(service, '')
  assert.deepEqual(ids(page), ['313934342374881342', '313934342374881345', '313934342374881344', '313934342374881343', '313934342374881341'])
  assert.equal(page.nextCursor, null)
  const [newest] = page.objects
  assert.equal(newest!.epochs, 3)
  assert.equal(newest!.midpointMjdTai, 60009)
  assert.equal(newest!.classifierName, 'untrained')
  assert.equal(newest!.publishedAt, new Date(EPOCH + 6000).toISOString())
  assert.equal(newest!.sequence, 6)
})

test('an empty store gives an empty page', async t => {
  const service = await openService(t)
  assert.deepEqual(await ask(service, ''), { objects: [], nextCursor: null })
})

test('each filter keeps exactly the objects that pass it', async t => {
  const service = await openService(t)
  const all = await fiveObjects(service)
  const middle = [...all].sort((a, b) => a.probabilityIa - b.probabilityIa)[2]!.probabilityIa
  const expected = (keep: (candidate: Candidate) => boolean): string[] => all.filter(keep).map(({ diaObjectId }) => diaObjectId)

  assert.deepEqual(ids(await ask(service, `?minProbability=${middle}`)), expected(({ probabilityIa }) => probabilityIa >= middle))
  assert.deepEqual(ids(await ask(service, `?maxProbability=${middle}`)), expected(({ probabilityIa }) => probabilityIa <= middle))
  assert.equal(ids(await ask(service, `?minProbability=${middle}`)).length, 3)
  assert.equal(ids(await ask(service, `?minProbability=${middle}&maxProbability=${middle}`)).length, 1)
  assert.deepEqual(ids(await ask(service, '?minEpochs=4')), ['313934342374881345', '313934342374881344'])
  const since = new Date(EPOCH + 3000).toISOString()
  assert.deepEqual(ids(await ask(service, `?since=${since}`)), ['313934342374881345', '313934342374881344'])
  const elsewhere = encodeURIComponent('2026-05-01T02:00:03+02:00')
  assert.deepEqual(ids(await ask(service, `?since=${elsewhere}`)), ['313934342374881345', '313934342374881344'])
})

test('pages join up without a repeat while the stream runs', async t => {
  const service = await openService(t)
  await fiveObjects(service)
  const seen: string[] = []
  let page = await ask(service, '?limit=2')
  seen.push(...ids(page))
  await service.observe('313934342374881345', 1, { firstNight: 20 })
  await service.observe('new-object', 1)
  while (page.nextCursor !== null) {
    page = await ask(service, `?limit=2&cursor=${page.nextCursor}`)
    seen.push(...ids(page))
  }
  assert.deepEqual(seen, ['313934342374881345', '313934342374881344', '313934342374881343', '313934342374881342', '313934342374881341'])
})

const wrong: Array<[query: string, parameter: string, value: unknown, expected: RegExp]> = [
  ['limit=0', 'limit', '0', /^a whole number from 1 to 1000$/],
  ['limit=1001', 'limit', '1001', /^a whole number from 1 to 1000$/],
  ['limit=2.5', 'limit', '2.5', /^a whole number from 1 to 1000$/],
  ['limit=', 'limit', '', /^a whole number from 1 to 1000$/],
  ['minProbability=likely', 'minProbability', 'likely', /^a number from 0 to 1$/],
  ['minProbability=NaN', 'minProbability', 'NaN', /^a number from 0 to 1$/],
  ['maxProbability=1.01', 'maxProbability', '1.01', /^a number from 0 to 1$/],
  ['minProbability=0.1&minProbability=0.2', 'minProbability', ['0.1', '0.2'], /^a number from 0 to 1$/],
  ['minProbability=0.8&maxProbability=0.2', 'maxProbability', '0.2', /not below minProbability/],
  ['minEpochs=-1', 'minEpochs', '-1', /^a whole number, 0 or more$/],
  ['minPhase=rising', 'minPhase', 'rising', /^a number of days from -1000 to 1000$/],
  ['maxPhase=1000.1', 'maxPhase', '1000.1', /^a number of days from -1000 to 1000$/],
  ['minPhase=3&maxPhase=-3', 'maxPhase', '-3', /not below minPhase/],
  ['since=yesterday', 'since', 'yesterday', /^an ISO 8601 time with its zone/],
  ['since=2026-05-01T00:00:00', 'since', '2026-05-01T00:00:00', /^an ISO 8601 time with its zone/],
  ['cursor=..', 'cursor', '..', /^the nextCursor of an earlier page$/],
  ['minProbabilty=0.9', 'minProbabilty', '0.9', /^one of minProbability, maxProbability, /]
]

for (const [query, parameter, value, expected] of wrong) {
  test(`GET /v1/objects?${query} names the parameter, its value and what was expected`, async t => {
    const service = await openService(t)
    const response = await service.ask(`/v1/objects?${query}`)
    assert.equal(response.statusCode, 400)
    const problem = response.json<{ type: string, instance: string, detail: string, errors: Array<{ parameter: string, value: unknown, expected: string }> }>()
    assert.equal(problem.type, '/problems/invalid-parameter')
    assert.equal(problem.instance, '/v1/objects')
    assert.equal(problem.errors.length, 1)
    assert.equal(problem.errors[0]!.parameter, parameter)
    assert.deepEqual(problem.errors[0]!.value, value)
    assert.match(problem.errors[0]!.expected, expected)
    assert.ok(problem.detail.startsWith(`${parameter} is `), problem.detail)
  })
}

test('one object as it stands', async t => {
  const service = await openService(t)
  await service.observe('313934342374881341', 3)
  const response = await service.ask('/v1/objects/313934342374881341')
  assert.equal(response.statusCode, 200)
  const object = response.json<Record<string, unknown>>()
  const { probabilityIa } = service.pipeline.store.reader.candidates({ limit: 1 }).candidates[0]!
  assert.deepEqual(object, {
    diaObjectId: '313934342374881341',
    ra: 53.1,
    dec: -27.8,
    host: { redshift: null, redshiftErr: null, mwebv: null, givenAt: null },
    points: 3,
    firstDetectionMjdTai: 60000,
    lastPointMjdTai: 60002,
    classification: {
      diaObjectId: '313934342374881341',
      probabilityIa,
      epochs: 3,
      midpointMjdTai: 60002,
      revision: 0,
      classifierName: 'untrained',
      classifierVersion: '1.0',
      publishedAt: new Date(EPOCH + 1000).toISOString()
    },
    declined: null
  })
})

test('an object that was never seen is a 404, an id that cannot be one a 400', async t => {
  const service = await openService(t)
  const unknown = await service.ask('/v1/objects/313934342374881341')
  assert.equal(unknown.statusCode, 404)
  assert.deepEqual(unknown.json(), {
    type: '/problems/object-not-found',
    title: 'Object not found',
    status: 404,
    detail: 'No object 313934342374881341 has been seen.',
    instance: '/v1/objects/313934342374881341',
    action: 'GET /v1/objects lists the objects that have a classification.'
  })
  for (const id of ['a%20b', '%3Cscript%3E', 'x'.repeat(65), '..%2Fmeta']) {
    assert.equal((await service.ask(`/v1/objects/${id}`)).statusCode, 400, id)
  }
})

const UNKNOWN = { ra: Number.NaN, dec: Number.NaN }
const redshifts: AlertContext['hostRedshifts'] = [
  { redshift: 0.083, redshiftErr: 0.021, kind: 'photometric', catalogue: 'Legacy Surveys DR8', separation: 1.42 },
  { redshift: 0.052, redshiftErr: null, kind: 'spectroscopic', catalogue: 'TNS' }
]

test('the context of the newest alert is shown as far as it is known, and where the host redshift comes from', async t => {
  const service = await openService(t)
  const { processor } = service.pipeline
  const host = { redshift: 0.083, redshiftErr: 0.021, mwebv: null }
  const context: AlertContext = { realBogus: { score: 0.9158028960227966, name: 'reliability' }, classes: [{ catalogue: 'TNS', class: 'SN Ia' }], detections: 392, hostRedshifts: redshifts }
  const put = async (given: Partial<Alert>): Promise<void> => {
    await processor.process([{ alert: alertFor('1', [point({ midpointMjdTai: given.midpointMjdTai! })], given), origin: 'test' }])
  }
  const object = async (): Promise<ObjectView> => (await service.ask('/v1/objects/1')).json<ObjectView>()
  await put({ midpointMjdTai: 60000, host, context })
  const known = await object()
  assert.deepEqual(known.context, context)
  assert.deepEqual(known.host, { redshift: 0.083, redshiftErr: 0.021, mwebv: null, givenAt: null, kind: 'photometric', catalogue: 'Legacy Surveys DR8', separation: 1.42 })
  assert.deepEqual(Object.keys((await service.ask('/v1/objects/1?fields=context')).json<object>()), ['context'])
  // An older alert changes nothing, whatever it says.
  await put({ midpointMjdTai: 59999, context: { detections: 1 } })
  assert.deepEqual((await object()).context, context)
  const given = await service.ask({ method: 'PUT', url: '/v1/objects/1/host', payload: { redshift: 0.12 } })
  assert.deepEqual(Object.keys(given.json<ObjectView>().host), ['redshift', 'redshiftErr', 'mwebv', 'givenAt'], 'a given redshift is nobody else\'s')
  assert.deepEqual((await object()).context, context, 'what the alert said stays')
  await service.ask({ method: 'DELETE', url: '/v1/objects/1/host' })
  assert.equal((await object()).host.catalogue, 'Legacy Surveys DR8')
  await put({ midpointMjdTai: 60001, host })
  assert.equal('context' in await object(), false)
  assert.equal('kind' in (await object()).host, false, 'nobody says where it comes from')
})

test('a redshift of a packet classifies as one that was given; a label does not', async t => {
  const probability = async (hostRedshifts: AlertContext['hostRedshifts'], given?: number): Promise<number> => {
    const service = await openService(t)
    const alert = alertFor('1', [point({ midpointMjdTai: 60000 })], { host: hostFactsOf(hostRedshifts ?? []), ...hostRedshifts && { context: { hostRedshifts } } })
    await service.pipeline.processor.process([{ alert, origin: 'test' }])
    if (given !== undefined) await service.ask({ method: 'PUT', url: '/v1/objects/1/host', payload: { redshift: given, redshiftErr: 0.021 } })
    return (await service.ask('/v1/objects/1')).json<ObjectView>().classification!.probabilityIa
  }
  const none = await probability(undefined)
  assert.equal(await probability(redshifts), await probability(undefined, 0.083))
  assert.notEqual(await probability(redshifts), none)
  assert.equal(await probability(redshifts!.slice(1)), none, 'TNS alone')
})

test('an object of unknown position has no ra and dec, is in every list and in no cone', async t => {
  const service = await openService(t)
  const put = async (id: string, given: Partial<Alert>): Promise<void> => {
    const [outcome] = await service.pipeline.processor.process([{ alert: alertFor(id, [point({ midpointMjdTai: given.midpointMjdTai! })], given), origin: 'test' }])
    assert.equal(outcome!.outcome, 'classified')
  }
  await put('placed', { midpointMjdTai: 60000, ra: 10, dec: 20 })
  await put('unplaced', { midpointMjdTai: 60000, ...UNKNOWN })
  const { ra, dec } = (await service.ask('/v1/objects/unplaced')).json<ObjectView>()
  assert.deepEqual([ra, dec], [null, null])
  for (const sort of ['recency', 'probability', 'rise']) {
    const { objects } = await ask(service, `?sort=${sort}`)
    assert.deepEqual(objects.map(one => [one.diaObjectId, one.ra, one.dec]).sort(), [['placed', 10, 20], ['unplaced', null, null]])
  }
  for (const sort of ['separation', 'recency']) assert.deepEqual(ids(await ask(service, `?ra=10&dec=20&radius=180&sort=${sort}`)), ['placed'])
  const csv = (await service.ask('/v1/objects?format=csv&fields=diaObjectId,ra,dec')).body.trim().split(/\r?\n/)
  assert.deepEqual(csv, ['"diaObjectId","ra","dec"', '"unplaced",,', '"placed",10,20'])
  const votable = (await service.ask('/v1/objects?format=votable&fields=diaObjectId,ra,dec')).body
  assert.ok(votable.includes('<TR><TD>unplaced</TD><TD/><TD/></TR>'), votable)
  // A later alert tells where it is, and an even later one that does not takes nothing away.
  await put('unplaced', { midpointMjdTai: 60001, ra: 10, dec: 21 })
  await put('unplaced', { midpointMjdTai: 60002, ...UNKNOWN })
  assert.deepEqual(ids(await ask(service, '?ra=10&dec=20&radius=2&sort=separation')), ['placed', 'unplaced'])
})
