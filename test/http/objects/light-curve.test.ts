import assert from 'node:assert/strict'
import test from 'node:test'
import { UNKNOWN_HOST, type Alert, type PhotometricPoint } from '../../../src/alert/alert.ts'
import { alertFor, openPipeline, point } from '../../pipeline.ts'
import { readCsv, readVotable } from '../table/read-tables.ts'
import { EPOCH, openService, type Service } from '../service.ts'

interface AnsweredPoint {
  midpointMjdTai: number
  band: string
  psfFlux: number
  psfFluxErr: number
  kind: string
  visit: number | null
  epoch: number | null
  probabilityIa: number | null
  reason: string | null
}
interface Answer {
  diaObjectId: string
  asOf: string | null
  classifierName: string
  classifierVersion: string
  classification: { probabilityIa: number, epochs: number, midpointMjdTai: number, revision: number, publishedAt: string } | null
  points: AnsweredPoint[]
}

const ID = '313934342374881341'
/** The time of the n-th classification of a service, from 1. */
const published = (n: number): string => new Date(EPOCH + 1000 * n).toISOString()

async function give ({ pipeline }: Service, points: PhotometricPoint[], given: Partial<Alert> = {}): Promise<{ outcome: string, probabilityIa?: number | undefined }> {
  const [outcome] = await pipeline.processor.process([{ alert: alertFor(ID, points, given), origin: 'test' }])
  return outcome!
}

const curve = async ({ ask }: Service, query = ''): Promise<Answer> => {
  const response = await ask(`/v1/objects/${ID}/light-curve${query}`)
  assert.equal(response.statusCode, 200)
  return response.json<Answer>()
}

test('each point of a light curve that came in order has the P(Ia) that was published for it', async t => {
  const service = await openService(t)
  const outcomes = []
  for (let night = 0; night < 40; night++) {
    outcomes.push(await give(service, [point({ midpointMjdTai: 60000 + night, band: 'griz'[night % 4] as 'g', psfFlux: 2000 + 300 * night, visit: 100 + night })]))
  }
  const answer = await curve(service)
  assert.deepEqual({ ...answer, points: answer.points.length, classification: answer.classification?.epochs }, {
    diaObjectId: ID, asOf: null, classifierName: 'untrained', classifierVersion: '1.0', classification: 40, points: 40
  })
  assert.deepEqual(answer.points.map(({ probabilityIa }) => probabilityIa), outcomes.map(({ probabilityIa }) => probabilityIa))
  assert.deepEqual(answer.points.map(({ epoch }) => epoch), Array.from({ length: 40 }, (_, k) => k + 1))
  const { probabilityIa: _, ...fifth } = answer.points[4]!
  assert.deepEqual(fifth, { midpointMjdTai: 60004, band: 'g', psfFlux: 3200, psfFluxErr: 100, kind: 'detection', visit: 104, epoch: 5, reason: null })
  assert.equal(answer.points.at(-1)!.probabilityIa, answer.classification!.probabilityIa)
})

test('points that are not stepped say why, withdrawn ones are left out, and detections and forced photometry are told apart', async t => {
  const service = await openService(t)
  await give(service, [
    point({ midpointMjdTai: 59960, psfFlux: 10, kind: 'forced' }),
    point({ midpointMjdTai: 59990, psfFlux: 10.1, psfFluxErr: 99.7, kind: 'forced' }),
    point(),
    point({ midpointMjdTai: 60001, band: 'y' }),
    point({ midpointMjdTai: 60002, withdrawn: true }),
    point({ midpointMjdTai: 60003, band: 'i' })
  ])
  const { points } = await curve(service)
  assert.deepEqual(points.map(({ midpointMjdTai, band, psfFlux, psfFluxErr, kind, epoch, reason }) => [midpointMjdTai, band, psfFlux, psfFluxErr, kind, epoch, reason]), [
    [59960, 'r', 10, 100, 'forced', null, 'outside-window'],
    [59990, 'r', 10.1, 99.7, 'forced', 1, null],
    [60000, 'r', 2000, 100, 'detection', 2, null],
    [60001, 'y', 2000, 100, 'detection', null, 'band-not-used'],
    [60003, 'i', 2000, 100, 'detection', 3, null]
  ])
  for (const { epoch, probabilityIa } of points) assert.equal(probabilityIa === null, epoch === null)
})

test('an object without a detection has a light curve, and no P(Ia)', async t => {
  const service = await openService(t)
  assert.equal((await give(service, [point({ psfFlux: 100, kind: 'forced' })])).outcome, 'declined')
  const { classification, points } = await curve(service)
  assert.equal(classification, null)
  assert.deepEqual(points.map(({ epoch, probabilityIa, reason }) => [epoch, probabilityIa, reason]), [[null, null, 'no-detection']])
})

test('after forced photometry came late the replay is that of the whole light curve, in order; the published history is another', async t => {
  const service = await openService(t)
  await give(service, [point()])
  await give(service, [point({ midpointMjdTai: 60003 })])
  const before = await curve(service)
  await give(service, [point({ midpointMjdTai: 60001, band: 'i', kind: 'forced', psfFlux: 900 })])
  const after = await curve(service)
  assert.deepEqual(after.points.map(({ midpointMjdTai }) => midpointMjdTai), [60000, 60001, 60003])
  assert.equal(after.points[0]!.probabilityIa, before.points[0]!.probabilityIa)
  assert.notEqual(after.points[2]!.probabilityIa, before.points[1]!.probabilityIa)
  assert.equal(after.points[2]!.probabilityIa, after.classification!.probabilityIa)

  const sorted = await openPipeline(t)
  const [outcome] = await sorted.processor.process([{ alert: alertFor(ID, [point(), point({ midpointMjdTai: 60001, band: 'i', kind: 'forced', psfFlux: 900 }), point({ midpointMjdTai: 60003 })]), origin: 'test' }])
  assert.equal(outcome!.probabilityIa, after.points[2]!.probabilityIa)
})

