/** Accept and Accept-Encoding were read in part: parameters hid a form, a form that was excluded was sent, and one that fits nothing got JSON. */
import assert from 'node:assert/strict'
import test from 'node:test'
import * as zlib from 'node:zlib'
import type { InjectOptions } from 'fastify'
import type { Problem } from '../../../src/http/problems/problems.ts'
import { preferredForm } from '../../../src/http/negotiation.ts'
import { openService } from '../../http/service.ts'

const LIST = '/v1/objects'
const [JSON_FORM, CSV, VOTABLE] = ['application/json', 'text/csv', 'application/x-votable+xml'] as const

const ACCEPTED: ReadonlyArray<[accept: string, form: string | null]> = [
  ['*/*', JSON_FORM], ['', JSON_FORM], ['application/*', JSON_FORM], ['text/*', CSV], ['application/json', JSON_FORM], ['TEXT/CSV', CSV],
  // Parameters that the form has, in any letter case, with and without quotes.
  ['application/json; charset=utf-8', JSON_FORM], ['application/json;charset="UTF-8"', JSON_FORM], ['text/csv; header=present; charset=utf-8', CSV], ['application/x-votable+xml;serialization=TABLEDATA', VOTABLE],
  ['text/csv;header=absent', null], ['application/x-votable+xml;serialization=BINARY2', null], ['application/json;version=2', null], ['text/csv;header=absent, application/json;q=0.1', JSON_FORM],
  // Weights.
  ['application/json;q=0.2, text/csv;q=0.8', CSV], ['text/csv;q=0.5, application/json', JSON_FORM], ['text/csv;Q=0.1,application/json;q=0.10', CSV], ['text/csv;q=0.123,application/json;q=0.122', CSV],
  ['application/json;q=0, */*', CSV], ['*/*, application/json;q=0, text/csv;q=0', VOTABLE], ['*/*;q=0', null], ['application/json;q=0', null], ['application/json;q=0.000', null],
  // The most specific range has the word, wherever it stands.
  ['text/*;q=0.9, text/csv;q=0.1, application/json;q=0.5', 'text/xml'], ['*/*;q=0.9, application/json;q=0.1', CSV], ['text/csv, text/*;q=0, */*;q=0', CSV],
  ['application/json;q=0.9, application/json;charset=utf-8;q=0, text/csv;q=0.1', CSV], ['text/xml', 'text/xml'], ['application/xml;q=0.9, application/json;q=0.8', 'application/xml'],
  ['text/html,application/xhtml+xml,*/*;q=0.8', JSON_FORM],
  // Nothing fits.
  ['image/png', null], ['text/html', null], ['application/jso', null], ['application/problem+json', null],
  // What cannot be read is passed over.
  ['nonsense', JSON_FORM], ['nonsense, text/csv', CSV], ['text/csv;q=high, application/json;q=0.1', JSON_FORM], ['*, text/csv;q=.2', CSV], ['text/csv;q=2', JSON_FORM], ['*/json, text/csv', CSV], [',,, text/csv ,', CSV], ['text / csv', JSON_FORM], [';q=1', JSON_FORM],
  ['application/json;a="b, text/csv", text/csv;q=0.1', CSV], ['text/csv;a="unclosed', CSV], ['__proto__/constructor', null], ['text/csv;__proto__=x', null]
]

test('the form with the greatest weight is sent, 406 names what there is where none fits, and format stands above both', async t => {
  const { app, observe } = await openService(t)
  await observe('1', 2)
  for (const [accept, form] of ACCEPTED) {
    const response = await app.inject({ url: LIST, headers: { accept } })
    const type = String(response.headers['content-type']).split(';')[0]
    assert.match(String(response.headers.vary), /\baccept\b(?!-)/, accept)
    if (form !== null) assert.deepEqual([response.statusCode, type], [200, form], accept)
    else {
      assert.equal(type, 'application/problem+json', accept)
      assert.deepEqual([response.statusCode, type, response.json<Problem>().type], [406, 'application/problem+json', '/problems/not-acceptable'], accept)
      assert.deepEqual(response.json<Problem>().available, [JSON_FORM, CSV, VOTABLE, 'text/xml', 'application/xml'])
    }
    const chosen = await app.inject({ url: `${LIST}?format=csv`, headers: { accept } })
    assert.deepEqual([chosen.statusCode, String(chosen.headers['content-type']).split(';')[0]], [200, CSV], `format above ${accept}`)
  }
})

