/** What a fuzz campaign is made of: whole alerts to be damaged, alerts that are hostile as they are, and good ones. */
import { containerBlock, containerHeader, elasticcAlert, elasticcContainer, elasticcObject, elasticcSource, framed, lsstAlert, lsstForced, lsstSource, writerOf } from '../fixtures/alert-packets.ts'
import { finkLsstAlert, finkLsstSchema } from '../fixtures/fink-packets.ts'
import { ampelHost, ampelPoint, ampelReport } from '../fixtures/ampel-packets.ts'
import { babamulLsst, babamulLsstCandidate, babamulMatch, babamulPoint, babamulZtf } from '../fixtures/babamul-packets.ts'
import { alerceLsstDetection, alerceZtfDetection, antaresLocus, antaresLsstAlert, antaresRecord, antaresZtfAlert, lateClassification } from '../fixtures/announcement-packets.ts'
import { ztfAlert, ztfContainer, ztfForced, ztfLimit, ztfSource } from '../fixtures/ztf-packets.ts'

const times = (count: number): number[] => Array.from({ length: count }, (_, k) => k)
const previous = times(8).map(k => lsstSource({ diaSourceId: BigInt(k), visit: BigInt(k), midpointMjdTai: 61080 + k, band: 'griz'[k % 4] }))
const elasticcPrevious = times(5).map(k => elasticcSource({ diaSourceId: BigInt(k), midPointTai: 59570 + k, filterName: 'griz'[k % 4] }))
const ztfHistory = {
  prv_candidates: [...times(4).map(k => ztfSource({ jd: 2458990.5 + k, pid: 1_095_522_281_015n + BigInt(k), fid: 1 + k % 2 })), ...times(3).map(k => ztfLimit({ jd: 2458970.5 + k, pid: 9n + BigInt(k) }))],
  fp_hists: times(5).map(k => ztfForced({ jd: 2458971.5 + k, pid: 10n + BigInt(k) }))
}

const json = (document: unknown): Buffer => Buffer.from(JSON.stringify(document))
const plain = (id: string, given: object = {}): object => ({
  diaObjectId: id, diaSourceId: id, ra: 10, dec: -20, points: [{ midpointMjdTai: 61000, band: 'r', psfFlux: 2000, psfFluxErr: 100 }], ...given
})
const plainHistory = { points: times(9).map(k => ({ midpointMjdTai: 61000 + k, band: 'griz'[k % 4], ...k % 3 === 0 ? { magnitude: 20, magnitudeErr: 0.1 } : { fluxcal: 30, fluxcalErr: 2 } })), host: { redshift: 0.3, redshiftErr: 0.02, mwebv: 0.01 } }
const lasair = Buffer.from(`{"diaObject":{"diaObjectId":313637921267122191,"ra":9.05,"decl":-44.1},"diaSourcesList":[${times(3).map(k =>
  `{"diaSourceId":31367310786481${k},"midpointMjdTai":${60983 + k}.25,"band":"i","psfFlux":23730.4,"psfFluxErr":${k === 1 ? 'NaN' : '700.1'},"ra":9.05,"decl":-44.1,"psfFlux_flag":false}`).join(',')}],"diaForcedSourcesList":[],"ebv":0.007}`)

const finkSchema = finkLsstSchema()
const finkRow = (k: number): object => ({
  'r:diaObjectId': '314002971860926640', 'r:diaSourceId': `17009445627756547${k}`, 'r:midpointMjdTai': 61105.25 - k, 'r:band': 'griz'[k % 4], 'r:psfFlux': 5530.5, 'r:psfFluxErr': 426.25, 'f:xm_simbad_otype': 'nan'
})
const lite = json({ alert_lite: { diaSource: { diaSourceId: '5', midpointMjdTai: 61105.25, ra: 63.25, dec: -46.5, psfFlux: 5530.5, psfFluxErr: 426.25, band: 'i' }, diaObject: { diaObjectId: '314002971860926641' }, prvDiaSources: [] }, SuperNNova: { prob_class0: 0.5 } })
const lasairLite = Buffer.from(`{"diaObjectId":313637921267122191,"ra":9.05,"decl":"-44.1","z":NaN,"photoZ":0.2,"photoZErr":0.02,"UTC":"2026-03-06 05:37:41","alert":{"diaSourcesList":[${times(3).map(k =>
  `{"midpointMjdTai":${60983 + k}.25,"band":"i","psfFlux":23730.4,"psfFluxErr":700.1}`).join(',')}],"diaForcedSourcesList":[]}}`)
