import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServiceName } from '../../../../src/alert/announcement.ts'
import { PointReport } from '../../../../src/alert/points/point-report.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../../../../src/alert/schemas/source.ts'
import { Incidents } from '../../../../src/stream/incidents.ts'
import type { SurveyBatch } from '../../../../src/stream/kafka/group/topic-reader.ts'
import { addressOf } from '../../../../src/stream/kafka/ingest/follow-up/addresses.ts'
import { FollowUp } from '../../../../src/stream/kafka/ingest/follow-up/follow-up.ts'
import { followUpOf, type GivenFollowUp } from '../../../../src/stream/kafka/ingest/follow-up/settings.ts'
import { outagesOf } from '../../../../src/stream/kafka/ingest/source-outages.ts'
import { transcriber } from '../../../../src/stream/kafka/ingest/transcribe.ts'
import { decodePhotometry, type Photometry } from '../../../../src/stream/kafka/photometry.ts'
import { createMeasures } from '../../../../src/stream/measures.ts'
import { antaresLocus, antaresLsstAlert, antaresRecord } from '../../../fixtures/announcement-packets.ts'
import { lightCurveServer, rubinStampOf, stampOf, ztfAnswer, type Answering, type LightCurveServer } from './light-curve-server.ts'

const TOPIC = 'stamp_classifier_20260322'
const schemas = schemaFolders(SHIPPED_SCHEMAS)

const batchOf = (values: readonly Buffer[]): SurveyBatch => ({
  topic: TOPIC,
  partition: 0,
  highWatermark: `${values.length}`,
  messages: values.map((value, offset) => ({ key: null, value, offset: `${offset}`, timestamp: '1790000000000', attributes: 0, headers: {} }))
}) as unknown as SurveyBatch

interface Source {
  /** Puts messages through, and gives what is written. */
  run (values: readonly Buffer[], signal?: AbortSignal): Promise<Photometry[]>
  counts (): Promise<Record<string, number>>
  waiting (): string | undefined
  /** Lines of the log. */
  log: string[]
  /** Resolves with the first line that begins an outage. */
  waits: Promise<void>
}

/** A source of ingest without its broker. @param given undefined where it follows nothing up */
function sourceOf (given: GivenFollowUp | undefined, mostBytes?: number): Source {
  const measures = createMeasures()
  const log: string[] = []
  const say = (_: object, line: string): void => { log.push(line) }
  const incidents = new Incidents({ log: { info: say, error: say }, measures, settleMs: 0 })
  let start = (): void => {}
  const waits = new Promise<void>(resolve => { start = resolve })
  const outages = outagesOf('alerce', incidents, start)
  const followUp = given && new FollowUp({ settings: followUpOf(given, 'the test\'s source'), source: 'alerce', schemas, outageOf: outages.of, measures, firstWaitMs: 1, ...mostBytes !== undefined && { mostBytes } })
  const written: Photometry[] = []
  const handle = transcriber({
    source: 'alerce',
    schemas,
    dialect: undefined,
    givenOf: () => ({}),
    followUp,
    keepPackets: true,
    async write (messages) { written.push(...messages.map(({ value }) => decodePhotometry(value)!)) },
    outageOf: outages.of,
    measures,
    report: new PointReport(() => {})
  })
  return {
    log,
    waits,
    async run (values, signal = new AbortController().signal) {
      written.length = 0
      await handle(batchOf(values), signal)
      return [...written]
    },
    async counts () {
      const lines = (await measures.metrics()).split('\n').flatMap(line => /^candela_announced_total\{.*outcome="(\w+)".*\} (\d+)$/.exec(line) ?? [])
      return Object.fromEntries(lines.flatMap((_, k) => k % 3 === 0 ? [[lines[k + 1]!, Number(lines[k + 2])]] : []).filter(([, count]) => (count as number) > 0))
    },
    waiting: () => outages.readiness().reason
  }
}

const fast = ({ url }: Pick<LightCurveServer, 'url'>, more: Partial<GivenFollowUp> = {}): GivenFollowUp => ({ service: 'alerce', url, perSecond: 1000, retries: 1, timeoutSeconds: 5, ...more })

const stamps = (names: readonly string[]): Promise<Buffer[]> => Promise.all(names.map((name, k) => stampOf(name, k + 1)))

/** Codes of errors, or objects with numbers of points. */
const found = (written: readonly Photometry[]): string[] => written.map(({ alert, error }) => error?.code ?? `${alert!.diaObjectId} ${alert!.points.length}`)

