/** Light curves in files over HTTP: raw and in forms, kept and only classified. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { LightMyRequestResponse } from 'fastify'
import type { SubmittedOutcome } from '../../../src/http/alerts/alerts.ts'
import type { ClassifiedObject } from '../../../src/http/classify/schemas.ts'
import type { Problem } from '../../../src/http/problems/problems.ts'
import { lsstAlert, lsstSchema, lsstWriter } from '../../fixtures/alert-packets.ts'
import * as tables from '../../fixtures/tables.ts'
import { openService, type Service } from '../service.ts'

interface Form { payload: Buffer, headers: Record<string, string> }

function form (parts: Array<{ name: string, fileName?: string, bytes: Buffer | string }>): Form {
  const boundary = '----of-the-test'
  const bytes = parts.flatMap(({ name, fileName, bytes }) => [
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${fileName === undefined ? '' : `; filename="${fileName}"\r\nContent-Type: application/octet-stream`}\r\n\r\n`), Buffer.from(bytes), Buffer.from('\r\n')
  ])
  return { payload: Buffer.concat([...bytes, Buffer.from(`--${boundary}--\r\n`)]), headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } }
}

const post = async (service: Service, url: string, { payload, headers }: { payload: Buffer | string, headers?: Record<string, string> }): Promise<LightMyRequestResponse> =>
  await service.ask({ method: 'POST', url, payload, ...headers && { headers } })

async function outcomes (service: Service, query: string, body: { payload: Buffer | string, headers?: Record<string, string> }): Promise<SubmittedOutcome[]> {
  const response = await post(service, `/v1/alerts${query}`, body)
  assert.equal(response.statusCode, 200, response.body)
  return response.json<{ outcomes: SubmittedOutcome[] }>().outcomes
}

async function classified (service: Service, query: string, body: { payload: Buffer | string, headers?: Record<string, string> }): Promise<ClassifiedObject[]> {
  const response = await post(service, `/v1/classify${query}`, body)
  assert.equal(response.statusCode, 200, response.body)
  return response.json<{ objects: ClassifiedObject[] }>().objects
}

test('a table is classified and kept, raw or in a form, and gives the same as without being kept', async t => {
  const service = await openService(t)
  const [raw] = await outcomes(service, '?object=SN-raw', { payload: tables.csv(), headers: { 'content-type': 'text/csv' } })
  assert.deepEqual([raw!.diaObjectId, raw!.outcome, raw!.fluxUnit], ['SN-raw', 'classified', 'AB magnitudes'])
  const several = await outcomes(service, '', form([{ name: 'file', fileName: 'SN 2021a.vot', bytes: tables.votable() }, { name: 'file', fileName: 'b.fits', bytes: tables.fits() }]))
  assert.deepEqual(several.map(({ diaObjectId, outcome }) => [diaObjectId, outcome]), [['SN_2021a', 'classified'], ['b', 'classified']])
  const kept = (await service.ask('/v1/objects/SN-raw')).json<{ classification: { probabilityIa: number } }>().classification.probabilityIa
  for (const body of [{ payload: tables.csv(), headers: { 'content-type': 'text/csv' } }, form([{ name: 'file', fileName: 'x.ecsv', bytes: tables.ecsv() }]), { payload: gzipSync(tables.csv()), headers: { 'content-type': 'text/csv', 'content-encoding': 'gzip' } }]) {
    const [object, ...others] = await classified(service, '?object=SN-given', body)
    assert.equal(others.length, 0)
    assert.deepEqual([object!.diaObjectId, object!.points.map(({ index }) => index)], ['SN-given', tables.ROWS.map((_, k) => k)])
    assert.equal(object!.probabilityIa, kept)
  }
  assert.equal((await service.ask('/v1/objects/SN-given')).statusCode, 404)
  for (const { probabilityIa } of several) assert.ok(Math.abs(probabilityIa! - kept) < 1e-6)
})

test('columns and the schema of bare alerts come with the request', async t => {
  const service = await openService(t)
  const text = 'when,f,m,dm,ra,dec\n59500.25,r,18,0.1,10,20\n59503.25,r,17.5,0.1,10,20\n'
  const [lost] = await outcomes(service, '?object=a', { payload: text })
  assert.deepEqual([lost!.outcome, lost!.reason], ['dead-lettered', 'table-columns-unknown'])
  assert.match(lost!.action!, /\?columns=/)
  const columns = encodeURIComponent('time=when,band=f,mag=m,magerr=dm')
  assert.deepEqual((await outcomes(service, `?object=a&columns=${columns}`, { payload: text })).map(({ outcome }) => outcome), ['classified'])
  const refused = (await post(service, '/v1/alerts?columns=tme%3Dwhen', { payload: text })).json<Problem>()
  assert.match(refused.errors![0]!.expected, /'tme' is nothing that a column can be/)
  const bare = form([{ name: 'schema', bytes: JSON.stringify(lsstSchema) }, { name: 'alert', fileName: 'alert.avro', bytes: lsstWriter.toBuffer(lsstAlert()) }])
  assert.deepEqual((await outcomes(service, '', bare)).map(({ outcome, message = null }) => [outcome, message]), [['classified', null]])
})

test('what is wrong with a file is said; forms that are cut off are refused', async t => {
  const service = await openService(t)
  const [nameless] = await outcomes(service, '', { payload: tables.csv() })
  assert.equal(nameless!.reason, 'object-missing')
  const problemOf = async (query: string, body: { payload: Buffer | string, headers?: Record<string, string> }): Promise<[number, string, string]> => {
    const response = await post(service, `/v1/classify${query}`, body)
    const { type, detail } = response.json<Problem>()
    return [response.statusCode, type, detail]
  }
  const csv = { 'content-type': 'text/csv' }
  assert.deepEqual((await problemOf('', { payload: tables.csv(), headers: csv })).slice(0, 2), [400, '/problems/alerts-unreadable'])
  assert.match((await problemOf('?object=a', { payload: 'a,b,c\n1,2,3\n', headers: csv }))[2], /the columns are a, b, c \[table-columns-unknown\]/)
  assert.deepEqual((await problemOf('', { payload: '', headers: csv })).slice(0, 2), [400, '/problems/body-empty'])
  const { payload, headers } = form([{ name: 'file', fileName: 'a.csv', bytes: tables.csv() }])
  for (const url of ['/v1/classify', '/v1/alerts']) {
    for (const body of [{ payload: payload.subarray(0, -30), headers }, { payload, headers: { 'content-type': 'multipart/form-data' } }, form(Array.from({ length: 101 }, (_, k) => ({ name: `f${k}`, bytes: 'x' })))]) {
      const response = await post(service, url, body)
      assert.deepEqual([response.statusCode, response.json<Problem>().type], [400, '/problems/multipart-invalid'], url)
    }
  }
  const cut = await post(service, '/v1/classify?object=a', { payload: `${tables.csv()}59999,r`, headers: csv })
  assert.match(cut.json<{ warnings: string[] }>().warnings[0]!, /line 14 of the CSV: 2 cells, 6 are expected/)
})
