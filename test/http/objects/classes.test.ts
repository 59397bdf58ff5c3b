/** What a model with classes adds to answers, and that it adds nothing where a model has none. */
import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import type { Classification } from '../../../src/state/views.ts'
import { alertFor, point } from '../../pipeline.ts'
import { classModel } from '../../support/class-model.ts'
import { connect } from '../stream/sse-client.ts'
import { openService, type Service } from '../service.ts'
import { readCsv, readVotable } from '../table/read-tables.ts'

const ID = '313934342374881341'
const NIGHTS = 6
const NAMES = classModel().classes!.map(({ name }) => name)
const COLUMNS = NAMES.map(name => `p_${name.replace('-', '_')}`)

type Point = Record<string, unknown> & { probabilityIa: number | null, weight?: number | null, classProbabilities?: Record<string, number> }
interface LightCurve { classShares?: string, classification: Classification, points: Point[] }

const points = Array.from({ length: NIGHTS }, (_, night) => point({ midpointMjdTai: 60000 + night, band: 'gri'[night % 3] as 'g', psfFlux: 2000 + 500 * night }))

/** A service of a model with classes, in which an object was seen in six nights. */
async function observed (t: TestContext): Promise<Service> {
  const service = await openService(t, {}, classModel())
  for (const one of points) await service.pipeline.processor.process([{ alert: alertFor(ID, [one]), origin: 'test' }])
  return service
}

const sumOf = (probabilities: Record<string, number>): number => Number(Object.values(probabilities).reduce((sum, probability) => sum + probability, 0).toFixed(10))

function assertClasses ({ probabilityIa, probabilityIaErr, classProbabilities = {}, classShares }: Partial<Classification>): void {
  assert.deepEqual(Object.keys(classProbabilities), NAMES)
  assert.equal(sumOf(classProbabilities), 1)
  assert.ok(Object.values(classProbabilities).every(probability => Number(probability.toFixed(4)) === probability))
  assert.ok(Math.abs(classProbabilities['Ia']! - probabilityIa!) <= 1e-4)
  assert.ok(probabilityIaErr! > 0)
  assert.equal(classShares, 'training')
}

test('classes, error and shares are in an object, its history, the list, and an alert\'s outcome', async t => {
  const { ask } = await observed(t)
  assertClasses((await ask(`/v1/objects/${ID}`)).json<{ classification: Classification }>().classification)
  const { classifications } = (await ask(`/v1/objects/${ID}/classifications`)).json<{ classifications: Classification[] }>()
  assert.equal(classifications.length, NIGHTS)
  classifications.forEach(assertClasses)
  assertClasses((await ask('/v1/objects')).json<{ objects: Classification[] }>().objects[0]!)
  const payload = JSON.stringify({ diaObjectId: '7', diaSourceId: '8', ra: 1, dec: 2, points: [{ midpointMjdTai: 60000, band: 'r', psfFlux: 3000, psfFluxErr: 100 }] })
  assertClasses((await ask({ method: 'POST', url: '/v1/alerts', payload })).json<{ outcomes: Classification[] }>().outcomes[0]!)
})

test('live events have the classes', async t => {
  const service = await observed(t)
  const address = await service.app.listen({ port: 0, host: '127.0.0.1' })
  const client = await connect(t, `${address}/v1/stream?after=0`)
  assertClasses(await client.classification())
})

test('a light curve tells the weight of each epoch in the decision, and the classes after each where they are asked for', async t => {
  const { ask } = await observed(t)
  const path = `/v1/objects/${ID}/light-curve`
  const plain = (await ask(path)).json<LightCurve>()
  assert.equal(plain.classShares, 'training')
  assert.ok(plain.points.every(point => !('classProbabilities' in point)), 'they would make the answer three times as long')
  const weights = plain.points.map(({ weight }) => weight!)
  assert.ok(weights.every(weight => weight > 0 && weight < 1))
  assert.ok(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-5)
  const whole = (await ask(`${path}?classes=true`)).json<LightCurve>()
  whole.points.forEach(point => assertClasses({ ...point, classShares: 'training' } as Partial<Classification>))
  assert.deepEqual(whole.points.at(-1)!.classProbabilities, whole.classification.classProbabilities)
  const { points: named } = (await ask(`${path}?fields=epoch,classProbabilities`)).json<LightCurve>()
  assert.deepEqual(named.map(({ classProbabilities }) => classProbabilities), whole.points.map(({ classProbabilities }) => classProbabilities))
  assert.equal((await ask(`${path}?classes=yes`)).statusCode, 400)
})

