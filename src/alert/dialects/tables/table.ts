/**
 * Any table with one photometric point a row, whose columns are known by common names or by what the user says.
 * Fluxes are those of difference images, magnitudes are AB, and the time is the middle of the exposure.
 */
import { nJyOfMagnitude, type Alert, type PhotometricPoint, type ReadAs } from '../../alert.ts'
import { ZTF_FILTERS } from '../../points/bands.ts'
import { CandelaError } from '../../../errors.ts'
import type { TableDialect } from '../../dialect.ts'
import type { Given } from '../../given.ts'
import type { SourceFields } from '../../points/points.ts'
import { JD_OF_MJD_ZERO, MJD_OF_UNIX_EPOCH, SECONDS_PER_DAY, taiMinusUtc, TT_MINUS_TAI } from '../../time.ts'
import { turns } from '../../turns.ts'
import { columnsOf, type Columns, type FluxColumns, type MagnitudeColumns } from '../../table/columns.ts'
import type { TimeScale } from '../../table/given-columns.ts'
import { givenObject, LightCurves, objectIdOf, positionOf } from '../../table/light-curves.ts'
import { invalid, numberOf, type Table, type TableColumn } from '../../table/table.ts'

type Cells = readonly string[]

function matches (columns: readonly TableColumn[], given: Given): boolean {
  try {
    columnsOf(columns, given.columns)
    return true
  } catch (error) {
    if (error instanceof CandelaError) return false
    throw error
  }
}

/** Times from here on are Julian dates: as MJD they lie beyond the year 4596. */
const LEAST_JD = 1e6
const ISO = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?(Z|\+00:?00)?$/
/** SNANA ends each object of a PHOT table with it. */
const END_OF_OBJECT = -777

/** @returns [d, MJD TAI]; null where there is none */
function timeOf (cell: string | undefined, scale: TimeScale): number | null {
  const number = numberOf(cell)
  const mjd = number === null ? null : Number.isNaN(number) ? isoTime(cell!) : number >= LEAST_JD ? number - JD_OF_MJD_ZERO : number
  if (mjd === null || scale === 'tai') return mjd
  return mjd + (scale === 'utc' ? taiMinusUtc(mjd) : -TT_MINUS_TAI) / SECONDS_PER_DAY
}

function isoTime (cell: string): number | null {
  if (!ISO.test(cell)) return null
  const whole = cell.replace(' ', 'T').replace(/(Z|\+00:?00)$/, '')
  const ms = Date.parse(whole.length === 10 ? whole : `${whole.length === 16 ? `${whole}:00` : whole}Z`)
  return Number.isNaN(ms) ? null : ms / 1000 / SECONDS_PER_DAY + MJD_OF_UNIX_EPOCH
}

/** IRSA's codes of ZTF's filters. */
const FILTER_CODES: Readonly<Record<string, string>> = { zg: 'ztfg', zr: 'ztfr', zi: 'ztfi' }

function bandName (row: Cells, { band, bandForm }: Columns): string | null {
  if (typeof band !== 'number') return band.constant
  const name = row[band] ?? ''
  if (name === '') return null
  if (bandForm === 'fid') return ZTF_FILTERS[Number(name)] ?? `fid ${name}`
  return (bandForm === 'filtercode' && Object.hasOwn(FILTER_CODES, name) ? FILTER_CODES[name] : undefined) ?? name
}

interface Value { psfFlux: number | null, psfFluxErr: number | null, isLimit: boolean }

function fluxOf (row: Cells, { flux, error, scale }: FluxColumns): Value {
  const zeroPoint = typeof scale === 'number' ? null : numberOf(row[scale.zp])
  const factor = typeof scale === 'number' ? scale : zeroPoint === null ? null : nJyOfMagnitude(zeroPoint)
  const inNJy = (index: number): number | null => {
    const value = numberOf(row[index])
    return value === null || factor === null ? null : value * factor
  }
  return { psfFlux: inNJy(flux), psfFluxErr: inNJy(error), isLimit: false }
}

const NEGATIVE = /^(f|false|0|-1|-|n|no)$/i
/** d(flux)/flux of d(mag): ln(10)/2.5. */
const RELATIVE_PER_MAGNITUDE = Math.LN10 / 2.5
/** Magnitudes beyond these stand for "not known": 99, -999. */
const isMagnitude = (value: number | null): value is number => value !== null && value > -30 && value < 60

function magnitudeFlux (row: Cells, { magnitude, error, sign, limit, limitSigma }: MagnitudeColumns): Value {
  const value = numberOf(row[magnitude])
  const deviation = numberOf(row[error])
  const most = limit === null ? null : numberOf(row[limit])
  // Without an error a magnitude is a limit, where the limit is not said elsewhere.
  if (!isMagnitude(value) && isMagnitude(most)) return { psfFlux: 0, psfFluxErr: nJyOfMagnitude(most) / limitSigma, isLimit: true }
  if (value !== null && Number.isNaN(value)) return { psfFlux: Number.NaN, psfFluxErr: null, isLimit: false }
  if (!isMagnitude(value)) return { psfFlux: null, psfFluxErr: null, isLimit: false }
  const flux = nJyOfMagnitude(value)
  const isNegative = sign !== null && NEGATIVE.test(row[sign] ?? '')
  return { psfFlux: isNegative ? -flux : flux, psfFluxErr: deviation === null || deviation < 0 || deviation > 9 ? null : flux * RELATIVE_PER_MAGNITUDE * deviation, isLimit: false }
}

