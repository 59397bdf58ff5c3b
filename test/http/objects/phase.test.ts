/** What a model with a decoder adds to answers, and that it adds nothing where a model has none. */
import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { modelView } from '../../../src/http/api.ts'
import type { Classification } from '../../../src/state/views.ts'
import { alertFor, point } from '../../pipeline.ts'
import { classModel, phaseModel } from '../../support/class-model.ts'
import { openService, type Service } from '../service.ts'
import { connect } from '../stream/sse-client.ts'
import { readCsv, readVotable } from '../table/read-tables.ts'

const [OLD, YOUNG] = ['313934342374881341', '313934342374881342']
const NIGHTS = 24
const NAMES = ['phase', 'phaseLow', 'phaseHigh'] as const

type Phased = Partial<Record<typeof NAMES[number], number | null>>
interface Classified extends Phased { points: Array<Phased & { epoch: number | null }> }

const points = Array.from({ length: NIGHTS }, (_, night) => point({ midpointMjdTai: 60000 + night, band: 'gri'[night % 3] as 'g', psfFlux: 2000 + 500 * night }))
const given = points.map(({ midpointMjdTai, band, psfFlux, psfFluxErr }) => ({ midpointMjdTai, band, psfFlux, psfFluxErr }))
const valuesOf = (phased: Phased): Array<number | null | undefined> => NAMES.map(name => phased[name])

/** A service in which an object was seen in many nights, which has a phase, and another in one, which has none. */
async function observed (t: TestContext, model = phaseModel()): Promise<Service> {
  const service = await openService(t, {}, model)
  for (const one of points) await service.pipeline.processor.process([{ alert: alertFor(OLD!, [one]), origin: 'test' }])
  await service.pipeline.processor.process([{ alert: alertFor(YOUNG!, [points[0]!]), origin: 'test' }])
  return service
}

const classificationOf = async ({ ask }: Service, id: string): Promise<Classification> =>
  (await ask(`/v1/objects/${id}`)).json<{ classification: Classification }>().classification

test('the phase is in an object, its history, the list, its light curve, an alert\'s outcome and a light curve in hand', async t => {
  const service = await observed(t)
  const { ask } = service
  const newest = await classificationOf(service, OLD!)
  const values = valuesOf(newest)
  assert.ok(values.every(value => typeof value === 'number') && newest.phaseLow! < newest.phase! && newest.phase! < newest.phaseHigh!)
  const young = await classificationOf(service, YOUNG!)
  assert.ok(NAMES.every(name => !(name in young)), 'an object that more likely varies has none')

  const { classifications } = (await ask(`/v1/objects/${OLD}/classifications`)).json<{ classifications: Classification[] }>()
  assert.deepEqual(valuesOf(classifications.at(-1)!), values)
  const { objects } = (await ask('/v1/objects')).json<{ objects: Classification[] }>()
  assert.deepEqual(valuesOf(objects.find(({ diaObjectId }) => diaObjectId === OLD)!), values)
  const curve = (await ask(`/v1/objects/${OLD}/light-curve`)).json<Classified>()
  assert.deepEqual(valuesOf(curve.points.at(-1)!), values)
  assert.deepEqual(valuesOf(curve.points[0]!), [null, null, null])

  const [classified] = (await ask({ method: 'POST', url: '/v1/classify', payload: { objects: [{ points: given }] } })).json<{ objects: Classified[] }>().objects
  assert.deepEqual(valuesOf(classified!), values)
  assert.deepEqual(classified!.points.map(valuesOf), curve.points.map(valuesOf))
  const payload = JSON.stringify({ diaObjectId: '7', diaSourceId: '8', ra: 1, dec: 2, points: given })
  const { outcomes } = (await ask({ method: 'POST', url: '/v1/alerts', payload })).json<{ outcomes: Phased[] }>()
  assert.deepEqual(valuesOf(outcomes[0]!), values)
})

test('minPhase and maxPhase keep the objects within them, and none without a phase', async t => {
  const service = await observed(t)
  const { phase } = await classificationOf(service, OLD!)
  const ids = async (query: string): Promise<string[]> => (await service.ask(`/v1/objects?${query}`)).json<{ objects: Classification[] }>().objects.map(({ diaObjectId }) => diaObjectId)
  assert.deepEqual(await ids('minPhase=-1000'), [OLD])
  assert.deepEqual(await ids(`minPhase=${phase}&maxPhase=${phase}&sort=probability`), [OLD])
  assert.deepEqual(await ids(`maxPhase=${(phase! - 0.1).toFixed(1)}`), [])
  assert.deepEqual(await ids(`minPhase=${(phase! + 0.1).toFixed(1)}`), [])
  assert.equal((await ids('')).length, 2)
})

test('live events have the phase, and are filtered by it', async t => {
  const service = await observed(t)
  const address = await service.app.listen({ port: 0, host: '127.0.0.1' })
  const history = (await service.ask(`/v1/objects/${OLD}/classifications`)).json<{ classifications: Classification[] }>().classifications
  const told = history.filter(({ phase }) => phase !== undefined)
  assert.ok(told.length > 1 && told.length < history.length)
  const client = await connect(t, `${address}/v1/stream?after=0&minPhase=-1000`)
  assert.deepEqual(valuesOf(await client.classification()), valuesOf(told[0]!))
})

test('tables have the columns of the phase in days, before those of the classes, on every page', async t => {
  const { ask } = await observed(t)
  const classes = classModel().classes!.length
  for (const [path, key] of [['objects?', 'objects'], [`objects/${OLD}/classifications?`, 'classifications'], [`objects/${OLD}/light-curve?classes=true&`, 'points']] as const) {
    const rows = (await ask(`/v1/${path}`)).json<Record<string, Phased[]>>()[key]!
    const csv = readCsv((await ask(`/v1/${path}format=csv`)).body)
    assert.deepEqual(csv.names.slice(-classes - 3, -classes), NAMES, path)
    assert.deepEqual(csv.rows.map(row => row.slice(-classes - 3, -classes)), rows.map(row => valuesOf(row).map(value => value == null ? null : String(value))))
    assert.match((await ask(`/v1/${path}format=votable`)).body, /<FIELD name="phase"[^>]* unit="d"/)
    readVotable((await ask(`/v1/${path}format=votable`)).body)
  }
  assert.deepEqual(readCsv((await ask('/v1/objects?maxPhase=-1000&format=csv')).body).names.filter(name => name.startsWith('phase')), NAMES, 'of an empty list, too')
  assert.deepEqual(readCsv((await ask('/v1/objects?format=csv&fields=diaObjectId,phase')).body).names, ['diaObjectId', 'phase'])
})

test('the models\' answer has the decoder; a model without one answers as before, and no object passes a bound', async t => {
  assert.deepEqual(modelView(phaseModel(), { name: 'wasm', version: '4.22.0' }, []).decoder, { width: 8, days: 30 })
  const { ask } = await observed(t, classModel())
  for (const path of ['objects', `objects/${OLD}`, `objects/${OLD}/classifications`, `objects/${OLD}/light-curve`, 'objects?format=csv', `objects/${OLD}/light-curve?format=votable&classes=true`, 'models']) {
    assert.doesNotMatch((await ask(`/v1/${path}`)).body, /phase|decoder/i, path)
  }
  assert.deepEqual((await ask('/v1/objects?minPhase=-1000')).json<{ objects: unknown[] }>().objects, [])
})
