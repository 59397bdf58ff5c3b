/** Content-Encoding on request bodies: decoded within the body limit, refused before anything is kept where it is unknown. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import test from 'node:test'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import type { LightMyRequestResponse } from 'fastify'
import { compress, loadZstd } from '../../../src/alert/input/zstd-wasm.ts'
import type { Problem } from '../../../src/http/problems/problems.ts'
import { elasticcAlert, elasticcContainer } from '../../fixtures/alert-packets.ts'
import { plainAlert } from '../../fixtures/plain-alerts.ts'
import { openService, type Service } from '../../http/service.ts'

await loadZstd()
const zstd = (bytes: Buffer): Buffer => Buffer.from(compress(bytes))
const CODERS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd }

async function post (service: Service, url: string, payload: Buffer, coding: string): Promise<LightMyRequestResponse> {
  return await service.ask({ method: url.endsWith('/host') ? 'PUT' : 'POST', url, payload, headers: { 'content-type': 'application/json', 'content-encoding': coding } })
}
const typeOf = (response: LightMyRequestResponse): [number, string] => [response.statusCode, response.json<Problem>().type]
const received = async (service: Service): Promise<number> => (await service.ask('/v1/statistics')).json<{ accounting: { received: number } }>().accounting.received

const ALERT = Buffer.from(JSON.stringify(plainAlert({ diaObjectId: '77' })))
const CURVE = Buffer.from(JSON.stringify({ objects: [{ points: [{ midpointMjdTai: 60000, band: 'r', psfFlux: 2000, psfFluxErr: 20 }] }] }))

test('each coding is decoded, on every route with a body', async t => {
  const service = await openService(t)
  await service.observe('object-1', 2)
  for (const [name, code] of Object.entries(CODERS)) {
    for (const [url, body] of [
      ['/v1/alerts', ALERT], ['/v1/alerts', elasticcContainer([[elasticcAlert()]])], ['/v1/classify', CURVE], ['/v1/objects/object-1/host', Buffer.from('{"redshift":0.1}')],
      ['/v1/rebuild', Buffer.from('{}')], ['/v1/archives', Buffer.from('{"notSeenDays":1000}')], ['/v1/dead-letters/replay', Buffer.from('{}')], ['/v1/dead-letters/discard', Buffer.from('{"all":true}')]
    ] as const) assert.equal((await post(service, url, code(body), name)).statusCode, 200, `${name} ${url}`)
  }
})

test('names are taken in any case, several in a row, with identity between them', async t => {
  const service = await openService(t)
  for (const [header, body] of [
    ['GZIP', gzipSync(CURVE)], ['x-gzip', gzipSync(CURVE)], ['identity', CURVE], ['Identity, gzip', gzipSync(CURVE)], ['', CURVE],
    ['gzip, br', brotliCompressSync(gzipSync(CURVE))], ['zstd,identity ,deflate', deflateSync(zstd(CURVE))], ['deflate', deflateRawSync(CURVE)],
    ['zstd', Buffer.concat([zstd(CURVE.subarray(0, 20)), Buffer.from([0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9]), zstd(CURVE.subarray(20))])]
  ] as const) assert.equal((await post(service, '/v1/classify', body, header)).statusCode, 200, header)
})

test('another coding is a 415 that names those that are taken, and nothing is kept', async t => {
  const service = await openService(t)
  for (const header of ['compress', 'lz4', 'gzip, nonsense', 'constructor', 'gzip, gzip, gzip, gzip, gzip']) {
    for (const url of ['/v1/alerts', '/v1/classify']) {
      const response = await post(service, url, gzipSync(ALERT), header)
      assert.deepEqual(typeOf(response), [415, '/problems/coding-not-supported'], header)
      assert.equal(response.headers['accept-encoding'], 'gzip, deflate, br, zstd')
    }
  }
  assert.equal(await received(service), 0)
})

test('a body that is damaged, cut off or not coded at all is a 400, and nothing is kept', async t => {
  const service = await openService(t)
  for (const [name, code] of Object.entries(CODERS)) {
    const right = code(Buffer.concat([ALERT, randomBytes(1000)]))
    // Of 6 and bytes behind it brotli makes an empty body: what follows the end must not vanish.
    for (const body of [right.subarray(0, -20), right.subarray(0, 5), ALERT, randomBytes(500), Buffer.concat([Buffer.from([6]), randomBytes(500)]), Buffer.concat([right, Buffer.from('more')])]) {
      assert.deepEqual(typeOf(await post(service, '/v1/alerts', body, name)), [400, '/problems/coding-invalid'], name)
    }
  }
  assert.equal(await received(service), 0)
})

test('the limit counts what a body becomes, in each of its codings; a bomb is stopped while it expands', async t => {
  const limit = 100_000
  const service = await openService(t, { bodyLimit: limit })
  const padded = (length: number): Buffer => Buffer.concat([ALERT, Buffer.alloc(length - ALERT.length, ' ')])
  for (const [name, code] of Object.entries(CODERS)) {
    assert.equal((await post(service, '/v1/alerts', code(padded(limit)), name)).statusCode, 200, name)
    assert.deepEqual(typeOf(await post(service, '/v1/alerts', code(padded(limit + 1)), name)), [413, '/problems/body-too-large'], name)
    const bomb = code(Buffer.alloc(200 * 2 ** 20))
    const before = process.memoryUsage().arrayBuffers
    assert.deepEqual(typeOf(await post(service, '/v1/alerts', bomb, name)), [413, '/problems/body-too-large'], name)
    assert.ok(process.memoryUsage().arrayBuffers - before < 50 * 2 ** 20, name)
    assert.equal((await post(service, '/v1/alerts', gzipSync(code(Buffer.alloc(5 * 2 ** 20))), `${name}, gzip`)).statusCode, 413, name)
  }
  // A frame of Zstandard that claims 2^60 bytes.
  const claim = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0x10, 1, 0, 0])
  assert.equal((await post(service, '/v1/alerts', claim, 'zstd')).statusCode, 413)
})