test('what would change something is refused before it is done, and every route of /v1 keeps the rule; others have one form and send it', async t => {
  const { app, pipeline } = await openService(t)
  const paths = (await app.inject('/openapi.json')).json<{ paths: Record<string, Record<string, { requestBody?: object }>> }>().paths
  const before = JSON.stringify(pipeline.store.reader.statistics())
  for (const [path, operations] of Object.entries(paths)) {
    for (const method of Object.keys(operations)) {
      const request: InjectOptions = { method: method.toUpperCase() as 'GET', url: path.replaceAll(/\{\w+\}/g, '1'), headers: { accept: 'image/png' }, ...operations[method]!.requestBody && { payload: {} } }
      const response = await app.inject(request)
      if (path.startsWith('/v1/')) assert.deepEqual([response.statusCode, response.json<Problem>().type], [406, '/problems/not-acceptable'], `${method} ${path}`)
      else assert.notEqual(response.statusCode, 406, `${method} ${path}`)
    }
  }
  assert.equal(JSON.stringify(pipeline.store.reader.statistics()), before)
  assert.equal((await app.inject({ url: '/metrics', headers: { accept: 'application/openmetrics-text;version=1.0.0' } })).statusCode, 200)
  assert.equal((await app.inject({ url: '/', headers: { accept: 'application/json' } })).statusCode, 200)
})

test('a header that is long or odd costs nothing', () => {
  const long = Array.from({ length: 1500 }, (_, k) => `a/b${k}`).join(',').slice(0, 16_000)
  const began = performance.now()
  for (const accept of [long, ','.repeat(16_000), '"'.repeat(16_000), `text/csv;${'a="\\'.repeat(3000)}`, `${'text/csv;q=0.'.repeat(1000)}`, `text/csv;${' '.repeat(15_000)}q`]) preferredForm(accept, [JSON_FORM, CSV])
  assert.ok(performance.now() - began < 500, `${performance.now() - began} ms`)
})

const decoders: Readonly<Record<string, (bytes: Buffer) => Buffer>> = { gzip: zlib.gunzipSync, br: zlib.brotliDecompressSync, deflate: zlib.inflateSync, ...'zstdDecompressSync' in zlib && { zstd: zlib.zstdDecompressSync as (bytes: Buffer) => Buffer } }
const best = 'zstd' in decoders ? 'zstd' : 'br'

const ENCODINGS: ReadonlyArray<[header: string, coding: string | undefined | null]> = [
  ['gzip', 'gzip'], ['GZip', 'gzip'], ['x-gzip', 'gzip'], ['gzip, br', 'br'], ['gzip;q=1.0, br;q=0.5', 'gzip'], ['gzip;q=0', undefined], ['gzip;q=0, br', 'br'], ['identity', undefined], ['', undefined],
  ['*', best], [`${best};q=0, *`, best === 'zstd' ? 'br' : 'gzip'], ['*;q=0', null], ['identity;q=0', null], ['identity;q=0, gzip', 'gzip'], ['*;q=0, gzip', 'gzip'], ['*;q=0, identity', undefined],
  ['compress', undefined], ['compress, identity;q=0', null], ['gzip;q=nonsense', undefined], ['identity;q=0.5, gzip;q=0.2', undefined], [',,;q', undefined]
]

test('the coding with the greatest weight is used, none that is excluded is, and 406 says where there is none', async t => {
  const { app, observe } = await openService(t)
  for (let k = 0; k < 12; k++) await observe(String(k), 2)
  for (const url of [LIST, `${LIST}/1`, '/v1/objects/nobody', '/health/live', '/v1/objects?limit=0']) {
    const plain = await app.inject(url)
    for (const [header, coding] of ENCODINGS) {
      const response = await app.inject({ url, headers: { 'accept-encoding': header } })
      const what = `${url} ${header}`
      assert.match(String(response.headers.vary), /accept-encoding/, what)
      if (coding === null) {
        assert.deepEqual([response.statusCode, response.json<Problem>().type, response.headers['content-encoding']], [406, '/problems/not-acceptable', undefined], what)
        assert.ok(response.json<Problem>().available!.includes('gzip'))
        continue
      }
      assert.equal(response.statusCode, plain.statusCode, what)
      const used = response.headers['content-encoding'] as string | undefined
      // A short answer is compressed only for those who exclude it as it is.
      const excluded = /identity;q=0(?!\.)|\*;q=0, gzip/.test(header)
      assert.equal(used, plain.rawPayload.length >= 1024 || excluded ? coding : undefined, what)
      const content = used === undefined ? response.rawPayload : decoders[used]!(response.rawPayload)
      if (response.statusCode === 200) assert.equal(String(content), plain.body, what)
    }
  }
})
