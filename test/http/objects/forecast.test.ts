/** What an object will do next: from the stored state as from the whole light curve, on both engines, and every reason why not. */
import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import type { PhotometricPoint } from '../../../src/alert/alert.ts'
import { mjdTaiOfUnix } from '../../../src/alert/time.ts'
import type { ClassifiedObject } from '../../../src/http/classify/schemas.ts'
import type { Problem } from '../../../src/http/problems/problems.ts'
import { createForecasts, type ForecastDay, type ForecastPeak } from '../../../src/state/processor/forecasts.ts'
import { forecastingModel } from '../../support/forecasting-model.ts'
import { needs } from '../../parts.ts'
import { alertFor, openPipeline, point, untrainedModel } from '../../pipeline.ts'
import { readCsv } from '../table/read-tables.ts'
import { openService, type Service } from '../service.ts'

interface Answer {
  diaObjectId: string
  classifierName: string
  classifierVersion: string
  revision: number
  epochs: number
  asOf: string
  midpointMjdTai: number
  lastSeenDaysAgo: number
  isPast: boolean
  phase: number | null
  phaseLow: number | null
  phaseHigh: number | null
  forecast: ForecastDay[]
  peaks: ForecastPeak[]
}

const ID = '313934342374881341'
const LAST = 60000 + 24
const nights = (count = 25): PhotometricPoint[] => Array.from({ length: count }, (_, n) =>
  point({ midpointMjdTai: 60000 + n, band: 'griz'[n % 4] as 'g', psfFlux: 800 + 400 * n, visit: 100 + n }))

const open = (t: TestContext): Promise<Service> => openService(t, {}, forecastingModel())

async function give ({ pipeline }: Pick<Service, 'pipeline'>, points: PhotometricPoint[], id = ID): Promise<string> {
  const [outcome] = await pipeline.processor.process([{ alert: alertFor(id, points), origin: 'test' }])
  return outcome!.outcome
}

async function forecast ({ ask }: Service, query = '', id = ID): Promise<Answer> {
  const response = await ask(`/v1/objects/${id}/forecast${query}`)
  assert.equal(response.statusCode, 200, response.body)
  return response.json<Answer>()
}

async function refused ({ ask }: Service, url: string): Promise<Problem> {
  const response = await ask(url)
  assert.match(response.headers['content-type'] as string, /^application\/problem\+json/)
  return response.json<Problem>()
}

const posted = (points: PhotometricPoint[]): object[] => points.map(({ midpointMjdTai, band, psfFlux, psfFluxErr, visit }) => ({ midpointMjdTai, band, psfFlux, psfFluxErr, visit }))

test('the forecast of a stored state is, number for number, that of the whole light curve replayed', async t => {
  const service = await open(t)
  const points = nights()
  // One at a time, two of them late: the state was stepped, rewound and stepped again.
  for (const k of [...points.keys()].filter(k => k !== 20 && k !== 9)) await give(service, [points[k]!])
  for (const late of [20, 9]) await give(service, [points[late]!])
  const { diaObjectId, classifierName, revision, epochs, ...stored } = await forecast(service)
  assert.deepEqual([diaObjectId, classifierName, epochs], [ID, 'untrained', 25])
  assert.ok(revision > 0)
  const response = await service.ask({ method: 'POST', url: '/v1/classify?forecast=true', payload: { objects: [{ diaObjectId: ID, points: posted(points) }, { points: posted(points.slice(0, 3)) }] } })
  assert.equal(response.statusCode, 200, response.body)
  const [object, other] = response.json<{ objects: ClassifiedObject[] }>().objects
  for (const name of ['asOf', 'midpointMjdTai', 'phase', 'phaseLow', 'phaseHigh', 'forecast', 'peaks'] as const) assert.deepEqual(object![name], stored[name], name)
  assert.equal(other!.midpointMjdTai, 60002)
  assert.notDeepEqual(other!.forecast, object!.forecast)
})

