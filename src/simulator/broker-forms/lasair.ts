/**
 * Lasair's filter streams: JSON as Python writes it, no key, no headers. Columns that the filter selects stand at the top,
 * the light curve under `alert`, newest source first, with `decl` for `dec`.
 * https://github.com/lsst-uk/lasair-lsst (pipeline/filter/util.py)
 */
import type { BrokerRecord } from './broker-record.ts'
import { pythonJson } from './python-json.ts'
import { detectionsOf, utcOf, type RubinAlert, type RubinSource, type Value } from './rubin-alert.ts'

/** Fields that Rubin's pipeline leaves as NaN; Lasair passes the bare word on. */
const NOT_MEASURED = ['psfLnL', 'dipoleMeanFlux', 'timeWithdrawnMjdTai']

function renamed ({ dec, ...fields }: Readonly<Record<string, Value>>): Record<string, Value> {
  const copy: Record<string, Value> = { ...fields, decl: dec! }
  for (const name of NOT_MEASURED) if (copy[name] === null) copy[name] = NaN
  return copy
}

const newestFirst = <S extends RubinSource>(sources: readonly S[]): S[] => [...sources].sort((a, b) => b.midpointMjdTai - a.midpointMjdTai)

/** From the middle of an exposure to the run of the filter [d]: what `UTC` tells. */
const DELAY = 300 / 86_400

const columnsOf = ({ diaObject, diaSource }: RubinAlert): Record<string, Value> => ({
  diaObjectId: diaObject.diaObjectId,
  ra: diaObject.ra,
  decl: diaObject.dec,
  firstDiaSourceMjdTai: diaObject.firstDiaSourceMjdTai,
  lastDiaSourceMjdTai: diaObject.lastDiaSourceMjdTai,
  nDiaSources: diaObject.nDiaSources,
  latestR: diaSource.reliability,
  absMag: NaN,
  UTC: new Date(utcOf(diaSource.midpointMjdTai + DELAY)).toISOString().slice(0, 19).replace('T', ' ')
})

const record = (content: object): BrokerRecord => ({ key: null, headers: {}, value: Buffer.from(pythonJson(content)) })

/** The output "full alert" of a filter. The simulator knows no extinction. */
export const lasairRecord = (alert: RubinAlert): BrokerRecord => record({
  ...columnsOf(alert),
  alert: {
    diaObject: renamed(alert.diaObject),
    diaSourcesList: newestFirst(detectionsOf(alert)).map(renamed),
    diaForcedSourcesList: newestFirst(alert.prvDiaForcedSources ?? []).map(renamed),
    diaNondetectionLimitsList: [],
    ebv: null
  }
})

const lite = ({ psfFlux, psfFluxErr, midpointMjdTai, band }: RubinSource): object => ({ psfFlux, psfFluxErr, midpointMjdTai, band })

/** The output "lite light curve": no ids of sources, no object. */
export const lasairLiteRecord = (alert: RubinAlert): BrokerRecord => record({
  ...columnsOf(alert),
  alert: {
    diaSourcesList: newestFirst(detectionsOf(alert)).map(source => ({ ...lite(source), reliability: source.reliability })),
    diaForcedSourcesList: newestFirst(alert.prvDiaForcedSources ?? []).map(lite)
  }
})

/** The plain output: columns, no light curve. */
export const lasairPlainRecord = (alert: RubinAlert): BrokerRecord => record(columnsOf(alert))
