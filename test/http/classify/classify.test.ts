import assert from 'node:assert/strict'
import test from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { LightMyRequestResponse } from 'fastify'
import type { ClassifiedObject } from '../../../src/http/classify/schemas.ts'
import type { Problem } from '../../../src/http/problems/problems.ts'
import { plainAlert, plainPoint } from '../../fixtures/plain-alerts.ts'
import { classModel } from '../../support/class-model.ts'
import { openService, type Service } from '../service.ts'

interface Answer { classifierName: string, classifierVersion: string, objects: ClassifiedObject[] }

const post = (service: Service, payload: object | string): Promise<LightMyRequestResponse> =>
  service.ask({ method: 'POST', url: '/v1/classify', payload, headers: { 'content-type': 'application/json' } })
async function classify (service: Service, ...objects: unknown[]): Promise<ClassifiedObject[]> {
  const response = await post(service, { objects })
  assert.equal(response.statusCode, 200, response.body)
  return response.json<Answer>().objects
}
const night = (n: number, given: object = {}): object => plainPoint({ midpointMjdTai: 60000 + n, ...given })

test('P(Ia) after each point is what a stream would have said, and nothing is kept', async t => {
  const service = await openService(t)
  const points = Array.from({ length: 30 }, (_, n) => night(n, { band: 'griz'[n % 4], psfFlux: 1000 + 200 * n, visit: n }))
  const response = await post(service, { objects: [{ diaObjectId: 'SN-1', points: points.toReversed() }] })
  const { classifierName, classifierVersion, objects: [object, ...more] } = response.json<Answer>()
  assert.deepEqual([classifierName, classifierVersion, more.length], ['untrained', '1.0', 0])
  assert.ok(object)
  assert.deepEqual([object.diaObjectId, object.epochs, object.reason, object.problem, object.leftOut], ['SN-1', 30, null, null, []])
  assert.equal((await service.ask('/v1/objects')).json<{ objects: unknown[] }>().objects.length, 0)

  for (const [n, point] of points.entries()) {
    const outcome = await service.ask({ method: 'POST', url: '/v1/alerts', payload: plainAlert({ diaObjectId: '7', midpointMjdTai: 60000 + n, points: [point] }) })
    const { outcomes: [classified] } = outcome.json<{ outcomes: Array<{ probabilityIa: number, epochs: number }> }>()
    const played: ClassifiedObject['points'][number] = object.points[n]!
    assert.deepEqual([played.probabilityIa, played.epoch, played.index, played.midpointMjdTai], [classified!.probabilityIa, classified!.epochs, 29 - n, 60000 + n])
  }
  assert.equal(object.probabilityIa, object.points.at(-1)!.probabilityIa)
})

test('nJy, FLUXCAL and AB magnitudes of one flux give one P(Ia)', async t => {
  const service = await openService(t)
  const magnitude = 20.44
  const psfFlux = 10 ** (0.4 * (31.4 - magnitude))
  const fluxcal = 10 ** (0.4 * (27.5 - magnitude))
  const share = 0.03
  const forms = [{ psfFlux, psfFluxErr: share * psfFlux }, { fluxcal, fluxcalErr: share * fluxcal }, { magnitude, magnitudeErr: share / (0.4 * Math.LN10) }]
  const classified = await classify(service, ...forms.map(flux => ({ points: [{ midpointMjdTai: 60000, band: 'r', ...flux }] })))
  assert.deepEqual(classified.map(({ points: [point] }) => point!.psfFlux), [24210.291, 24210.291, 24210.291])
  const [first, ...others] = classified.map(({ probabilityIa }) => probabilityIa!)
  for (const other of others) assert.ok(Math.abs(other - first!) <= 1e-6, `${other} is not ${first}`)
})

test('host redshift and extinction are told to the network; what is not known may be left out or null', async t => {
  const service = await openService(t)
  const points = [night(0)]
  const objects = await classify(service, { points }, { points, host: {} }, { points, host: null }, { points, host: { redshift: null, mwebv: null } },
    { points, host: { redshift: 0.2 } }, { points, host: { redshift: 0.2, redshiftErr: 0.01 } }, { points, host: { mwebv: 0.3 } })
  const probabilities = objects.map(({ probabilityIa }) => probabilityIa)
  assert.equal(new Set(probabilities.slice(0, 4)).size, 1)
  assert.equal(new Set(probabilities.slice(3)).size, 4)
})