test('rows have each band and day with rising quantiles, and magnitudes of their fluxes; days, step and bands choose among them', async t => {
  const service = await open(t)
  await give(service, nights())
  const all = await forecast(service)
  assert.equal(all.midpointMjdTai, LAST)
  assert.equal(all.asOf, '2023-03-20T23:59:23.000Z')
  assert.deepEqual(all.forecast.map(({ day, band }) => `${day}${band}`), Array.from({ length: 31 }, (_, day) => [...'griz'].map(band => `${day}${band}`)).flat())
  for (const { day, midpointMjdTai, psfFlux, psfFluxLow, psfFluxHigh, magnitude, magnitudeLow, magnitudeHigh } of all.forecast) {
    assert.equal(midpointMjdTai, LAST + day)
    assert.ok(psfFluxLow < psfFlux && psfFlux < psfFluxHigh)
    for (const [flux, mag] of [[psfFlux, magnitude], [psfFluxHigh, magnitudeLow], [psfFluxLow, magnitudeHigh]] as const) {
      if (flux <= 0) assert.equal(mag, null)
      else assert.ok(Math.abs(mag! - (31.4 - 2.5 * Math.log10(flux))) <= 1e-4)
    }
  }
  assert.deepEqual(all.peaks.map(({ band }) => band), [...'griz'])
  for (const { day, dayLow, dayHigh, midpointMjdTai, midpointMjdTaiLow } of all.peaks) {
    assert.ok(dayLow < day && day < dayHigh)
    assert.ok(Math.abs(midpointMjdTai - (LAST + day)) < 1e-7 && Math.abs(midpointMjdTaiLow - (LAST + dayLow)) < 1e-7)
  }
  assert.ok(all.phaseLow! < all.phase! && all.phase! < all.phaseHigh!)

  const some = await forecast(service, '?days=10&step=3&bands=z,g')
  assert.deepEqual(some.forecast, all.forecast.filter(({ day, band }) => day % 3 === 0 && day <= 10 && 'gz'.includes(band)))
  assert.deepEqual(some.peaks, all.peaks.filter(({ band }) => 'gz'.includes(band)))
  const now = await forecast(service, '?days=0&bands=r')
  assert.equal(now.forecast.length, 1)
  const { names, rows } = readCsv((await service.ask(`/v1/objects/${ID}/forecast?format=csv&fields=day,band,magnitude&days=1`)).body)
  assert.deepEqual([names, rows.length], [['day', 'band', 'magnitude'], 8])
})

test('an object that was seen long ago says so, and gets no day beyond what the decoder learned', async t => {
  const service = await open(t)
  await give(service, nights())
  const { lastSeenDaysAgo, isPast, forecast: rows } = await forecast(service)
  assert.equal(lastSeenDaysAgo, Math.floor(mjdTaiOfUnix(Date.now()) - LAST))
  assert.equal(isPast, true)
  assert.equal(Math.max(...rows.map(({ day }) => day)), 30)

  const today = mjdTaiOfUnix(Date.now())
  await give(service, [point({ midpointMjdTai: today - 12.5 })], 'recent')
  const recent = await forecast(service, '', 'recent')
  assert.deepEqual([recent.lastSeenDaysAgo, recent.isPast], [12, false])
  assert.equal((await forecast(service, '?days=12', 'recent')).isPast, true)
  await give(service, [point({ midpointMjdTai: today + 3 })], 'simulated')
  assert.deepEqual([(await forecast(service, '', 'simulated')).lastSeenDaysAgo], [0])
})

test('what cannot be forecast is a problem that says why', async t => {
  const service = await open(t)
  await give(service, nights(3))
  assert.equal((await refused(service, '/v1/objects/7/forecast')).type, '/problems/object-not-found')
  assert.equal(await give(service, [point({ psfFlux: 100 })], 'faint'), 'declined')
  const faint = await refused(service, '/v1/objects/faint/forecast')
  assert.deepEqual([faint.type, faint.status], ['/problems/no-hidden-state', 409])
  assert.match(faint.detail, /^Nothing of object faint has been stepped by the network yet \(no-detection\)/)
  assert.ok(faint.action)
  for (const [query, expected] of [
    ['days=31', /^days is 31, expected a whole number from 0 to 30/],
    ['days=-1', /^days is "-1", expected a whole number of days, 0 or more/],
    ['days=1.5', /^days is "1.5"/],
    ['days=', /^days is ""/],
    ['step=0', /^step is "0", expected a whole number of days, 1 or more/],
    ['bands=u', /^bands is "u", expected some of g, r, i, z, the bands of the model/],
    ['bands=g,x', /^bands is "g,x", expected some of u, g, r, i, z, y/],
    ['day=3', /^day is "3", expected one of days, step, bands, fields, format/]
  ] as const) {
    const { type, status, detail, errors } = await refused(service, `/v1/objects/${ID}/forecast?${query}`)
    assert.deepEqual([type, status, errors!.length], ['/problems/invalid-parameter', 400, 1], query)
    assert.match(detail, expected)
  }
  const post = (query: string): Promise<Problem> => service.ask({ method: 'POST', url: `/v1/classify?${query}`, payload: { objects: [{ points: posted(nights(3)) }] } }).then(response => response.json<Problem>())
  assert.match((await post('days=3')).detail, /^days is 3, expected forecast=true beside it$/)
  assert.match((await post('forecast=true&days=31')).detail, /from 0 to 30/)

  const without = await openService(t, {}, untrainedModel())
  await give(without, nights(3))
  const none = await refused(without, `/v1/objects/${ID}/forecast`)
  assert.deepEqual([none.type, none.status], ['/problems/model-without-decoder', 409])
  const { type, detail } = (await without.ask({ method: 'POST', url: '/v1/classify?forecast=true', payload: { objects: [{ points: posted(nights(3)) }] } })).json<Problem>()
  assert.equal(type, '/problems/invalid-parameter')
  assert.match(detail, /^forecast is "true", expected false, or nothing: the model in use has no decoder/)
})