test('an announcement becomes the light curve of its object, with its own origin', async t => {
  const server = await lightCurveServer(t, () => ({ body: ztfAnswer() }))
  const source = sourceOf(fast(server))
  const values = await stamps(['ZTF20aaa'])
  const [written, ...others] = await source.run(values)
  assert.deepEqual(others, [])
  assert.deepEqual(server.asked, ['/ztf/v1/objects/ZTF20aaa/lightcurve'])
  const { alert, origin, packet } = written!
  assert.equal(origin, `${TOPIC}/0@0`)
  assert.equal(packet, null, 'an output that passes on survey packets gets none of what only names the object')
  assert.deepEqual([alert!.diaObjectId, alert!.diaSourceId, alert!.points.length], ['ZTF20aaa', '1002', 4])
  const fluxes = alert!.points.filter(({ kind }) => kind === 'detection').map(({ psfFlux }) => Math.sign(psfFlux))
  assert.deepEqual(fluxes, [1, -1, 1], 'isdiffpos -1 is negative, and the reference flux of magpsf_corr is not in it')
  const flux = 10 ** (0.4 * (31.4 - 18.5))
  assert.ok(Math.abs(alert!.points[0]!.psfFlux - flux) < 1e-6 * flux)
  assert.deepEqual(alert!.context?.classes, [{ catalogue: 'ALeRCE', class: 'SN' }])
  assert.deepEqual(await source.counts(), { followed: 1 })
})

test('objects that are announced again are not asked for again, at the same time or later', async t => {
  const server = await lightCurveServer(t, () => ({ body: ztfAnswer() }))
  const source = sourceOf(fast(server, { cacheSeconds: 60 }))
  assert.deepEqual(found(await source.run(await stamps(['ZTF20aaa', 'ZTF20bbb', 'ZTF20aaa']))), ['ZTF20aaa 4', 'ZTF20bbb 4', 'ZTF20aaa 4'])
  assert.deepEqual(found(await source.run(await stamps(['ZTF20bbb']))), ['ZTF20bbb 4'])
  assert.equal(server.asked.length, 2)
  assert.deepEqual(await source.counts(), { followed: 2, cached: 2 })
  const forgetful = sourceOf(fast(server, { cacheSeconds: 0 }))
  await forgetful.run(await stamps(['ZTF20aaa', 'ZTF20aaa']))
  assert.equal(server.asked.length, 4)
})

test('as many requests at a time as the source says, and the order of the topic stays', async t => {
  const server = await lightCurveServer(t, async ({ path }) => {
    await sleep(path.includes('ZTF0/') ? 60 : 5)
    return { body: ztfAnswer() }
  })
  const source = sourceOf(fast(server, { concurrency: 3 }))
  const names = Array.from({ length: 12 }, (_, k) => `ZTF${k}`)
  assert.deepEqual(found(await source.run(await stamps(names))), names.map(name => `${name} 4`))
  assert.equal(server.most, 3)
})

test('requests keep to the pace of the source', async t => {
  const server = await lightCurveServer(t, () => ({ body: ztfAnswer() }))
  const began = performance.now()
  await sourceOf(fast(server, { perSecond: 20 })).run(await stamps(['ZTF1', 'ZTF2', 'ZTF3', 'ZTF4']))
  assert.ok(performance.now() - began >= 145, 'three intervals of 50 ms')
})