test('a table has a column for each class behind those that it always had, with the numbers of the JSON', async t => {
  const { ask } = await observed(t)
  for (const [path, key, before] of [['objects?', 'objects', 'sequence'], [`objects/${ID}/classifications?`, 'classifications', 'publishedAt'], [`objects/${ID}/light-curve?classes=true&`, 'points', 'reason']] as const) {
    const rows = (await ask(`/v1/${path}`)).json<Record<string, Array<Partial<Classification>>>>()[key]!
    const csv = readCsv((await ask(`/v1/${path}format=csv`)).body)
    assert.deepEqual(csv.names.slice(-NAMES.length), COLUMNS)
    assert.ok(csv.names.indexOf(before) < csv.names.indexOf('probabilityIaErr'), path)
    assert.deepEqual(csv.rows.map(row => row.slice(-NAMES.length).map(Number)), rows.map(({ classProbabilities }) => Object.values(classProbabilities!)))
    const { fields, rows: cells } = readVotable((await ask(`/v1/${path}format=votable`)).body)
    assert.deepEqual(fields.at(-1), { name: 'p_artefact', datatype: 'double', ucd: 'stat.probability' })
    assert.deepEqual(cells, csv.rows)
  }
  const csv = readCsv((await ask(`/v1/objects/${ID}/light-curve?format=csv`)).body)
  assert.deepEqual(csv.names.slice(-3), ['reason', 'probabilityIaErr', 'weight'])
  const chosen = readCsv((await ask('/v1/objects?format=csv&fields=diaObjectId,classProbabilities,classShares')).body)
  assert.deepEqual(chosen.names, ['diaObjectId', ...COLUMNS, 'classShares'])
})

test('a light curve in hand has classes, and their sum, as an object\'s', async t => {
  const { ask } = await observed(t)
  const payload = { objects: [{ points: points.map(({ midpointMjdTai, band, psfFlux, psfFluxErr }) => ({ midpointMjdTai, band, psfFlux, psfFluxErr })) }] }
  const [object] = (await ask({ method: 'POST', url: '/v1/classify?classes=true', payload })).json<{ objects: Array<Partial<Classification> & { points: Point[] }> }>().objects
  assertClasses(object!)
  assert.deepEqual(object!.points.at(-1)!.classProbabilities, object!.classProbabilities)
  const [plain] = (await ask({ method: 'POST', url: '/v1/classify', payload })).json<{ objects: Array<{ points: Point[] }> }>().objects
  assert.ok(plain!.points.every(point => !('classProbabilities' in point) && typeof point.weight === 'number'))
})

test('the models\' answer names the classes, their ids, the mixes in use and how many heads there are', async t => {
  const { ask } = await openService(t, {}, classModel())
  const [model] = (await ask('/v1/models')).json<{ models: Array<Record<string, unknown> & { classes: object[], classShares: Array<{ name: string, shares: number[][] }> }> }>().models
  assert.deepEqual(model!.classes[0], { name: 'Ia', id: 2222, positive: true })
  assert.equal(model!.classes.length, NAMES.length)
  assert.deepEqual(model!.classShares.map(({ name, shares }) => [name, shares[0]!.length]), [['training', NAMES.length]])
  assert.deepEqual([model!['consensus'], model!['heads'], model!['featureVersion'], model!['calibration']], ['both', 3, 2, { temperature: 1 }])
})

test('a model without classes answers as before', async t => {
  const { ask, observe } = await openService(t)
  await observe(ID, 3)
  const added = /probabilityIaErr|classProbabilities|classShares|"weight"|p_Ia/
  for (const path of ['objects', `objects/${ID}`, `objects/${ID}/classifications`, `objects/${ID}/light-curve?classes=true`, 'objects?format=csv', `objects/${ID}/light-curve?format=votable&classes=true`, 'models']) {
    assert.doesNotMatch((await ask(`/v1/${path}`)).body, added, path)
  }
})