test('the state of another model is not forecast from', async t => {
  const { folder, processor, close } = await openPipeline(t, { model: forecastingModel(5) })
  await processor.process([{ alert: alertFor(ID, nights(3)), origin: 'test' }])
  await close()
  const { store, network, model } = await openPipeline(t, { folder, model: forecastingModel() })
  const forecasts = createForecasts({ network, model, reader: store.reader })
  assert.throws(() => forecasts.object(ID, { days: 3, step: 1, bands: ['g'] }), { code: 'state-of-other-model', message: /is of model untrained\/1\.0, and untrained\/1\.0 is in use, with other weights\.$/ })
})

test('objects of a request that are wrong or were never detected have no forecast, and leave those of the others as they are', async t => {
  const service = await open(t)
  const points = posted(nights(6))
  const ask = async (objects: object[]): Promise<ClassifiedObject[]> => (await service.ask({ method: 'POST', url: '/v1/classify?forecast=true&days=2&bands=r', payload: { objects } })).json<{ objects: ClassifiedObject[] }>().objects
  const [alone] = await ask([{ points }])
  const [wrong, faint, right] = await ask([{ points: [{}] }, { points: [{ midpointMjdTai: 60000, band: 'r', psfFlux: 1, psfFluxErr: 100 }] }, { points }])
  assert.deepEqual(right, alone)
  assert.equal(alone!.forecast!.length, 3)
  for (const none of [wrong, faint]) assert.deepEqual(['forecast', 'peaks', 'asOf', 'phase'].filter(name => name in none!), [])
})

test('an unchanged forecast is not sent again; a new point changes it', async t => {
  const service = await open(t)
  await give(service, nights(5))
  const url = `/v1/objects/${ID}/forecast`
  const { headers: { etag, 'cache-control': cached } } = await service.ask(url)
  assert.equal(cached, 'no-cache')
  const again = (): Promise<{ statusCode: number }> => service.ask({ url, headers: { 'if-none-match': String(etag) } })
  assert.equal((await again()).statusCode, 304)
  await give(service, nights(6).slice(5))
  assert.equal((await again()).statusCode, 200)
})

test('1,000 objects in one call have the forecasts that each has alone; both engines agree to 1e-4', async t => {
  const model = forecastingModel()
  const { store, network, processor } = await openPipeline(t, { model })
  const of = (k: number): PhotometricPoint[] => nights(1 + k % 25).map(one => ({ ...one, psfFlux: one.psfFlux * (1 + k / 200) }))
  const ids = Array.from({ length: 1000 }, (_, k) => String(1000 + k))
  await processor.process(ids.map((id, k) => ({ alert: alertFor(id, of(k)), origin: 'test' })))
  const asked = { days: 30, step: 10, bands: model.shape.bands }
  const forecasts = createForecasts({ network, model, reader: store.reader })
  const carried = ids.map(diaObjectId => ({ diaObjectId, tip: store.reader.carried(diaObjectId)!.tip! }))
  const together = forecasts.of(carried, asked)
  for (let k = 0; k < 1000; k += 37) {
    const { revision: _, ...alone } = forecasts.object(ids[k]!, asked)!
    assert.deepEqual(together[k], alone)
  }
  if (!needs(t, 'tensorflow')) return
  const { network: tensorflow } = await openPipeline(t, { model, engine: 'tensorflow' })
  const others = createForecasts({ network: tensorflow, model, reader: store.reader }).of(carried, asked)
  others.forEach(({ forecast, peaks }, k) => {
    forecast.forEach(({ psfFlux, psfFluxLow, psfFluxHigh }, n) => {
      const one = together[k]!.forecast[n]!
      // asinh flux to 1e-4: as much of a bright flux, and of the scale of a faint one.
      for (const [a, b] of [[psfFlux, one.psfFlux], [psfFluxLow, one.psfFluxLow], [psfFluxHigh, one.psfFluxHigh]] as const) assert.ok(Math.abs(a - b) <= 1e-4 * Math.hypot(b, 363), `${a} is not ${b}`)
    })
    peaks.forEach(({ day }, n) => assert.ok(Math.abs(day - together[k]!.peaks[n]!.day) <= 1e-3 + 1e-4 * Math.hypot(day, 10)))
  })
})
