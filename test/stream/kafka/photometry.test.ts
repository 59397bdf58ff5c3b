import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { BANDS, OMISSION_REASONS, type Alert } from '../../../src/alert/alert.ts'
import { decodeFile } from '../../../src/alert/decode.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../../../src/alert/schemas/source.ts'
import { CandelaError } from '../../../src/errors.ts'
import { photometrySchema } from '../../../src/stream/kafka/photometry-schema.ts'
import { decodePhotometry, encodePhotometry, toReceived, type Photometry } from '../../../src/stream/kafka/photometry.ts'
import { anyContext } from '../../alert/any-context.ts'
import { needs, sharedData } from '../../parts.ts'
import { readWithIcebird } from '../outputs/avro-readers.ts'

const HEADER_LENGTH = 10

/** Plain objects, as the code makes them. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> => fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>
const number = fc.double({ noNaN: true, noDefaultInfinity: true })
const positive = fc.double({ noNaN: true, noDefaultInfinity: true, min: Number.MIN_VALUE })
const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const anyAlert: fc.Arbitrary<Alert> = record({
  diaObjectId: fc.option(text),
  diaSourceId: text,
  midpointMjdTai: number,
  ra: number,
  dec: number,
  points: fc.array(record({
    midpointMjdTai: fc.double({ min: 1e-7, max: 999_999, noNaN: true }),
    band: fc.constantFrom(...BANDS),
    psfFlux: number,
    psfFluxErr: positive,
    kind: fc.constantFrom('detection' as const, 'forced' as const),
    visit: fc.option(fc.maxSafeNat()),
    timeProcessedMjdTai: fc.option(number),
    withdrawn: fc.boolean()
  }), { maxLength: 60 }),
  omitted: fc.array(record({ diaSourceId: fc.option(text), reason: fc.constantFrom(...OMISSION_REASONS) }), { maxLength: 10 }),
  host: record({ redshift: fc.option(number), redshiftErr: fc.option(number), mwebv: fc.option(number) }),
  solarSystem: fc.boolean()
}).chain(alert => fc.record({ context: anyContext, unplaced: fc.boolean() }).map(({ context, unplaced }) => ({ ...alert, ...unplaced && { ra: Number.NaN, dec: Number.NaN }, ...context && { context } })))
const anyError = record({ code: text, message: text, action: fc.option(text) })
  .map(({ code, message, action }) => new CandelaError(code, message, action === null ? {} : { action }))
/** As far as a Date goes. */
const time = fc.nat().map(days => days * 4e6)
const packet = fc.uint8Array({ maxLength: 3000 })
const common = { origin: text, surveyPublishedAt: fc.option(time), ingestedAt: time }
const anyPhotometry: fc.Arbitrary<Photometry> = fc.oneof(
  record({ ...common, alert: anyAlert, error: fc.constant(null), packet: fc.option(packet) }),
  record({ ...common, alert: fc.constant(null), error: anyError, packet })
)

/** Names of filters and how fluxes were read are told where alerts are decoded. */
const travelling = ({ readAs: _, omitted, ...alert }: Alert): object => ({ ...alert, omitted: omitted.map(({ diaSourceId, reason }) => ({ diaSourceId, reason })) })

/** What travels of it, as plain values. */
const shown = ({ alert, error, packet, ...rest }: Photometry): object =>
  ({ ...rest, alert: alert && travelling(alert), error: error && [error.code, error.message, error.action], packet: packet && Buffer.from(packet).toString('hex') })

test('property: what is written is read, bit for bit', () => {
  fc.assert(fc.property(anyPhotometry, photometry => {
    assert.deepEqual(shown(decodePhotometry(encodePhotometry(photometry))!), shown(photometry))
  }), { numRuns: 500 })
})

const schemas = schemaFolders(SHIPPED_SCHEMAS)
const written = { origin: 'lsst-alerts/3@42', surveyPublishedAt: Date.parse('2026-03-05T04:05:00.250Z'), ingestedAt: Date.parse('2026-03-05T04:05:01.500Z') }
/** As they were written before alerts had a context. */
const OF_THE_VERSION_BEFORE = [
  'wwFlFQAg3wh2riBsc3N0LWFsZXJ0cy8zQDQyArTr3MKXZ/j+3MKXZwICJjkyMjMzNzIwMzY4NTQ3NzU4MDcgOTAwNzE5OTI1NDc0MDk5MwAAAADo1e1AAAAAAACQSkAAAAAAAMA7wAIAAAAA6NXtQAoAAAAAAADgvwAAAAAAAABAAgL///////8/QwABAAIAGnF1YWxpdHktZmxhZ3MAAgAAAAAAAOA/AAIAAAAAAADQPwAAAgxwYWNrZXQ=',
  'wwFlFQAg3wh2riBsc3N0LWFsZXJ0cy8zQDQyAPj+3MKXZwACGGF2cm8taW52YWxpZC50aGUgYnl0ZXMgYXJlIG5vIHJlY29yZAIeRmV0Y2ggaXQgYWdhaW4uAg5kYW1hZ2Vk'
]
const error = new CandelaError('avro-invalid', 'the bytes are no record', { action: 'Fetch it again.' })