test('asOf: what stood then is exact; the points end with the newest that it rested on, late ones among them', async t => {
  const service = await openService(t)
  await give(service, [point()])
  await give(service, [point({ midpointMjdTai: 60003 })])
  await give(service, [point({ midpointMjdTai: 60001, band: 'i', kind: 'forced' })])
  await give(service, [point({ midpointMjdTai: 60009 })])
  const at = (n: number): Promise<Answer> => curve(service, `?asOf=${published(n)}`)

  const none = await at(0)
  assert.deepEqual([none.asOf, none.classification, none.points], [published(0), null, []])
  const first = await at(1)
  assert.deepEqual([first.classification!.epochs, first.points.map(({ midpointMjdTai }) => midpointMjdTai)], [1, [60000]])
  const second = await at(2)
  assert.equal(second.classification!.epochs, 2)
  assert.deepEqual(second.points.map(({ midpointMjdTai, epoch }) => [midpointMjdTai, epoch]), [[60000, 1], [60001, 2], [60003, 3]])
  const third = await at(3)
  assert.deepEqual([third.classification!.epochs, third.points.length, third.classification!.revision], [3, 3, 1])
  assert.equal(third.points.at(-1)!.probabilityIa, third.classification!.probabilityIa)
  const now = await curve(service)
  assert.deepEqual(await at(4), { ...now, asOf: published(4) })
  assert.deepEqual(third.points, now.points.slice(0, 3))
})

test('a host redshift that was given is in the replay', async t => {
  const service = await openService(t)
  await give(service, [point()], { host: UNKNOWN_HOST })
  const before = await curve(service)
  const put = await service.ask({ method: 'PUT', url: `/v1/objects/${ID}/host`, payload: { redshift: 0.3 } })
  assert.equal(put.statusCode, 200)
  const after = await curve(service)
  assert.notEqual(after.points[0]!.probabilityIa, before.points[0]!.probabilityIa)
  assert.equal(after.points[0]!.probabilityIa, after.classification!.probabilityIa)
})

test('an object that was never seen, a wrong id, a wrong time and a stray parameter are problems', async t => {
  const service = await openService(t)
  const type = async (url: string): Promise<[number, string]> => {
    const response = await service.ask(url)
    return [response.statusCode, response.json<{ type: string }>().type]
  }
  assert.deepEqual(await type('/v1/objects/1/light-curve'), [404, '/problems/object-not-found'])
  assert.deepEqual(await type('/v1/objects/a%20b/light-curve'), [400, '/problems/invalid-parameter'])
  assert.deepEqual(await type('/v1/objects/1/light-curve?asOf=yesterday'), [400, '/problems/invalid-parameter'])
  assert.deepEqual(await type('/v1/objects/1/light-curve?band=r'), [400, '/problems/invalid-parameter'])
})

test('as CSV and VOTable, with the fields that are wanted', async t => {
  const service = await openService(t)
  await give(service, [point({ psfFlux: 2000.1, visit: 2025110300243 }), point({ midpointMjdTai: 60001, band: 'y' })])
  const { points: [first] } = await curve(service)
  const csv = await service.ask(`/v1/objects/${ID}/light-curve?format=csv`)
  assert.match(String(csv.headers['content-disposition']), /filename="candela-313934342374881341-light-curve\.csv"/)
  const names = ['midpointMjdTai', 'band', 'psfFlux', 'psfFluxErr', 'kind', 'visit', 'epoch', 'probabilityIa', 'reason']
  assert.deepEqual(readCsv(csv.body), {
    names,
    rows: [
      ['60000', 'r', '2000.1', '100', 'detection', '2025110300243', '1', String(first!.probabilityIa), null],
      ['60001', 'y', '2000', '100', 'detection', null, null, null, 'band-not-used']
    ]
  })
  const { fields, rows, infos } = readVotable((await service.ask({ url: `/v1/objects/${ID}/light-curve?fields=midpointMjdTai,psfFlux,probabilityIa`, headers: { accept: 'application/x-votable+xml' } })).body)
  assert.deepEqual(fields.map(({ name, unit }) => [name, unit]), [['midpointMjdTai', 'd'], ['psfFlux', 'nJy'], ['probabilityIa', undefined]])
  assert.deepEqual(rows, [['60000', '2000.1', String(first!.probabilityIa)], ['60001', '2000', null]])
  assert.ok(infos.some(([name, value]) => name === 'classifierName' && value === 'untrained'), 'the model is named')
  assert.deepEqual((await curve(service, '?fields=band,epoch')).points, [{ band: 'r', epoch: 1 }, { band: 'y', epoch: null }])
})

test('more replays than can be answered soon are told to come again, and the others are answered', async t => {
  const service = await openService(t)
  await give(service, Array.from({ length: 80 }, (_, k) => point({ midpointMjdTai: 60000 + k / 4 })))
  const responses = await Promise.all(Array.from({ length: 60 }, () => service.ask(`/v1/objects/${ID}/light-curve`)))
  const refused = responses.filter(({ statusCode }) => statusCode === 503)
  const answered = responses.filter(({ statusCode }) => statusCode === 200)
  assert.equal(refused.length + answered.length, 60)
  assert.deepEqual([answered.length, refused.length], [36, 24])
  for (const response of refused) {
    assert.equal(response.headers['retry-after'], '1')
    assert.equal(response.json<{ type: string }>().type, '/problems/overloaded')
  }
  assert.equal(new Set(answered.map(({ body }) => body)).size, 1)
})
