/**
 * Requests to every operation, good and bad, with the status that each has to be answered with, and the kind of problem.
 * An operation of the OpenAPI document that is not here fails its test, and so does one with an answer that no case gets.
 */
import type { InjectOptions } from 'fastify'
import type { ProblemName } from '../../../src/http/problems/types.ts'
import { alertFor, point } from '../../pipeline.ts'
import { alertText, ID, LETTER, OLD, type World } from './world.ts'

export interface ContractCase {
  request: string | InjectOptions | ((world: World) => InjectOptions | Promise<InjectOptions>)
  /** 200 where not given. */
  status?: number
  /** Of the problem, where the status is 4xx. */
  problem?: ProblemName
}

const good = (request: ContractCase['request'], status = 200): ContractCase => ({ request, status })
const bad = (request: ContractCase['request'], status = 400, problem: ProblemName = 'invalid-parameter'): ContractCase => ({ request, status, problem })
const kept = (url: string): ContractCase => good({ url, headers: { 'if-none-match': '*' } }, 304)
const missing = (url: string): ContractCase => bad(url, 404, 'object-not-found')

/** A request with a body, JSON where it is an object. */
const sending = (method: 'POST' | 'PUT', url: string) => (payload: object | string, headers: Record<string, string> = {}): InjectOptions =>
  ({ method, url, payload, headers: { ...typeof payload === 'string' && { 'content-type': 'application/json' }, ...headers } })
/** What a page of another site would send. */
const elsewhere = { origin: 'https://elsewhere.example' }
const otherSite = (request: InjectOptions): ContractCase => bad({ ...request, headers: { ...request.headers, ...elsewhere } }, 403, 'other-site')
const brokenJson = (send: ReturnType<typeof sending>): ContractCase => bad(send('{'), 400, 'bad-request')
const otherType = (send: ReturnType<typeof sending>): ContractCase => bad(send('<a/>', { 'content-type': 'text/xml' }), 415, 'media-type-not-supported')
const otherCoding = (send: ReturnType<typeof sending>): ContractCase => bad(send('{}', { 'content-encoding': 'compress' }), 415, 'coding-not-supported')
/** What every route with JSON refuses before its own fields are looked at. */
const hostileJson = (send: ReturnType<typeof sending>, values = 510_000): ContractCase[] => [
  brokenJson(send), otherCoding(send), bad(send('nothing', { 'content-encoding': 'gzip' }), 400, 'coding-invalid'),
  bad(send('{"a":'.repeat(5000) + '1' + '}'.repeat(5000)), 400, 'json-too-deep'), bad(send(`[${'1,'.repeat(values)}1]`), 413, 'json-too-many-values')
]

const [postAlerts, classify, replay, discard, archive, restore, rebuild] = ['alerts', 'classify', 'dead-letters/replay', 'dead-letters/discard', 'archives', 'archives/restore', 'rebuild'].map(name => sending('POST', `/v1/${name}`)) as Array<ReturnType<typeof sending>> as [ReturnType<typeof sending>, ReturnType<typeof sending>, ReturnType<typeof sending>, ReturnType<typeof sending>, ReturnType<typeof sending>, ReturnType<typeof sending>, ReturnType<typeof sending>]
const host = sending('PUT', `/v1/objects/${ID}/host`)
const takeHost: InjectOptions = { method: 'DELETE', url: `/v1/objects/${ID}/host` }
const takeLetter: InjectOptions = { method: 'DELETE', url: `/v1/dead-letters/${LETTER}` }
const points = [{ midpointMjdTai: 60975.15, band: 'g', psfFlux: 20702.1, psfFluxErr: 450.1 }, { midpointMjdTai: 60979.2, band: 'r', fluxcal: 790.5, fluxcalErr: 12.4 }]
const ids = ['x'.repeat(65), 'a%20b', '..%2Fmeta', '%3Cscript%3E']