test('every alert of the data folder comes back as it was decoded, with its packet and without', async t => {
  if (!needs(t, 'shared-data')) return
  let alerts = 0
  for (const entry of readdirSync(join(sharedData, 'alerts'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    const bytes = readFileSync(file)
    for await (const one of decodeFile(bytes, { schemas })) {
      if ('error' in one) continue
      alerts++
      for (const packet of [null, bytes.subarray(0, 2000)]) {
        const photometry: Photometry = { ...written, alert: one.alert, error: null, packet }
        assert.deepEqual(shown(decodePhotometry(encodePhotometry(photometry))!), shown(photometry), file)
      }
    }
  }
  assert.ok(alerts > 250, String(alerts))
})

test('another reader of Avro finds the same fields', () => {
  const alert: Alert = {
    diaObjectId: '9223372036854775807',
    diaSourceId: '9007199254740993',
    midpointMjdTai: 61103.25,
    ra: 53.125,
    dec: -27.75,
    points: [{ midpointMjdTai: 61103.25, band: 'y', psfFlux: -0.1, psfFluxErr: 1e-300, kind: 'forced', visit: 2 ** 53 - 1, timeProcessedMjdTai: null, withdrawn: true }],
    omitted: [{ diaSourceId: null, reason: 'quality-flags' }],
    host: { redshift: 0.5, redshiftErr: null, mwebv: 0.01 },
    solarSystem: false,
    context: {
      realBogus: { score: 0.75, name: 'drb' },
      isDipole: false,
      nearest: { catalogue: 'PS1', starScore: 0.5, separation: null },
      classes: [{ catalogue: 'SIMBAD', class: 'QSO' }],
      detections: 12,
      hostRedshifts: [{ redshift: 0.5, redshiftErr: null, kind: 'photometric', catalogue: 'Legacy Surveys DR8' }],
      matches: [{ survey: 'ZTF', diaObjectId: 'ZTF20aaelulu' }]
    }
  }
  const nothing = undefined
  const { nearest, classes, hostRedshifts } = alert.context!
  const context = {
    ...alert.context,
    templateFlux: nothing,
    extendedness: nothing,
    firstDetectionMjdTai: nothing,
    nearest: { ...nearest, separation: nothing },
    classes: [{ ...classes![0], name: nothing }],
    hostRedshifts: [{ ...hostRedshifts![0], redshiftErr: nothing, separation: nothing }]
  }
  // icebird knows no enum, which is an int: its place among the symbols.
  const schema = JSON.parse(JSON.stringify(photometrySchema), (_, value: { type?: unknown } | null) => value?.type === 'enum' ? 'int' : value) as object
  const about = { origin: written.origin, surveyPublishedAt: new Date(written.surveyPublishedAt), ingestedAt: new Date(written.ingestedAt) }
  assert.deepEqual(readWithIcebird(schema, encodePhotometry({ ...written, alert, error: null, packet: null }).subarray(HEADER_LENGTH)), {
    ...about,
    alert: { ...alert, points: [{ ...alert.points[0], band: 5, kind: 1, timeProcessedMjdTai: nothing }], omitted: [{ diaSourceId: nothing, reason: 'quality-flags' }], host: { ...alert.host, redshiftErr: nothing }, context },
    error: nothing,
    packet: nothing
  })
  const packet = Buffer.from('no alert')
  assert.deepEqual(readWithIcebird(schema, encodePhotometry({ ...written, surveyPublishedAt: null, alert: null, error, packet }).subarray(HEADER_LENGTH)), {
    ...about, surveyPublishedAt: nothing, alert: nothing, error: { code: 'avro-invalid', message: 'the bytes are no record', action: 'Fetch it again.' }, packet: new Uint8Array(packet)
  })
})

test('an alert and an undecodable packet are handed over as any source does; a packet is not copied', () => {
  const bytes = encodePhotometry({ ...written, alert: null, error, packet: Buffer.from('damaged') })
  const received = toReceived(decodePhotometry(bytes)!)
  assert.ok('error' in received)
  assert.deepEqual([received.origin, received.error.code, Buffer.from(received.bytes).toString()], [written.origin, 'avro-invalid', 'damaged'])
  assert.equal(received.bytes.buffer, bytes.buffer)
  const [alert] = fc.sample(anyAlert, { numRuns: 1, seed: 1 })
  const kept = toReceived(decodePhotometry(encodePhotometry({ ...written, alert: alert!, error: null, packet: Buffer.from('packet') }))!)
  assert.ok('alert' in kept)
  assert.deepEqual([kept.alert, Buffer.from(kept.original!()).toString()], [alert, 'packet'])
  const bare = toReceived(decodePhotometry(encodePhotometry({ ...written, alert: alert!, error: null, packet: null }))!)
  assert.deepEqual(bare, { alert, origin: written.origin })
})

test('a survey\'s packet is told from a record; another version of the schema and what has no alert are refused', () => {
  for (const bytes of [Buffer.alloc(0), Buffer.from([0xc3]), Buffer.from([0, 0, 0, 3, 232]), Buffer.from('Obj\x01'), Buffer.from('{}')]) assert.equal(decodePhotometry(bytes), null)
  const bytes = encodePhotometry({ ...written, alert: null, error, packet: Buffer.alloc(0) })
  bytes[5]! ^= 1
  assert.throws(() => decodePhotometry(bytes), (thrown: unknown) => thrown instanceof CandelaError && thrown.code === 'photometry-invalid' && /fingerprint/.test(thrown.message))
  assert.throws(() => encodePhotometry({ ...written, alert: null, error, packet: null }), RangeError)
  assert.throws(() => encodePhotometry({ ...written, alert: null, error: null, packet: Buffer.alloc(1) }), RangeError)
})

test('property: damaged bytes give photometry that can be used, or their error, and soon', () => {
  const absurd = ['8080808080808001', 'ffffffffffff3f', '80808080808080808001', '01', 'ffffffffffffffffffff'].map(hex => Buffer.from(hex, 'hex'))
  const damage = record({ photometry: anyPhotometry, at: fc.double({ min: 0, max: 0.999, noNaN: true }), byte: fc.nat(255), how: fc.constantFrom('flip', 'cut', 'insert'), inserted: fc.constantFrom(...absurd) })
  let refused = 0
  fc.assert(fc.property(damage, ({ photometry, at, byte, how, inserted }) => {
    const bytes = encodePhotometry(photometry)
    const position = HEADER_LENGTH + Math.floor(at * (bytes.length - HEADER_LENGTH))
    const damaged = how === 'cut' ? bytes.subarray(0, position) : how === 'insert' ? Buffer.concat([bytes.subarray(0, position), inserted, bytes.subarray(position)]) : bytes
    if (how === 'flip') damaged[position] = byte
    const began = performance.now()
    try {
      const read = decodePhotometry(damaged)!
      assert.ok((read.alert === null) !== (read.error === null))
      for (const { psfFlux, psfFluxErr, visit } of read.alert?.points ?? []) assert.ok(Number.isFinite(psfFlux) && psfFluxErr > 0 && (visit === null || Number.isSafeInteger(visit)))
    } catch (thrown) {
      assert.ok(thrown instanceof CandelaError && thrown.code === 'photometry-invalid', String(thrown))
      refused++
    }
    assert.ok(performance.now() - began < 1000)
  }), { numRuns: 3000 })
  assert.ok(refused > 1000, String(refused))
})

test('records of the version before, without a context, are read', () => {
  const [alert, error] = OF_THE_VERSION_BEFORE.map(text => decodePhotometry(Buffer.from(text, 'base64'))!)
  assert.deepEqual(shown(alert!), {
    ...written,
    alert: {
      diaObjectId: '9223372036854775807',
      diaSourceId: '9007199254740993',
      midpointMjdTai: 61103.25,
      ra: 53.125,
      dec: -27.75,
      points: [{ midpointMjdTai: 61103.25, band: 'y', psfFlux: -0.5, psfFluxErr: 2, kind: 'forced', visit: 2 ** 53 - 1, timeProcessedMjdTai: null, withdrawn: true }],
      omitted: [{ diaSourceId: null, reason: 'quality-flags' }],
      host: { redshift: 0.5, redshiftErr: null, mwebv: 0.25 },
      solarSystem: false
    },
    error: null,
    packet: Buffer.from('packet').toString('hex')
  })
  assert.deepEqual(shown(error!), {
    ...written, surveyPublishedAt: null, alert: null, error: ['avro-invalid', 'the bytes are no record', 'Fetch it again.'], packet: Buffer.from('damaged').toString('hex')
  })
})

test('schemas/photometry.avsc is the schema of the code', () => {
  const file = fileURLToPath(new URL('../../../schemas/photometry.avsc', import.meta.url))
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), photometrySchema, 'run npm run schemas')
})