test('each point of the request is in the light curve or left out with a reason', async t => {
  const service = await openService(t)
  const [object] = await classify(service, {
    points: [
      night(3), // 0
      night(0, { psfFlux: 900, kind: 'forced', visit: 5 }), // 1: forced photometry of the visit of 2
      night(0, { visit: 5 }), // 2
      night(1, { psfFlux: null }), // 3
      night(1, { band: 'Y' }), // 4
      night(1, { psfFluxErr: 0 }), // 5
      night(1, { flagged: true }), // 6
      night(2, { withdrawn: true }), // 7
      night(3), // 8: the same as 0
      night(-40, { psfFlux: 3 }), // 9
      { midpointMjdTai: 60001, band: 'g', magnitude: 22.1, magnitudeErr: null }, // 10: an upper limit
      night(1, { band: 'y' }), // 11
      night(1, { psfFlux: 1e39 }), // 12
      night(-1, { midpointMjdTai: null }) // 13
    ]
  })
  assert.ok(object)
  assert.deepEqual(object.points.map(({ index, epoch, reason }) => [index, epoch, reason]), [
    [9, null, 'outside-window'], [2, 1, null], [11, null, 'band-not-used'], [0, 2, null]
  ])
  assert.deepEqual(object.leftOut.map(({ index, reason }) => [index, reason]), [
    [1, 'superseded'], [3, 'flux-missing'], [4, 'band-unknown'], [5, 'flux-error-not-positive'], [6, 'quality-flags'], [7, 'withdrawn'], [8, 'superseded'],
    [10, 'flux-error-not-positive'], [12, 'flux-not-finite'], [13, 'time-invalid']
  ])
})

test('an object without P(Ia) says why, as an alert would', async t => {
  const service = await openService(t)
  const objects = await classify(service, { points: [night(0, { psfFlux: null })] }, { points: [night(0, { psfFlux: 100 })] }, { points: [night(0, { band: 'u' })] })
  assert.deepEqual(objects.map(({ probabilityIa, epochs, reason }) => [probabilityIa, epochs, reason]), [
    [null, 0, 'no-usable-point'], [null, 0, 'no-detection'], [null, 0, 'band-not-used']
  ])
})

test('a wrong object has a problem that names each value by its path; its neighbours are classified', async t => {
  const service = await openService(t)
  const good = { points: [night(0)] }
  const objects = await classify(service, good,
    { diaObjectId: 'B', points: [night(0), night(1, { psfFlux: 'bright' }), { midpointMjdTai: 60002, band: 'r' }] },
    good, 7, { points: [] }, { points: [night(0)], host: { redshift: -1 } }, { points: [night(0)], Host: {} },
    { points: [{ midpointMjdTai: 60000, band: 'r', psfFlux: 1, psfFluxErr: 1, midpointMjdTay: 1 }] },
    { points: [{ band: 'r', psfFlux: 1, psfFluxErr: 1, midpointMjdTay: 1 }] }, good,
    { points: [night(0, Object.fromEntries(Array.from({ length: 101 }, (_, k) => [`field${k}`, k])))] })
  const [first, ...others] = [0, 2, 9].map(k => objects[k]!)
  assert.equal(first!.epochs, 1)
  for (const other of others) assert.deepEqual(other, first)
  const named = objects.map(({ problem }) => problem?.errors?.map(({ parameter, value, expected }) => [parameter, value, expected]))
  assert.deepEqual(named[1], [
    ['objects.1.points.1.psfFlux', 'bright', 'a number or null [nJy, AB]'],
    ['objects.1.points.2.psfFlux', null, 'a flux: psfFlux and psfFluxErr, or fluxcal and fluxcalErr, or magnitude and magnitudeErr']
  ])
  assert.deepEqual(named[3], [['objects.3', 7, 'an object with points']])
  assert.deepEqual(named[4], [['objects.4.points', [], 'at least one point']])
  assert.deepEqual(named[5]!.map(([parameter, value]) => [parameter, value]), [['objects.5.host.redshift', -1]])
  assert.deepEqual(named[6], [['objects.6.Host', {}, 'host: no field has the name Host']])
  assert.equal(named[7], undefined)
  assert.deepEqual(named[8]!.map(([parameter]) => parameter), ['objects.8.points.0.midpointMjdTai'])
  assert.deepEqual(named[10]!.map(([parameter, , expected]) => [parameter, expected]), [['objects.10.points.0', 'at most 100 fields']])
  const { problem, diaObjectId, points, probabilityIa } = objects[1]!
  assert.deepEqual([diaObjectId, points, probabilityIa], ['B', [], null])
  assert.deepEqual([problem!.type, problem!.status, problem!.instance], ['/problems/invalid-parameter', 400, '/v1/classify'])
  assert.match(problem!.detail, /^objects\.1\.points\.1\.psfFlux is "bright", expected a number or null/)
})