export const cases: Record<string, ContractCase[]> = {
  'GET /v1/objects': [
    ...['', '?minProbability=0.1&maxProbability=0.9&minEpochs=1&maxEpochs=5&since=2020-01-01T00:00:00Z', '?minMidpointMjdTai=60100&maxMidpointMjdTai=60200&minFirstDetectionMjdTai=60100&maxFirstDetectionMjdTai=60101',
      '?minRise=-1&sort=rise', '?minPhase=-10&maxPhase=0.5', '?sort=probability&limit=1', '?sort=recency&fields=diaObjectId,rise', '?ra=53.1&dec=-27.8&radius=1', '?ra=0&dec=-90&radius=180&sort=probability', '?ra=360&dec=90&radius=0',
      '?format=csv', '?format=votable&fields=ra,dec', '?format=json'].map(query => good(`/v1/objects${query}`)),
    good({ url: '/v1/objects', headers: { accept: 'text/csv' } }),
    good({ url: '/v1/objects', headers: { accept: 'application/x-votable+xml' } }),
    kept('/v1/objects'),
    ...['limit=0', 'limit=1001', 'limit=1.5', 'minProbability=2', 'minProbability=NaN', 'minProbability=0.9&maxProbability=0.1', 'minEpochs=9&maxEpochs=8', 'minRise=1.5', 'minPhase=early', 'maxPhase=1e4', 'minPhase=1&maxPhase=0', 'since=yesterday', 'sort=name', 'sort=separation',
      'ra=10&dec=10', 'ra=10&dec=10&radius=-1', 'ra=361&dec=0&radius=1', 'ra=0&dec=91&radius=1', 'ra=0&dec=0&radius=181', 'fields=redshift', 'format=xml', 'cursor=1', 'cursor=AAAAAAAAAAAA', 'minMidpointMjdTai=1e9', 'page=2', 'limit=1&limit=2'
    ].map(query => bad(`/v1/objects?${query}`)),
    bad(`/v1/objects?cursor=${Buffer.from('["elsewhere","digest",1,0,1,1]').toString('base64url')}`, 400, 'cursor-unknown')
  ],
  'GET /v1/objects/{diaObjectId}': [
    good(`/v1/objects/${ID}`), good(`/v1/objects/${ID}?fields=host,points`), kept(`/v1/objects/${ID}`), missing('/v1/objects/1'), missing(`/v1/objects/${OLD}`),
    ...ids.map(id => bad(`/v1/objects/${id}`)), bad(`/v1/objects/${ID}?fields=rise`), bad(`/v1/objects/${ID}?format=csv`)
  ],
  'GET /v1/objects/{diaObjectId}/classifications': [
    ...['', '?asOf=2026-05-01T00:00:00%2B02:00', '?format=csv', '?format=votable&fields=epochs'].map(query => good(`/v1/objects/${ID}/classifications${query}`)),
    kept(`/v1/objects/${ID}/classifications`), missing('/v1/objects/1/classifications'),
    ...['asOf=2026', 'asOf=', 'fields=ra', 'format=fits', 'since=2026-05-01T00:00:00Z'].map(query => bad(`/v1/objects/${ID}/classifications?${query}`)), bad('/v1/objects/a%20b/classifications')
  ],
  'GET /v1/objects/{diaObjectId}/light-curve': [
    ...['', '?asOf=2026-05-01T00:00:00Z', '?format=csv', '?format=votable', '?fields=psfFlux,band', '?classes=true'].map(query => good(`/v1/objects/${ID}/light-curve${query}`)),
    kept(`/v1/objects/${ID}/light-curve`), missing('/v1/objects/1/light-curve'), ...['asOf=now', 'fields=flux', 'band=g', 'classes=1'].map(query => bad(`/v1/objects/${ID}/light-curve?${query}`))
  ],
  'GET /v1/objects/{diaObjectId}/forecast': [
    ...['', '?days=0', '?days=30&step=5&bands=g,r', '?bands=g&bands=z', '?format=csv', '?format=votable', '?fields=day,magnitude'].map(query => good(`/v1/objects/${ID}/forecast${query}`)),
    kept(`/v1/objects/${ID}/forecast`), missing('/v1/objects/1/forecast'), bad('/v1/objects/a%20b/forecast'),
    ...['days=31', 'days=-1', 'days=1.5', 'days=', 'step=0', 'bands=u', 'bands=q', 'bands=', 'fields=flux', 'asOf=2026-05-01T00:00:00Z'].map(query => bad(`/v1/objects/${ID}/forecast?${query}`)),
    bad(async ({ pipeline }) => {
      await pipeline.processor.process([{ alert: alertFor('faint', [point({ psfFlux: 100 })]), origin: 'test' }])
      return { url: '/v1/objects/faint/forecast' }
    }, 409, 'no-hidden-state')
  ],
  'PUT /v1/objects/{diaObjectId}/host': [
    good(host({ redshift: 0.12, redshiftErr: 0.02 })), good(host({ redshift: 0.12 })),
    ...[{}, { redshift: 0 }, { redshift: 11 }, { redshift: '0.1' }, { redshift: 0.1, redshiftErr: -1 }, { redshift: 0.1, z: 1 }, []].map(payload => bad(host(payload))),
    ...hostileJson(host), otherType(host), otherSite(host({ redshift: 0.1 })), bad(sending('PUT', '/v1/objects/1/host')({ redshift: 0.1 }), 404, 'object-not-found'), bad(sending('PUT', '/v1/objects/a%20b/host')({ redshift: 0.1 }))
  ],
  'DELETE /v1/objects/{diaObjectId}/host': [good(takeHost), otherSite(takeHost), bad({ ...takeHost, url: '/v1/objects/1/host' }, 404, 'object-not-found'), bad({ ...takeHost, url: '/v1/objects/a%20b/host' })],
  'GET /v1/stream': [
    ...['', `?minProbability=0.5&maxProbability=1&minEpochs=1&diaObjectId=${ID}&diaObjectId=7`, '?minPhase=-10&maxPhase=10', '?ra=53.1&dec=-27.8&radius=1', '?after=0'].map(query => good(`/v1/stream${query}`)),
    good({ url: '/v1/stream', headers: { 'last-event-id': '1' } }),
    ...['minProbability=2', 'minPhase=1&maxPhase=0', 'ra=1', 'diaObjectId=a%20b', 'after=-1', 'name=x'].map(query => bad(`/v1/stream?${query}`)), bad({ url: '/v1/stream', headers: { 'last-event-id': 'x' } })
  ],
  'POST /v1/classify': [
    good(classify({ objects: [{ points }] })), good(classify({ objects: [{ diaObjectId: 'SN 1', host: { redshift: 0.1 }, points }, { points: [{ band: 'q' }] }, 5] })),
    ...[{}, { objects: [] }, { objects: {} }, { objects: [{ points }], model: 'x' }, []].map(payload => bad(classify(payload))), ...hostileJson(classify, 760_000), bad(classify('<a/>', { 'content-type': 'text/xml' }), 400, 'alerts-unreadable'),
    ...['forecast=true', 'forecast=true&days=3&step=2&bands=r'].map(query => good({ ...classify({ objects: [{ points }] }), url: `/v1/classify?${query}` })),
    ...['forecast=1', 'days=3', 'forecast=true&days=31', 'forecast=true&bands=u'].map(query => bad({ ...classify({ objects: [{ points }] }), url: `/v1/classify?${query}` })),
    bad(classify({ objects: Array.from({ length: 16 }, () => ({ points: Array.from({ length: 2000 }, () => 0) })) }), 413, 'too-many-points')
  ],
  'POST /v1/alerts': [
    good(postAlerts(alertText('new-1'))), good(postAlerts(`${alertText('new-2')}\n{`)), good(postAlerts('not an alert', { 'content-type': 'application/octet-stream' })), good(sending('POST', '/v1/alerts?dialect=lsst')(alertText('new-3'))), good(sending('POST', '/v1/alerts?minReliability=0.5')(alertText('new-4'))),
    bad(postAlerts(''), 400, 'body-empty'), bad(sending('POST', '/v1/alerts?dialect=sloan')(alertText('1'))), bad(sending('POST', '/v1/alerts?survey=x')(alertText('1'))),
    ...['-0.1', '1.5', 'high', ''].map(least => bad(sending('POST', `/v1/alerts?minReliability=${least}`)(alertText('1')))),
    otherCoding(postAlerts), otherSite(postAlerts(alertText('1'))), bad(postAlerts(' '.repeat(5001)), 413, 'body-too-large')
  ],
  'GET /v1/dead-letters': [
    ...['', '?code=json-invalid&origin=te&order=oldest&limit=1', '?cursor=2'].map(query => good(`/v1/dead-letters${query}`)),
    ...['limit=0', 'order=best', 'code=A', 'cursor=x', 'origin=', 'since=2026-05-01T00:00:00Z'].map(query => bad(`/v1/dead-letters?${query}`))
  ],
  'GET /v1/dead-letters/{number}': [good(`/v1/dead-letters/${LETTER}`), bad('/v1/dead-letters/99', 404, 'dead-letter-not-found'), ...['0', 'x', '1.5'].map(number => bad(`/v1/dead-letters/${number}`))],
  'GET /v1/dead-letters/{number}/bytes': [good(`/v1/dead-letters/${LETTER}/bytes`), bad('/v1/dead-letters/99/bytes', 404, 'dead-letter-not-found'), bad('/v1/dead-letters/-1/bytes')],
  'DELETE /v1/dead-letters/{number}': [good(takeLetter), otherSite(takeLetter), bad(takeLetter, 404, 'dead-letter-not-found'), bad({ ...takeLetter, url: '/v1/dead-letters/x' })],
  'POST /v1/dead-letters/replay': [
    good(replay({})), good(replay({ numbers: [LETTER], limit: 1 })), good(replay({ code: 'json-invalid', cursor: '1' })),
    ...[{ numbers: [] }, { numbers: ['1'] }, { numbers: [1], code: 'json-invalid' }, { limit: 0 }, { all: true }, []].map(payload => bad(replay(payload))), ...hostileJson(replay), otherSite(replay({})),
    bad(replay({ numbers: [99] }), 404, 'dead-letter-not-found')
  ],
  'POST /v1/dead-letters/discard': [
    good(discard({ numbers: [LETTER] })), good(discard({ code: 'json-invalid', receivedBefore: '2026-05-01T00:00:00Z' })), good(discard({ all: true, limit: 1 })),
    ...[{}, { all: false }, { all: true, numbers: [1] }, { receivedBefore: 'now' }, { older: 5 }].map(payload => bad(discard(payload))), ...hostileJson(discard), otherSite(discard({ all: true })),
    bad(discard({ numbers: [99] }), 404, 'dead-letter-not-found')
  ],
  'GET /v1/archives': [good('/v1/archives')],
  'POST /v1/archives': [
    good(archive({ notSeenDays: 1000 })), good(archive({ notSeenDays: 0.5 })), ...[{}, { notSeenDays: 0 }, { notSeenDays: '5' }, { days: 5 }, []].map(payload => bad(archive(payload))),
    bad(archive({ notSeenDays: 5, cursor: 'x' })), ...hostileJson(archive), otherSite(archive({ notSeenDays: 1 })),
    bad(async world => {
      await world.observe('later', 1, { firstNight: 300 })
      world.blockArchives()
      return archive({ notSeenDays: 1 })
    }, 409, 'archive-unwritable')
  ],
  'POST /v1/archives/restore': [
    good(({ archive }) => restore({ name: archive })), ...[{}, { name: 5 }, { file: 'x' }].map(payload => bad(restore(payload))), ...hostileJson(restore), otherSite(restore({ name: 'x' })),
    bad(restore({ name: '../data.mdb' }), 404, 'archive-not-found'), bad(restore({ name: 'text.avro' }), 409, 'archive-invalid')
  ],
  'POST /v1/rebuild': [
    good(rebuild({})), good(rebuild({ diaObjectIds: [ID, '1'], force: true })), ...[{ diaObjectIds: [] }, { limit: 0 }, { force: 'yes' }, { ids: [] }, { cursor: '../1' }, []].map(payload => bad(rebuild(payload))),
    ...hostileJson(rebuild), otherType(rebuild), otherSite(rebuild({}))
  ],
  'GET /v1/models': [good('/v1/models')],
  'GET /v1/models/{name}/{version}': [good('/v1/models/untrained/1.0'), bad('/v1/models/untrained/1.1', 404, 'model-not-found'), bad('/v1/models/untrained/newest'), bad('/v1/models/Untrained/1.0')],
  'GET /v1/statistics': [good('/v1/statistics')],
  'GET /v1/statistics/recent': [good('/v1/statistics/recent')],
  'GET /problems': [good('/problems')],
  'GET /problems/{name}': [good('/problems/object-not-found'), bad('/problems/none', 404, 'problem-not-found'), bad('/problems/constructor', 404, 'problem-not-found')],
  'GET /health/live': [good('/health/live')],
  'GET /health/ready': [good('/health/ready')],
  'GET /metrics': [good('/metrics')]
}
