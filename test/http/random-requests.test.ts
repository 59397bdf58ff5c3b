import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { forecastingModel } from '../support/forecasting-model.ts'
import { openService } from './service.ts'
import { RequestGenerator, type DrawnRequest, type OpenApiDocument } from './random-requests.ts'

const REQUESTS = 10_000
const SEED = 20261125
/** What a path or body that cannot be one is answered with before it comes to its route. */
const BEFORE_ROUTES = [400, 404, 405, 414, 415]

/** Says what is wrong with an answer of which the document says something else. */
function answerCheck (document: OpenApiDocument): (request: DrawnRequest, status: number, type: string, json: () => unknown) => void {
  const schemas = new Map<string, z.ZodType | null>()
  const schemaOf = (schema: object): z.ZodType =>
    z.fromJSONSchema(JSON.parse(JSON.stringify({ ...schema, $defs: document.components.schemas }).replaceAll('#/components/schemas/', '#/$defs/')) as Parameters<typeof z.fromJSONSchema>[0])
  const problem = schemaOf(document.components.schemas['Problem']!)
  return ({ method, template }, status, type, json) => {
    const key = `${method} ${template} ${status} ${type}`
    let schema = schemas.get(key)
    if (schema === undefined) {
      const { content } = document.paths[template]![method.toLowerCase()]!.responses[status] ?? {}
      const described = content?.[type]?.schema
      assert.ok(described || BEFORE_ROUTES.includes(status), `${key} is in the OpenAPI document`)
      schema = !described ? problem : type.endsWith('json') ? schemaOf(described) : null
      schemas.set(key, schema)
    }
    if (status >= 400) assert.equal(type, 'application/problem+json', key)
    schema?.parse(json())
  }
}

test(`${REQUESTS} random requests over all routes: every answer is one that the OpenAPI document describes, and none says that Candela failed`, async t => {
  const service = await openService(t, { heartbeatMs: 1e6 }, forecastingModel())
  const { app } = service
  await service.observe('seen-long-ago', 2)
  for (let k = 0; k < 5; k++) await service.observe(`object-${k}`, 3 + 8 * k, { flux: 1500 * (k + 1), firstNight: 100 })
  const archived = await service.ask({ method: 'POST', url: '/v1/archives', payload: { notSeenDays: 50 } })
  await service.ask({ method: 'POST', url: '/v1/alerts', payload: '{"diaObjectId": 5}\n{' })
  const document = (await app.inject('/openapi.json')).json<OpenApiDocument>()
  const { nextCursor } = (await app.inject('/v1/objects?limit=2')).json<{ nextCursor: string }>()
  const known = { diaObjectId: ['object-0', 'object-3', 'object-4'], diaObjectIds: ['object-1'], cursor: [nextCursor, 'object-2', '1'], number: ['1', '2'], name: ['untrained', 'object-not-found', archived.json<{ archive: { name: string } }>().archive.name], version: ['1.0'], maxProbability: ['1'], maxEpochs: ['1000'], minPhase: ['-1000'], maxPhase: ['1000'], maxMidpointMjdTai: ['1e6'], maxFirstDetectionMjdTai: ['1e6'], forecast: ['true'], days: ['0', '7'], step: ['2'], bands: ['g', 'r'] }
  const check = answerCheck(document)
  const answered = new Map<string, number>()

  await fc.assert(fc.asyncProperty(new RequestGenerator(document, known).requests(), async request => {
    const { method, template, ...rest } = request
    const streamed = template === '/v1/stream'
    const response = await app.inject({ method: method as 'GET', ...rest, payloadAsStream: streamed })
    const { statusCode } = response
    const type = String(response.headers['content-type']).split(';', 1)[0]!
    answered.set(`${template} ${statusCode}`, (answered.get(`${template} ${statusCode}`) ?? 0) + 1)
    assert.ok(statusCode < 500, `${method} ${rest.url} ${rest.payload ?? ''}: ${statusCode} ${streamed ? '' : response.body}`)
    // An archive may have taken all objects, and there would be none to ask for.
    const taken = template === '/v1/archives' && method === 'POST' && statusCode === 200 ? response.json<{ archive: { name: string } | null }>().archive : null
    if (taken) await app.inject({ method: 'POST', url: '/v1/archives/restore', payload: { name: taken.name } })
    if (streamed) response.stream().destroy()
    if (statusCode !== 304 && (!streamed || statusCode >= 400)) check(request, statusCode, type, () => streamed ? { type: '/problems/invalid-parameter', title: '', status: 400, detail: '', instance: '' } : response.json())
  }), { numRuns: REQUESTS, seed: SEED })

  const paths = Object.keys(document.paths)
  const answers = (path: string, status: number): number => answered.get(`${path} ${status}`) ?? 0
  for (const path of paths) assert.ok(answers(path, 200) > 0, `${path} was answered with 200 at least once: ${[...answered].filter(([key]) => key.startsWith(`${path} `)).join('; ')}`)
  t.diagnostic(`answers: ${[200, 400, 403, 404, 409, 413, 415].map(status => `${status}: ${paths.reduce((sum, path) => sum + answers(path, status), 0)}`).join(', ')}`)
})