const WRONG: ReadonlyArray<{ what: string, answer: Answering, code: string, says: RegExp }> = [
  { what: 'no JSON', answer: () => ({ body: '<html>maintenance</html>' }), code: 'follow-up-failed', says: /no light curve/ },
  { what: 'other JSON', answer: () => ({ body: '{"hello": "world"}' }), code: 'follow-up-failed', says: /dialect-unknown/ },
  { what: 'wrong types', answer: () => ({ body: '{"detections": [{"mjd": {}, "candid": "1"}], "non_detections": []}' }), code: 'follow-up-failed', says: /detections\.0\.mjd is an object/ },
  { what: 'a cut answer', answer: () => ({ body: ztfAnswer().slice(0, 200) }), code: 'follow-up-failed', says: /json-invalid/ },
  { what: 'nothing', answer: () => ({ body: '' }), code: 'follow-up-failed', says: /with nothing/ },
  { what: 'no detections', answer: () => ({ body: '{"detections": [], "non_detections": []}' }), code: 'follow-up-empty', says: /without a light curve/ },
  { what: '404', answer: () => ({ status: 404, body: '{"errors": "not found"}' }), code: 'follow-up-failed', says: /status 404: "\{.*not found/ },
  { what: '400', answer: () => ({ status: 400, body: '' }), code: 'follow-up-failed', says: /status 400/ },
  { what: '401', answer: () => ({ status: 401, body: '' }), code: 'follow-up-failed', says: /status 401/ },
  { what: '500', answer: () => ({ status: 500, body: 'oops' }), code: 'follow-up-failed', says: /status 500: "oops"/ },
  { what: 'too much', answer: () => ({ body: Buffer.alloc(20_000, 0x20) }), code: 'follow-up-failed', says: /more than 10000 bytes/ },
  { what: 'silence', answer: () => 'silence', code: 'follow-up-timeout', says: /within 0\.1 s/ }
]

for (const { what, answer, code, says } of WRONG) {
  test(`a service that answers with ${what} costs one announcement, which names the failure and keeps its bytes`, async t => {
    const server = await lightCurveServer(t, asked => asked.path.includes('ZTFbad') ? answer(asked) : { body: ztfAnswer() })
    const source = sourceOf(fast(server, { timeoutSeconds: code === 'follow-up-timeout' ? 0.1 : 5 }), 10_000)
    const values = await stamps(['ZTF1', 'ZTFbad', 'ZTF2'])
    const written = await source.run(values)
    assert.deepEqual(found(written), ['ZTF1 4', code, 'ZTF2 4'])
    const { error, packet } = written[1]!
    assert.match(error!.message, says)
    assert.match(error!.message, /\/ztf\/v1\/objects\/ZTFbad\/lightcurve/)
    assert.ok(error!.action, 'it says what to do')
    assert.deepEqual(packet, values[1])
    assert.deepEqual(await source.counts(), { followed: 2, failed: 1 })
  })
}

test('a service that is busy is asked again after the pause that it asks for', async t => {
  let refusedAt = 0
  let againAt = 0
  const server = await lightCurveServer(t, ({ count }) => {
    if (count === 1) {
      refusedAt = performance.now()
      return { status: 429, headers: { 'retry-after': '1' } }
    }
    againAt = performance.now()
    return { body: ztfAnswer() }
  })
  const source = sourceOf(fast(server))
  assert.deepEqual(found(await source.run(await stamps(['ZTF1']))), ['ZTF1 4'])
  assert.equal(server.asked.length, 2)
  assert.ok(againAt - refusedAt >= 990, `asked again after ${againAt - refusedAt} ms`)
})

test('a service that fails once is asked again', async t => {
  const server = await lightCurveServer(t, ({ count, response }) => {
    if (count > 1) return { body: ztfAnswer() }
    response.destroy()
    return 'silence'
  })
  assert.deepEqual(found(await sourceOf(fast(server)).run(await stamps(['ZTF1']))), ['ZTF1 4'])
})

async function away (t: TestContext, break_: (server: LightCurveServer) => Promise<void>, mend: (server: LightCurveServer) => Promise<LightCurveServer>): Promise<void> {
  const server = await lightCurveServer(t, () => ({ body: ztfAnswer() }))
  const source = sourceOf(fast(server, { cacheSeconds: 0, retries: 0 }))
  await source.run(await stamps(['ZTF0']))
  await break_(server)
  const names = Array.from({ length: 20 }, (_, k) => `ZTF${k}`)
  const running = source.run(await stamps(names))
  await source.waits
  assert.match(source.waiting()!, /source alerce, following up: .* \[follow-up-/)
  await mend(server)
  const written = found(await running)
  const lost = written.filter(one => one.startsWith('follow-up-')).length
  assert.ok(lost <= 5, `${lost} of ${names.length} are lost`)
  assert.equal(written.length, names.length)
  assert.equal(source.waiting(), undefined)
  assert.equal(source.log.filter(line => line.startsWith('waiting')).length, 1, 'one line when it begins')
}

test('a service that is gone is waited for: no announcement is lost', async t => {
  await away(t, server => server.stop(), ({ port }) => lightCurveServer(t, () => ({ body: ztfAnswer() }), port))
})

test('a service that fails for one object after the other is taken for away, whatever it answers', async t => {
  await away(t, async server => { server.answer = () => ({ status: 500 }) }, async server => {
    server.answer = () => ({ body: ztfAnswer() })
    return server
  })
})

test('while it waits, a source that stops stops', async t => {
  const server = await lightCurveServer(t, () => ({ body: ztfAnswer() }))
  await server.stop()
  const source = sourceOf(fast(server))
  const stopping = new AbortController()
  const running = source.run(await stamps(['ZTF1', 'ZTF2']), stopping.signal)
  await source.waits
  stopping.abort(new Error('Candela stops'))
  await assert.rejects(running, /Candela stops/)
  assert.deepEqual(await source.counts(), {})
})

test('a body of the solar system is declined without a request, Rubin\'s objects are asked for at their own address', async t => {
  const point = { survey_id: 'lsst', oid: 314, measurement_id: 7, diaObjectId: 314, ssObjectId: null, band: 2, mjd: 61100.2, psfFlux: 900, psfFluxErr: 90, ra: 10, dec: -20, reliability: 0.9, has_stamp: true }
  const server = await lightCurveServer(t, () => ({ body: JSON.stringify({ detections: [point], non_detections: [], forced_photometry: [] }) }))
  const source = sourceOf(fast(server))
  const untimed = antaresRecord(antaresLocus({ bodies: [4711n] }, { newest_alert_id: null }))
  const [body, object, locus] = await source.run([await rubinStampOf(0, 4711), await rubinStampOf(314), untimed])
  assert.deepEqual([locus!.alert!.solarSystem, locus!.alert!.diaSourceId, locus!.alert!.midpointMjdTai], [true, 'ANT2026test', 40587 + 1_790_000_000 / 86_400])
  const { solarSystem, diaObjectId, points, diaSourceId, midpointMjdTai } = body!.alert!
  assert.deepEqual({ solarSystem, diaObjectId, points, diaSourceId, midpointMjdTai }, { solarSystem: true, diaObjectId: null, points: [], diaSourceId: '99', midpointMjdTai: 61100.2 })
  assert.deepEqual([object!.alert!.diaObjectId, object!.alert!.diaSourceId], ['314', '7'])
  assert.deepEqual(object!.alert!.points.map(({ band, psfFlux, midpointMjdTai }) => ({ band, psfFlux, midpointMjdTai })), [{ band: 'r', psfFlux: 900, midpointMjdTai: 61100.2 }])
  assert.deepEqual(server.asked, ['/lightcurve_api/lightcurve?survey_id=lsst&oid=314'])
  assert.deepEqual(await source.counts(), { followed: 1, declined: 2 })
})

test('a locus of ANTARES is asked for once, and each of its objects becomes an alert of the same origin', async t => {
  const data = [antaresLsstAlert('5', { lsst_diaSource_diaObjectId: '314002971860926640' }), antaresLsstAlert('6', { lsst_diaSource_diaObjectId: '314002971860926672' })]
  const server = await lightCurveServer(t, () => ({ body: JSON.stringify({ data }) }))
  const source = sourceOf(fast(server, { service: 'antares' }))
  const written = await source.run([antaresRecord(antaresLocus({ lsst: [314002971860926640n, 314002971860926672n] }))])
  assert.deepEqual(found(written), ['314002971860926640 1', '314002971860926672 1'])
  assert.deepEqual(written.map(({ origin }) => origin), [`${TOPIC}/0@0`, `${TOPIC}/0@0`])
  assert.deepEqual(server.asked, ['/loci/ANT2026test/alerts'])
})

test('each service is asked at its public address where the source names none', () => {
  const about = (service: ServiceName, survey?: string) => addressOf({ service, id: 'A/1', diaObjectIds: [], diaSourceId: null, ra: null, dec: null, solarSystem: false, ...survey !== undefined && { survey } }, { service, url: undefined })
  assert.deepEqual([about('alerce', 'ZTF'), about('alerce', 'LSST'), about('antares'), about('lasair')], [
    'https://api.alerce.online/ztf/v1/objects/A%2F1/lightcurve',
    'https://api-lsst.alerce.online/lightcurve_api/lightcurve?survey_id=lsst&oid=A%2F1',
    'https://api.antares.noirlab.edu/v2/loci/A%2F1/alerts',
    'https://api.lasair.lsst.ac.uk/api/object/?objectId=A%2F1&lasair_added=false'
  ])
})

test('without followUp, or with one of another service, the error says what the source needs', async () => {
  for (const given of [undefined, { service: 'antares', url: 'http://127.0.0.1:9' } as const]) {
    const source = sourceOf(given)
    const values = await stamps(['ZTF1'])
    const [{ error, packet }] = await source.run(values) as [Photometry]
    assert.equal(error!.code, 'light-curve-elsewhere')
    assert.match(error!.action!, /followUp/)
    assert.deepEqual(packet, values[0])
    assert.deepEqual(await source.counts(), { failed: 1 })
  }
})

test('a light curve of another object is refused', async t => {
  const answer = JSON.stringify({ detections: [{ oid: 'ZTFother', mjd: 59400, candid: '1', fid: 1, mag: 18, e_mag: 0.1, isdiffpos: true, ra: 1, dec: 2 }], non_detections: [], forced_photometry: [] })
  const server = await lightCurveServer(t, () => ({ body: answer }))
  const [{ error }] = await sourceOf(fast(server)).run(await stamps(['ZTF1'])) as [Photometry]
  assert.equal(error!.code, 'follow-up-failed')
  assert.match(error!.message, /another object, ZTFother/)
})

test('the token goes to the service, and into no message', async t => {
  let authorization: unknown
  const server = await lightCurveServer(t, ({ headers }) => {
    authorization = headers['authorization']
    return { status: 403 }
  })
  const [{ error }] = await sourceOf(fast(server, { token: 'very-secret' })).run(await stamps(['ZTF1'])) as [Photometry]
  assert.equal(authorization, 'Token very-secret')
  assert.ok(!JSON.stringify(error).includes('very-secret'))
  assert.match(error!.action!, /token/)
})
