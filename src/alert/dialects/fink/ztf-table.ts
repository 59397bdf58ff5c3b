/**
 * The tables of Fink's service for ZTF, /api/v1/objects, in JSON, CSV or another form of table: an exposure a row, `i:`
 * ZTF's columns, `d:` and `v:` Fink's. `d:tag`, where upper limits were asked for, tells measurements (valid), upper limits
 * (upperlim) and measurements that failed Fink's cuts (badquality); the rows of the last two have no candid and numbers as
 * texts. Each object gives one alert, triggered by its newest measurement.
 */
import type { Alert } from '../../alert.ts'
import type { Row, RowDialect } from '../../dialect.ts'
import type { Given } from '../../given.ts'
import { contextOf } from '../../context/known-context.ts'
import { madeId } from '../../points/made-id.ts'
import { omitted } from '../../points/points.ts'
import { idIn, numberIn, textIn } from '../cells.ts'
import type { FinkMatches } from './context.ts'
import { byObject, newestFirst, positionIn, requireColumns, withTime } from './table.ts'
import { withFinkClasses, READ_AS } from './ztf.ts'
import { ztfContext } from '../ztf-context.ts'
import { bandOfFid, isSolarSystem, lightCurve, midpoint, type Candidate } from '../ztf.ts'

const KNOWN_BY = ['i:objectId', 'i:candid', 'i:jd', 'i:magpsf']
const NEEDED = ['i:jd', 'i:fid', 'i:magpsf', 'i:sigmapsf', 'i:isdiffpos']

const NUMBERS = ['jd', 'fid', 'pid', 'magpsf', 'sigmapsf', 'diffmaglim', 'nbad', 'rb', 'drb', 'ra', 'dec', 'ssdistnr', 'ndethist', 'jdstarthist', 'sgscore1', 'distpsnr1'] as const

interface Exposure {
  row: Row
  candidate: Candidate
  /** A measurement that failed Fink's cuts. */
  isBad: boolean
  isLimit: boolean
  /** [d, MJD TAI] */
  time: number | null
}

function exposureIn (row: Row): Exposure {
  const numbers = Object.fromEntries(NUMBERS.map(name => [name, numberIn(row[`i:${name}`])])) as Record<typeof NUMBERS[number], number | null>
  const candid = idIn(row['i:candid'])
  const tag = textIn(row['d:tag'])
  const isLimit = tag === 'upperlim' || numbers.magpsf === null
  const candidate = {
    ...numbers, magpsf: isLimit ? null : numbers.magpsf, candid: candid === null ? null : BigInt(candid), isdiffpos: textIn(row['i:isdiffpos']), ssnamenr: textIn(row['i:ssnamenr'])
  }
  return { row, candidate, isBad: tag === 'badquality', isLimit, time: midpoint(numbers.jd) }
}

const matchesIn = (row: Row): FinkMatches => ({
  simbad: textIn(row['d:cdsxmatch']),
  gaiaName: textIn(row['d:DR3Name']),
  gaiaClass: textIn(row['d:gaiaClass']),
  gaiaVariable: numberIn(row['d:gaiaVarFlag']),
  parallax: numberIn(row['d:Plx']),
  parallaxErr: numberIn(row['d:e_Plx']),
  vsx: textIn(row['d:vsx']),
  gcvs: textIn(row['d:gcvs']),
  spicy: textIn(row['d:spicy_class']),
  x3hsp: textIn(row['d:x3hsp']),
  x4lac: textIn(row['d:x4lac']),
  galaxy: textIn(row['d:mangrove_HyperLEDA_name']),
  galaxy2mass: textIn(row['d:mangrove_2MASS_name']),
  tnsType: textIn(row['d:tns']),
  label: textIn(row['v:classification'])
})

function alertOf (object: string, rows: readonly Row[], given: Given): Alert {
  const exposures = rows.map(exposureIn)
  const newest = newestFirst(exposures)
  const measured = newest.filter(({ isBad, isLimit }) => !isBad && !isLimit)
  const { row, candidate, time } = withTime(measured[0] ?? newest[0], object)
  const list = lightCurve(exposures.filter(({ isBad }) => !isBad).map(({ candidate }) => candidate), [], time, given)
  for (const { candidate } of exposures.filter(({ isBad }) => isBad)) list.omitted.push(omitted(candidate.candid?.toString() ?? null, 'quality-flags', null))
  const { rb, drb, ndethist, jdstarthist, sgscore1, distpsnr1 } = candidate
  const context = contextOf(ztfContext({ rb, drb, ndethist, firstDetectionMjdTai: midpoint(jdstarthist), sgscore1, distpsnr1 }))
  return withFinkClasses({
    diaObjectId: object || null,
    diaSourceId: candidate.candid?.toString() ?? madeId(object, bandOfFid(candidate.fid), time),
    midpointMjdTai: time,
    ...positionIn(newest.map(({ row }) => row), 'i:ra', 'i:dec'),
    points: list.points,
    omitted: list.omitted,
    host: { redshift: null, redshiftErr: null, mwebv: null },
    solarSystem: isSolarSystem(candidate),
    ...context && { context },
    readAs: READ_AS
  }, matchesIn(row))
}

export const finkZtfTable: RowDialect = {
  name: 'fink-ztf',
  matches: columns => KNOWN_BY.some(column => columns.has(column)),
  alerts (rows, given) {
    requireColumns(rows, NEEDED)
    return [...byObject(rows, row => textIn(row['i:objectId']), 'i:objectId', given.object)].map(([object, own]) => alertOf(object, own, given))
  }
}
