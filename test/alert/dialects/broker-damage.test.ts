/** Packets of Lasair, Babamul and AMPEL that are cut, of wrong types, of foreign schemas, or have fields that nobody knows. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { decodeMessage } from '../../../src/alert/decode.ts'
import { CandelaError } from '../../../src/errors.ts'
import { ampelPoint, ampelReport } from '../../fixtures/ampel-packets.ts'
import { containerBlock, containerHeader, countingSource, writerOf } from '../../fixtures/alert-packets.ts'
import { babamulLsst, babamulPoint, babamulZtf } from '../../fixtures/babamul-packets.ts'
import { lasairObject, lasairSource } from '../../fixtures/plain-alerts.ts'

const decode = (bytes: Buffer) => decodeMessage(bytes, { schemas: countingSource() })

const WHOLE: Readonly<Record<string, Buffer>> = {
  lasair: Buffer.from(lasairObject([lasairSource()])),
  babamulLsst: babamulLsst({ prv_candidates: [babamulPoint(), babamulPoint({ jd: 2461100.5 })] }),
  babamulZtf: babamulZtf({ fp_hists: [babamulPoint({ jd: 2461100.5 })] }),
  ampel: ampelReport({ photometry: [ampelPoint(), ampelPoint({ time: 2461100.5 })] })
}

test('a packet that is cut anywhere is an error of its own', async () => {
  for (const [name, bytes] of Object.entries(WHOLE)) {
    assert.ok((await decode(bytes)).length > 0, name)
    for (let end = 1; end < bytes.length - 1; end += Math.ceil(bytes.length / 60)) {
      await assert.rejects(decode(bytes.subarray(0, end)), error => error instanceof CandelaError && error.code !== 'internal-error', `${name}, ${end} of ${bytes.length} bytes`)
    }
  }
})

const container = (schema: object, record: object): Buffer => Buffer.concat([containerHeader(schema), containerBlock([writerOf(schema).toBuffer(record)])])

test('fields of other types than a dialect reads are said to be unsupported, and a schema without them is of no dialect', async () => {
  const field = (name: string, type: unknown) => ({ name, type })
  const candidate = (jd: unknown) => ({ type: 'record', name: 'C', fields: [field('jd', jd), field('psfFlux', 'double'), field('fid', 'int'), field('candid', 'long')] })
  const schema = (jd: unknown) => ({ type: 'record', name: 'A', fields: [field('candidate', candidate(jd)), field('prv_candidates', { type: 'array', items: 'double' })] })
  await assert.rejects(decode(container(schema({ type: 'array', items: 'string' }), { candidate: { jd: [], psfFlux: 1, fid: 1, candid: 1n }, prv_candidates: [] })), { code: 'schema-unsupported' })
  const report = { type: 'record', name: 'R', fields: [field('object', { type: 'record', name: 'O', fields: [field('id', 'string'), field('external_id', 'string'), field('source', 'string')] }), field('photometry', 'string')] }
  await assert.rejects(decode(container(report, { object: { id: '1', external_id: '', source: 'LSST' }, photometry: '' })), { code: 'schema-unsupported' })
  const foreign = { type: 'record', name: 'F', fields: [field('photometry', 'string'), field('candidate', 'string')] }
  await assert.rejects(decode(container(foreign, { photometry: '', candidate: '' })), { code: 'dialect-unknown' })
})

test('records without what they are of are incomplete', async () => {
  const field = (name: string, type: unknown) => ({ name, type })
  const empty = { type: 'record', name: 'E', fields: [field('object', ['null', { type: 'record', name: 'O', fields: [field('id', 'long'), field('external_id', 'string'), field('source', 'string')] }]), field('photometry', ['null', 'string'])] }
  await assert.rejects(decode(container({ ...empty, fields: [empty.fields[0], field('photometry', ['null', { type: 'array', items: { type: 'record', name: 'P', fields: [field('id', 'long')] } }])] }, { object: null, photometry: null })), { code: 'alert-incomplete', message: /AMPEL has no object/ })
})

test('wrong types in JSON are named, further fields are no harm', async () => {
  for (const [document, code] of [
    ['{"diaSourcesList": 5}', 'alert-invalid'], ['{"diaSourcesList": [null]}', 'alert-invalid'], ['{"alert": {"diaSourcesList": [[]]}}', 'alert-invalid'], ['{"diaObject": 5, "diaSourcesList": []}', 'alert-invalid'],
    ['{"objectId": 5, "candidates": [{"candid": 1}]}', 'alert-invalid'], ['{"objectId": "Z", "candidates": [5]}', 'alert-invalid'], ['{"error": "x"}', 'answer-is-error'],
    ['{"data": {"objectId": "1", "candidate": {"fid": 1}, "prv_candidates": []}}', 'alert-incomplete'], ['{"data": {"objectId": 1, "candidate": {"fid": 1, "candid": 1}, "prv_candidates": [7]}}', 'alert-invalid'],
    ['{"data": {"objectId": "1", "candidate": [], "prv_candidates": []}}', 'dialect-unknown'], ['{"data": []}', 'alert-incomplete'], ['{"data": null}', 'dialect-unknown']
  ] as const) await assert.rejects(decode(Buffer.from(document)), { code }, document)
  const [alert] = await decode(Buffer.from(lasairObject([lasairSource({ unheardOf: '{"of": [1]}' })], { psfFluxErrr: '5', toString: '1' })))
  assert.equal(alert?.points.length, 1)
})