test('alerts are classified while a long request is worked on', async t => {
  const service = await openService(t)
  const points = Array.from({ length: 1000 }, (_, n) => night(n, { band: 'griz'[n % 4] }))
  let answered = false
  const long = classify(service, ...Array.from({ length: 20 }, () => ({ points }))).then(objects => {
    answered = true
    return objects
  })
  for (let n = 0; n < 5; n++) {
    await service.observe(`object-${n}`, 2)
    await turn()
    assert.equal(answered, false, `the answer came before alert ${n}`)
  }
  for (const { epochs } of await long) assert.equal(epochs, 1000)
})

test('a request of another form, or beyond a limit, is a problem that says so', async t => {
  const service = await openService(t)
  const points = (count: number): object[] => Array.from({ length: count }, (_, n) => night(n))
  const problemOf = async (payload: object | string): Promise<Problem> => {
    const response = await post(service, payload)
    assert.equal(response.headers['content-type'], 'application/problem+json')
    const problem = response.json<Problem>()
    assert.equal(problem.status, response.statusCode)
    return problem
  }
  const expected = async (payload: object | string): Promise<unknown> => {
    const { status, errors } = await problemOf(payload)
    return [status, errors?.map(({ parameter, value, expected }) => [parameter, value, expected])]
  }
  assert.deepEqual(await expected([]), [400, [['body', [], 'a JSON object {"objects": […]}']]])
  assert.deepEqual(await expected({}), [400, [['objects', null, 'a list of objects']]])
  assert.deepEqual(await expected({ objects: [] }), [400, [['objects', [], 'at least one object']]])
  assert.deepEqual(await expected({ objects: [{ points: points(1) }], object: 1 }), [400, [['object', 1, 'objects alone']]])
  assert.deepEqual(await expected({ objects: Array.from({ length: 101 }, () => ({ points: points(1) })) }), [400, [['objects', 'a list of 101', 'at most 100 objects']]])
  assert.equal((await problemOf('{"objects": [')).type, '/problems/bad-request')

  const many = await problemOf({ objects: Array.from({ length: 16 }, () => ({ points: points(1900) })) })
  assert.deepEqual([many.status, many.type], [413, '/problems/too-many-points'])
  assert.match(many.detail, /more than 30000 points/)
  const large = await problemOf(JSON.stringify({ objects: [], padding: 'x'.repeat(4 * 2 ** 20) }))
  assert.deepEqual([large.status, large.type], [413, '/problems/body-too-large'])
  assert.match(large.detail, /4194304 bytes/)
  const other = await service.ask({ method: 'POST', url: '/v1/classify', payload: '<x/>', headers: { 'content-type': 'text/xml' } })
  assert.deepEqual([other.statusCode, other.json<Problem>().type], [400, '/problems/alerts-unreadable'])

  const [long, good] = await classify(service, { points: points(25_001) }, { points: points(2) })
  assert.deepEqual(long!.problem!.errors!.map(({ parameter, value, expected }) => [parameter, value, expected]), [['objects.0.points', 'a list of 25001', 'at most 25000 points']])
  assert.equal(good!.epochs, 2)
})

test('context is told to the network; what is out of range is left out and named, what is no number refused', async t => {
  const service = await openService(t, {}, classModel())
  const points = [night(0), night(3), night(6)]
  const [none, unknown, star, wrongStar, wrongAll, text] = await classify(service, { points }, { points, context: { starScore: null } }, { points, context: { starScore: 0.9, separation: 0.2 } },
    { points, context: { starScore: 1.5, separation: 0.2 } }, { points, context: { starScore: 0.9, separation: 0.2, realBogus: -1, detections: 2.5 } }, { points, context: { starScore: 'high' } })
  assert.deepEqual(unknown, none)
  assert.ok(star!.probabilityIa !== none!.probabilityIa && star!.contextLeftOut === undefined)
  assert.deepEqual(wrongStar!.contextLeftOut, [{ field: 'starScore', value: 1.5, expected: 'a number from 0 to 1' }])
  assert.notEqual(wrongStar!.probabilityIa, star!.probabilityIa)
  assert.equal(wrongAll!.probabilityIa, star!.probabilityIa)
  assert.deepEqual(wrongAll!.contextLeftOut!.map(({ field }) => field), ['realBogus', 'detections'])
  assert.match(JSON.stringify(text!.problem), /objects\.5\.context\.starScore.*a number from 0 to 1, or null/)
})
