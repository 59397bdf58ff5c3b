/** POST /v1/classify refused a whole request for a NaN that an alert may have, and let fields that nothing reads vanish. */
import assert from 'node:assert/strict'
import test from 'node:test'
import type { ClassifiedObject } from '../../../src/http/classify/schemas.ts'
import type { Problem } from '../../../src/http/problems/problems.ts'
import { openService, type Service } from '../../http/service.ts'

const point = (night: number, flux: string, more = ''): string => `{"midpointMjdTai": ${60000 + night}, "band": "r", "psfFlux": ${flux}, "psfFluxErr": 20${more}}`
const objectOf = (points: string[], more = ''): string => `{"points": [${points.join(',')}]${more}}`

async function classify (service: Service, ...objects: string[]): Promise<ClassifiedObject[]> {
  const response = await service.ask({ method: 'POST', url: '/v1/classify', payload: `{"objects": [${objects.join(',')}]}`, headers: { 'content-type': 'application/json' } })
  assert.equal(response.statusCode, 200, response.body)
  return response.json<{ objects: ClassifiedObject[] }>().objects
}

test('NaN and Infinity are no value, as in an alert with the same points', async t => {
  const service = await openService(t)
  const good = [point(0, '500'), point(1, '700')]
  const [whole, given, beyond] = await classify(service, objectOf(good), objectOf([...good, point(2, 'NaN'), point(3, '-Infinity')]), objectOf(good, ', "host": {"redshift": NaN, "mwebv": Infinity}'))
  assert.deepEqual(given!.leftOut, [{ index: 2, reason: 'flux-missing' }, { index: 3, reason: 'flux-missing' }])
  for (const object of [given, beyond]) assert.deepEqual([object!.probabilityIa, object!.epochs, object!.problem], [whole!.probabilityIa, 2, null])

  const alert = `{"diaObjectId": "1", "diaSourceId": "1", "ra": 10, "dec": 10, "points": [${[...good, point(2, 'NaN')].join(',')}], "midpointMjdTai": 60001}`
  const outcome = (await service.ask({ method: 'POST', url: '/v1/alerts', payload: alert })).json<{ outcomes: Array<{ probabilityIa: number }> }>().outcomes[0]!
  assert.equal(outcome.probabilityIa, whole!.probabilityIa)
})

test('fields that nothing reads are named, each once, wherever they stand; slips of the pen are refused', async t => {
  const service = await openService(t)
  const [named, none, wrong, slip, many] = await classify(service,
    objectOf([point(0, '500', ', "seeing": 1.1, "constructor": 1'), point(1, '700', ', "seeing": 1.2, "airmass": 2')], ', "z": 0.1, "host": {"redshift": 0.1, "name": "NGC 1"}'),
    objectOf([point(0, '500')]),
    objectOf([point(0, '"bright"')], ', "z": 0.1'),
    objectOf([point(0, '500')], ', "host": {"redshift_err": 0.1}'),
    objectOf(Array.from({ length: 3 }, (_, k) => point(k, '500', Array.from({ length: 30 }, (_, field) => `, "column ${30 * k + field}": 0`).join('')))))
  assert.deepEqual(named!.ignored, ['z', 'host.name', 'points.seeing', 'points.constructor', 'points.airmass'])
  assert.deepEqual([none!.ignored, wrong!.ignored], [[], []])
  assert.match(wrong!.problem!.detail, /^objects\.2\.points\.0\.psfFlux is "bright"/)
  assert.match(slip!.problem!.detail, /redshiftErr: no field has the name redshift_err/)
  assert.deepEqual([many!.ignored.length, many!.ignored.at(-1)], [51, '… and 40 more'])
})

test('what is no JSON, or has other fields, is a problem that names it', async t => {
  const service = await openService(t)
  for (const [payload, detail] of [['{"objects": [NaN}', /not a JSON document/], ['', /not a JSON document/], ['NaN', /a JSON object/], [`${'['.repeat(5000)}`, /levels/], [Buffer.from('{"\xff": 1}', 'latin1'), /UTF-8/], ['{"objects": [{}], "__proto__": 1}', /objects alone|__proto__/]] as const) {
    const response = await service.ask({ method: 'POST', url: '/v1/classify', payload, headers: { 'content-type': 'application/json' } })
    assert.deepEqual([response.statusCode, response.headers['content-type']], [400, 'application/problem+json'], String(payload).slice(0, 40))
    assert.match(response.json<Problem>().detail, detail)
  }
})