const babamulHistory = { prv_candidates: times(5).map(k => babamulPoint({ jd: 2461100.5 + k, band: 'griz'[k % 4] })), fp_hists: times(5).map(k => babamulPoint({ jd: 2461099.5 + k, psfFlux: k === 2 ? null : 300 })) }
const babamulLimits = { prv_nondetections: times(4).map(k => babamulPoint({ jd: 2461090.5 + k })) }
const babamulObject = json({
  status: 'success',
  message: 'object found',
  data: {
    candid: '170094456277565473',
    objectId: '314002971860926640',
    candidate: { diaSourceId: '170094456277565473', midpointMjdTai: 61105.25, jd: 2461105.5, psfFlux: 2000, psfFluxErr: 100, band: 'r', ra: 63.25, dec: -47 },
    prv_candidates: times(4).map(k => ({ diaSourceId: `17009445627756547${k}`, midpointMjdTai: 61101.25 + k, psfFlux: 2000, psfFluxErr: 100, band: 'griz'[k % 4] })),
    cross_matches: { NED: [{ z: 0.07, objtype: 'G' }], LSDR10: [{ z_phot_median: 0.08, z_phot_std: 0.02 }] }
  }
})

/** Whole alerts of every dialect, to be damaged. */
export const WHOLE: Readonly<Record<string, Buffer>> = {
  lsst: framed(lsstAlert({ prvDiaSources: previous, prvDiaForcedSources: previous.map(source => lsstForced({ ...source, midpointMjdTai: source.midpointMjdTai - 9 })) })),
  elasticc: elasticcContainer([[elasticcAlert({ prvDiaSources: elasticcPrevious })]]),
  elasticcDeflated: elasticcContainer([[elasticcAlert(), elasticcAlert({ prvDiaSources: elasticcPrevious })], [elasticcAlert()]], 'deflate'),
  ztf: ztfContainer([[ztfAlert(ztfHistory)]]),
  ztfSnappy: ztfContainer([[ztfAlert(), ztfAlert(ztfHistory)]], 'snappy'),
  json: json(plain('json-whole', plainHistory)),
  jsonLines: Buffer.concat(times(3).map(k => Buffer.concat([json(plain(`json-line-${k}`, plainHistory)), Buffer.from('\n')]))),
  jsonList: json(times(3).map(k => plain(`json-list-${k}`))),
  lasair,
  fink: Buffer.concat([containerHeader(finkSchema), containerBlock([finkLsstAlert({ prvDiaSources: previous }), finkLsstAlert()].map(alert => writerOf(finkSchema).toBuffer(alert)))]),
  finkTable: json(times(6).map(finkRow)),
  pittgoogle: lite,
  pushed: json({ message: { data: lite.toString('base64'), attributes: { diaObject_diaObjectId: '314002971860926641' } }, subscription: 'projects/p/subscriptions/s' }),
  lasairLite,
  babamulLsst: babamulLsst({ ...babamulHistory, survey_matches: { ztf: babamulMatch({ ...babamulHistory, ...babamulLimits }), lsst: null } }, { codec: 'snappy' }),
  babamulZtf: babamulZtf({ ...babamulHistory, ...babamulLimits }),
  babamulObject,
  ampel: ampelReport({ photometry: times(6).map(k => ampelPoint({ time: 2461100.5 + k, source: k % 2 ? 'LSST_FP' : 'LSST_DP' })), host: [ampelHost()], classification: [{ name: 'A', version: '1', info: null, models: [{ model: 'm', probabilities: { SNIa: 0.7 } }] }] }),
  alerceLate: lateClassification('ZTF20fuzz'),
  alerceZtf: json({ detections: times(4).map(k => alerceZtfDetection({ candid: `${k}`, mjd: 59400 + k })), non_detections: [{ mjd: 59390, fid: 1, diffmaglim: 20 }], forced_photometry: [] }),
  alerceLsst: json({ detections: times(4).map(k => alerceLsstDetection({ measurement_id: `${k + 1}`, mjd: 61100 + k })), non_detections: [], forced_photometry: [] }),
  alerceRows: json(times(4).map(k => alerceLsstDetection({ measurement_id: `${k + 1}`, mjd: 61100 + k }))),
  antares: antaresRecord(antaresLocus({ lsst: [314002971860926640n], ztf: ['ZTF20fuzz'] })),
  antaresAlerts: json({ data: [antaresZtfAlert('11'), antaresLsstAlert('12')] })
}

const INT64_MAX = 2n ** 63n - 1n
const lsstWith = (changes: object): Buffer => framed(lsstAlert({ diaSource: lsstSource({ diaObjectId: 66n, ...changes }), diaObject: null }))

/** A container whose schema has, in a field that nobody reads, a record that holds itself; its data go `depth` deep. */
function recursive (depth: number): Buffer {
  const schema = {
    type: 'record',
    name: 'alert',
    fields: [
      { name: 'nest', type: { type: 'record', name: 'Nest', fields: [{ name: 'inner', type: { type: 'array', items: 'Nest' } }] } },
      { name: 'diaSource', type: ['null', { type: 'record', name: 'diaSource', fields: [{ name: 'midpointMjdTai', type: 'double' }] }] }
    ]
  }
  const nest = Buffer.concat([Buffer.alloc(depth, 2), Buffer.alloc(depth + 1, 0)])
  return Buffer.concat([containerHeader(schema), containerBlock([Buffer.concat([nest, Buffer.of(0)])])])
}