const AB = /^(ab|abmag|ab mag|sdss|ps1|)$/i

/** @returns the system where it is not AB */
function otherSystem (row: Cells, { system }: MagnitudeColumns): string | null {
  const name = system === null ? '' : typeof system === 'number' ? row[system] ?? '' : system.constant
  return AB.test(name.trim()) ? null : name.trim()
}

const YES = /^(1|1\.0+|t|true|y|yes|detection)$/i
/** IRSA's catflags: the bits of bad photometry. */
const BAD_CATFLAGS = 32768

function kindOf (row: Cells, { detection, value }: Columns, isLimit: boolean): PhotometricPoint['kind'] | null {
  if (isLimit) return 'forced'
  if (detection !== null) return YES.test(row[detection] ?? '') ? 'detection' : 'forced'
  return value.kind === 'magnitude' ? 'detection' : null
}

function sourceOf (row: Cells, columns: Columns): { source: SourceFields, kind: PhotometricPoint['kind'] | null } {
  const { value, scale, time, source, visit, catflags } = columns
  const { isLimit, ...flux } = value.kind === 'flux' ? fluxOf(row, value) : magnitudeFlux(row, value)
  const other = value.kind === 'magnitude' ? otherSystem(row, value) : null
  const band = bandName(row, columns)
  return {
    source: {
      diaSourceId: source === null || !/^[^\s]{1,64}$/.test(row[source] ?? '') ? null : row[source]!,
      midpointMjdTai: timeOf(row[time], scale),
      // The zero points of other systems depend on the filter: Candela does not make them.
      band: other === null || band === null ? band : `${band} (${other})`,
      ...flux,
      visit: visit === null ? null : numberOf(row[visit]),
      timeProcessedMjdTai: null,
      timeWithdrawnMjdTai: null,
      flagged: catflags !== null && (numberOf(row[catflags]) ?? 0) >= BAD_CATFLAGS
    },
    kind: kindOf(row, columns, isLimit)
  }
}

async function alerts (table: Table, given: Given): Promise<readonly Alert[]> {
  const columns = columnsOf(table.columns, given.columns, timeSystemOf(table.comments))
  requireNumbers(table, columns)
  const curves = new LightCurves(given)
  const objectOf = objectsOf(table, columns, given)
  const turn = turns()
  for (const [k, row] of table.rows.entries()) {
    const { source, kind } = sourceOf(row, columns)
    const at = (index: number | null): number | null => index === null ? null : numberOf(row[index])
    curves.add(objectOf(row, k), source, kind, positionOf(at(columns.ra), at(columns.dec)))
    const pause = turn()
    if (pause) await pause
  }
  return curves.alerts(readAs(columns))
}

const timeSystemOf = (comments: readonly string[]): string => comments.map(comment => /^TIMESYS\s*[:=]\s*'?(\w+)/i.exec(comment)?.[1]).find(system => system !== undefined) ?? ''

function readAs ({ value }: Columns): ReadAs {
  return { dialect: 'table', fluxUnit: value.kind === 'magnitude' ? 'AB magnitudes' : value.unit }
}

/** The id of each row's object. @throws CandelaError from the function where two names become one id */
function objectsOf (table: Table, { object }: Columns, given: Given): (row: Cells, index: number) => string {
  if (object === null) {
    const id = givenObject(given)
    return () => id
  }
  const names = new Map<string, string>()
  return (row, index) => {
    const name = row[object] ?? ''
    const id = objectIdOf(name)
    const where = table.placeOf(index)
    if (id === '') throw invalid(`${where}: no object is named in the column '${table.columns[object]!.name}'`, name)
    const known = names.get(id)
    if (known === undefined) names.set(id, name)
    else if (known !== name) throw invalid(`${where}: the objects '${known}' and '${name}' would have the same id '${id}'`, name, 'An id has 1 to 64 of A-Z a-z 0-9 _ -: name them apart by these.')
    return id
  }
}

/** A column that is none of numbers is another one than it was taken for. */
function requireNumbers (table: Table, { time, value }: Columns): void {
  if (table.rows.length === 0) throw invalid('the table has no row')
  const needed: Array<[number, (cell: string) => boolean]> = value.kind === 'flux' ? [[value.flux, isNumber], [value.error, isNumber]] : [[value.magnitude, isNumber], [value.error, isNumber]]
  for (const [index, isRight] of [[time, (cell: string) => isNumber(cell) || ISO.test(cell)], ...needed] as Array<[number, (cell: string) => boolean]>) {
    const filled = table.rows.findIndex(row => numberOf(row[index]) !== null)
    if (filled < 0 || table.rows.some(row => isRight(row[index]!))) continue
    const cell = table.rows[filled]![index]!
    throw invalid(`${table.placeOf(filled)}: the column '${table.columns[index]!.name}' has no ${index === time ? 'time (MJD, JD or ISO 8601)' : 'number'} in any row, but ${JSON.stringify(cell.slice(0, 40))}`, cell, 'Say which column it is: --columns KEY=NAME, see docs/alerts.md.')
  }
  if (table.rows.some(row => numberOf(row[time]) === END_OF_OBJECT)) {
    throw invalid(`the table has rows with the time ${END_OF_OBJECT}: it is the photometry of several objects in SNANA's FITS form`, END_OF_OBJECT, 'Read it through its HEAD file, which says what belongs to which object.')
  }
}

function isNumber (cell: string): boolean {
  const value = numberOf(cell)
  return value !== null && !Number.isNaN(value)
}

export const table: TableDialect = { name: 'table', matches, alerts }
