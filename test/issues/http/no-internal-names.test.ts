/** A damaged packet was answered with what a library's generated code threw: "Cannot read properties of undefined (reading 'r1._skip')". */
import assert from 'node:assert/strict'
import test from 'node:test'
import { decodeAlert, decodeFile } from '../../../src/alert/decode.ts'
import type { SchemaSource } from '../../../src/alert/schemas/source.ts'
import { reasonIn, type CandelaError } from '../../../src/errors.ts'
import { lsstSchema } from '../../fixtures/alert-packets.ts'
import { mutate } from '../../fuzz/mutations.ts'
import { HOSTILE, WHOLE } from '../../fuzz/packets.ts'
import { openService } from '../../http/service.ts'

const PACKETS = 6000
const SEED = 20261130

/** Names of code, of libraries and of their errors, and what V8 and Node say of a program's faults. */
const INSIDE = [
  /\b[a-z]\w*\._\w+/, /\b[rtw]\d+\b(?=\.|\()/, /\bundefined\b(?! type name)/, /\bis not (a function|defined|iterable|a constructor|an object)\b/i, /cannot (read|set) propert|cannot (access|convert|destructure|mix)\b/i, /\[object /,
  /\bat \S+:\d+/, /node_modules|\.(js|ts|cjs|mjs):\d/, /(?<!\.)\b(avsc|zod|lmdb|msgpackr|kafkajs|tfjs|fastify|hysnappy|zlib)\b/i, /\b(Buffer|DataView|ArrayBuffer|Uint8Array|Tap|Infinity is)\b/, /\b(ERR|FST|HPE|Z)_[A-Z]/,
  /out of (range|bounds)|outside buffer|call stack|Invalid (array|string|typed array) length|\bTypeError|\bRangeError|\bSyntaxError/i, /\bNaN\b.*\bNaN\b.*\bNaN\b/
]

function check (error: CandelaError, what: string): void {
  for (const text of [error.message, error.action ?? '', String(error.value ?? '')]) {
    for (const pattern of INSIDE) assert.doesNotMatch(text, pattern, `${what}: ${error.code}`)
  }
  assert.notEqual(error.code, 'internal-error', `${what}: ${error.message}`)
}

const schemas: SchemaSource = { get: id => id === 1000 ? lsstSchema : undefined }

test(`${PACKETS} damaged packets of every dialect: no message has a name of the inside in it`, async () => {
  const messages = new Map<string, number>()
  const wholes = Object.entries(WHOLE)
  const deliveries = [
    ...Array.from({ length: PACKETS }, (_, k) => {
      const [dialect, whole] = wholes[k % wholes.length]!
      const { name, bytes } = mutate(whole, SEED, k)
      return { what: `${dialect} ${name} ${k}`, bytes }
    }),
    ...Object.entries(HOSTILE).map(([what, bytes]) => ({ what, bytes }))
  ]
  for (const { what, bytes } of deliveries) {
    const seen = (error: unknown): void => {
      check(error as CandelaError, what)
      const kind = `${(error as CandelaError).code}: ${(error as CandelaError).message.replaceAll(/\d+/g, 'N').slice(0, 60)}`
      messages.set(kind, (messages.get(kind) ?? 0) + 1)
    }
    await decodeAlert(bytes, { schemas }).catch(seen)
    for await (const decoded of decodeFile(bytes, { schemas })) if ('error' in decoded) seen(decoded.error)
  }
  assert.ok(messages.size > 30, `${messages.size} kinds of messages`)
})

test('what a program\'s fault says is kept to itself; what a library says in words goes on', () => {
  const faults = [() => (undefined as unknown as { a: () => void }).a(), () => new Array(-1), () => Buffer.alloc(1).readUInt32BE(7), () => (Symbol('x') as unknown as number) + 1, () => JSON.parse(JSON.stringify({}), null as never).x.y]
  for (const fault of faults) {
    let thrown: unknown
    try {
      fault()
    } catch (error) {
      thrown = error
    }
    assert.equal(reasonIn(thrown), 'it has another form than it says, or is damaged')
  }
  for (const thrown of ['text', null, new Error('r1._skip is not a function'), new Error('')]) assert.match(reasonIn(thrown), /another form/)
  assert.equal(reasonIn(new Error('invalid stored block lengths')), 'invalid stored block lengths')
  assert.equal(reasonIn(Object.assign(new Error('ENOENT: no such file or directory, open \'a\''), { code: 'ENOENT' })), 'ENOENT: no such file or directory, open \'a\'')
})

test('no problem of the HTTP API has a name of the inside in it', async t => {
  const { app } = await openService(t)
  const json = { 'content-type': 'application/json' }
  const requests = [
    ...['{', '', '{"objects":', '[1,2', 'nul', '{"a":1}x', '\u0000', '{"__proto__":1}', '"\\ud800"', '{"objects":[{"points":[{"midpointMjdTai":{}}]}]}', '{"objects":[null]}', '{"objects":[[]]}', '[]', 'null', '1e999'].flatMap(payload =>
      ['/v1/classify', '/v1/rebuild', '/v1/archives', '/v1/archives/restore', '/v1/dead-letters/replay', '/v1/dead-letters/discard'].map(url => ({ method: 'POST', url, payload, headers: json }) as const)),
    ...['/v1/objects?limit=%00', '/v1/objects?__proto__=1', '/v1/objects?cursor=eyJhIjoxfQ', '/v1/objects/%ff', '/v1/objects?ra=1&ra=2', '/v1/models/constructor/1.0', '/problems/__proto__', '/v1/dead-letters/1e3', '/docs/static/nothing', '/web/../x', '/web/%2e%2e/x', '/v1/objects?fields=__proto__'].map(url => ({ method: 'GET', url }) as const),
    { method: 'POST', url: '/v1/rebuild', payload: 'x', headers: { 'content-type': 'application/xml' } }, { method: 'POST', url: '/v1/rebuild', payload: 'x', headers: { 'content-type': 'application/json; charset=utf-99' } }, { method: 'POST', url: '/v1/rebuild', payload: '{}', headers: { ...json, 'content-length': '5' } }
  ] as const
  for (const request of requests) {
    const response = await app.inject(request)
    assert.ok(response.statusCode < 500, `${request.method} ${request.url}: ${response.body}`)
    if (response.statusCode < 400) continue
    const { detail, action = '' } = response.json<{ detail: string, action?: string }>()
    for (const pattern of INSIDE) for (const text of [detail, action]) assert.doesNotMatch(text, pattern, `${request.method} ${request.url}: ${response.body}`)
  }
})
