/**
 * The tables of Fink's service for LSST, /api/v1/sources and /api/v1/fp, in JSON, CSV or another form of table: a source a
 * row, `r:` Rubin's columns, `f:` Fink's. Each object gives one alert, triggered by its newest detection. A row of forced
 * photometry has an `r:diaForcedSourceId`; where the user chose columns without any id, all rows are detections.
 */
import type { Alert } from '../../alert.ts'
import type { Row, RowDialect } from '../../dialect.ts'
import type { Given } from '../../given.ts'
import { contextOf } from '../../context/known-context.ts'
import { madeId } from '../../points/made-id.ts'
import { PointList } from '../../points/points.ts'
import { leastReliability } from '../../points/reliability.ts'
import { flagIn, idIn, numberIn, textIn } from '../cells.ts'
import { CROSS_MATCH_NUMBERS, CROSS_MATCH_TEXTS, READ_AS, withFink, type CrossMatch, type FinkFacts } from './lsst.ts'
import { byObject, newestFirst, positionIn, requireColumns, withTime } from './table.ts'
import { lsstContext } from '../lsst-context.ts'
import { isFlagged, LSST_FLAGS } from '../lsst-flags.ts'

const KNOWN_BY = ['r:diaObjectId', 'r:diaSourceId', 'r:midpointMjdTai', 'r:psfFlux']
const NEEDED = ['r:midpointMjdTai', 'r:band', 'r:psfFlux', 'r:psfFluxErr']
/** In front of the id of a body of the solar system, which has no object. */
const BODY = 'body '

interface Source {
  row: Row
  id: string | null
  isForced: boolean
  /** [d, MJD TAI] */
  time: number | null
}

function sourceIn (row: Row): Source {
  const id = idIn(row['r:diaSourceId'])
  return { row, id, isForced: id === null && idIn(row['r:diaForcedSourceId']) !== null, time: numberIn(row['r:midpointMjdTai']) }
}

function objectOf (row: Row): string | null {
  const object = idIn(row['r:diaObjectId'])
  if (object !== null) return object
  const body = idIn(row['r:ssObjectId'])
  return body === null ? null : BODY + body
}

const flagsIn = (row: Row): Record<typeof LSST_FLAGS[number], boolean | null> =>
  Object.fromEntries(LSST_FLAGS.map(name => [name, flagIn(row[`r:${name}`])])) as Record<typeof LSST_FLAGS[number], boolean | null>

const factsIn = (row: Row): FinkFacts => ({
  xm: Object.fromEntries([
    ...CROSS_MATCH_TEXTS.map(name => [name, textIn(row[`f:xm_${name}`])]),
    ...CROSS_MATCH_NUMBERS.map(name => [name, numberIn(row[`f:xm_${name}`])])
  ]) as unknown as CrossMatch,
  clf: { cats_class: numberIn(row['f:clf_cats_class']) },
  pred: { is_sso: flagIn(row['f:is_sso']), main_label_crossmatch: textIn(row['f:main_label_crossmatch']) },
  misc: { firstDiaSourceMjdTaiFink: numberIn(row['f:firstDiaSourceMjdTaiFink']) }
})

const contextIn = (row: Row) => contextOf(lsstContext({
  reliability: numberIn(row['r:reliability']),
  templateFlux: numberIn(row['r:templateFlux']),
  extendedness: numberIn(row['r:extendedness']),
  isDipole: flagIn(row['r:isDipole']),
  nDiaSources: null,
  firstDiaSourceMjdTai: null
}))

function addTo (list: PointList, { row, id, isForced, time }: Source): void {
  list.add({
    diaSourceId: id,
    midpointMjdTai: time,
    band: textIn(row['r:band']),
    psfFlux: numberIn(row['r:psfFlux']),
    psfFluxErr: numberIn(row['r:psfFluxErr']),
    visit: numberIn(row['r:visit']),
    timeProcessedMjdTai: numberIn(row['r:timeProcessedMjdTai']),
    timeWithdrawnMjdTai: numberIn(row['r:timeWithdrawnMjdTai']),
    flagged: !isForced && isFlagged(flagsIn(row)),
    reliability: isForced ? null : numberIn(row['r:reliability'])
  }, isForced ? 'forced' : 'detection')
}

function alertOf (object: string, rows: readonly Row[], given: Given): Alert {
  const sources = rows.map(sourceIn)
  const newest = newestFirst(sources)
  const trigger = withTime(newest.find(({ isForced }) => !isForced) ?? newest[0], object)
  const list = new PointList(leastReliability('LSST', given))
  for (const source of sources) addTo(list, source)
  const isBody = object.startsWith(BODY)
  const detections = newest.filter(({ isForced }) => !isForced)
  const context = contextIn(trigger.row)
  return withFink({
    diaObjectId: isBody || object === '' ? null : object,
    diaSourceId: trigger.id ?? madeId(object.replace(' ', '-'), textIn(trigger.row['r:band']), trigger.time),
    midpointMjdTai: trigger.time,
    ...positionIn((detections.length > 0 ? detections : newest).map(({ row }) => row), 'r:ra', 'r:dec'),
    points: list.points,
    omitted: list.omitted,
    host: { redshift: null, redshiftErr: null, mwebv: null },
    solarSystem: isBody,
    ...context && { context },
    readAs: READ_AS
  }, factsIn(trigger.row))
}

export const finkLsstTable: RowDialect = {
  name: 'fink-lsst',
  matches: columns => KNOWN_BY.some(column => columns.has(column)),
  alerts (rows, given) {
    requireColumns(rows, NEEDED)
    return [...byObject(rows, objectOf, 'r:diaObjectId', given.object)].map(([object, own]) => alertOf(object, own, given))
  }
}