/** A container whose schema is a list of lists, `depth` deep. */
const deepSchema = (depth: number): Buffer => containerHeader('{"type":"array","items":'.repeat(depth) + '"int"' + '}'.repeat(depth))

const ztfWith = (changes: object): Buffer => ztfContainer([[ztfAlert({ objectId: 'ZTFhostile', candidate: ztfSource(changes) })]])

/** Alerts that are hostile without being damaged. */
export const HOSTILE: Readonly<Record<string, Buffer>> = {
  idLargest: lsstWith({ diaObjectId: INT64_MAX, diaSourceId: INT64_MAX, visit: INT64_MAX }),
  idSmallest: lsstWith({ diaObjectId: -INT64_MAX - 1n, diaSourceId: -1n, visit: -INT64_MAX - 1n }),
  fluxNaN: lsstWith({ psfFlux: NaN }),
  fluxInfinite: lsstWith({ psfFlux: Infinity }),
  fluxLargest: lsstWith({ psfFlux: 3.4e38, psfFluxErr: 1e-45 }),
  errorNegative: lsstWith({ psfFluxErr: -1 }),
  errorZero: lsstWith({ psfFluxErr: 0 }),
  timeNaN: lsstWith({ midpointMjdTai: NaN }),
  timeHuge: lsstWith({ midpointMjdTai: 1e300 }),
  positionOff: framed(lsstAlert({ diaSource: lsstSource({ ra: 1e9, dec: -91 }), diaObject: null })),
  bandUnknown: lsstWith({ band: 'Ω'.repeat(1000) }),
  withdrawnUnknown: lsstWith({ timeWithdrawnMjdTai: 61106 }),
  nobodys: framed(lsstAlert({ diaSource: lsstSource({ diaObjectId: null, ssObjectId: 7n }), diaObject: null })),
  tooManyPoints: framed(lsstAlert({ diaSource: lsstSource({ diaObjectId: 67n }), diaObject: null, prvDiaSources: times(5001).map(k => lsstSource({ diaSourceId: BigInt(k), visit: BigInt(k), midpointMjdTai: 50_000 + k })) })),
  magnitudeNaN: ztfWith({ magpsf: NaN }),
  magnitudeBright: ztfWith({ magpsf: -1e30 }),
  magnitudeFaint: ztfWith({ magpsf: 1e30, sigmapsf: -1 }),
  filterUnknown: ztfWith({ fid: 9, pid: -(2n ** 63n) }),
  objectIdLong: ztfContainer([[ztfAlert({ objectId: 'Z'.repeat(100_000) })]]),
  asteroid: ztfWith({ ssdistnr: 1, ssnamenr: '2026 XY' }),
  jsonDeep: Buffer.from(`{"diaObjectId":"1","points":${'['.repeat(200_000)}`),
  jsonLong: Buffer.from(`{"diaObjectId":"1","points":[${'{},'.repeat(50_000)}{}]}`),
  jsonIdLargest: Buffer.from('{"diaObjectId":9223372036854775807,"diaSourceId":9223372036854775807,"ra":NaN,"dec":-Infinity,"points":[{"midpointMjdTai":1e999,"band":"r","psfFlux":NaN,"psfFluxErr":-1}]}'),
  jsonPrototype: Buffer.from('{"__proto__":{"diaObjectId":"1"},"constructor":1,"diaObjectId":"toString","diaSourceId":"1","ra":1,"dec":1,"points":[{"midpointMjdTai":61000,"band":"constructor","psfFlux":1,"psfFluxErr":1}]}'),
  jsonEmptyList: Buffer.from('[]'),
  nestedData: recursive(50_000),
  nestedSchema: deepSchema(50_000),
  containerEmpty: elasticcContainer([]),
  blockEmpty: elasticcContainer([[]]),
  bomb: Buffer.concat([elasticcContainer([]), containerBlock([Buffer.alloc(2 ** 15)], 'null', 2 ** 15)])
}

/** Good alerts, each of an object of its own. All of one dialect have the same photometry, so that all have one P(Ia). */
export const GOOD: ReadonlyArray<(id: bigint) => Buffer> = [
  id => framed(lsstAlert({ diaSource: lsstSource({ diaObjectId: id, diaSourceId: id }), diaObject: null })),
  id => elasticcContainer([[elasticcAlert({ diaSource: elasticcSource({ diaObjectId: id, diaSourceId: id, filterName: 'r' }), diaObject: elasticcObject({ diaObjectId: id }) })]]),
  id => ztfContainer([[ztfAlert({ objectId: `ZTF${id}`, candid: id, candidate: ztfSource({ candid: id, pid: 5n }) })]], 'snappy'),
  id => json(plain(String(id))),
  id => babamulLsst({ objectId: String(id), candid: id, candidate: babamulLsstCandidate({ diaSourceId: id }) })
]
