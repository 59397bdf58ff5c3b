/** What a user says of the columns of a table: `time=mjd,band=filter,mag=m,magerr=dm,timescale=utc`. */
import { CandelaError } from '../../errors.ts'

/** What a column may be said to be, in words. */
export const COLUMN_KEYS = {
  time: 'time of the middle of the exposure: MJD, JD or ISO 8601',
  timescale: 'utc (where nothing says another), tai, tt, tdb',
  band: 'name of the filter; a band of u g r i z y where no column has this name',
  flux: 'flux of the difference image',
  fluxerr: 'its 1σ error',
  fluxunit: 'njy, ujy, mjy, jy, fluxcal',
  zp: 'AB magnitude of one unit of flux: a number, or a column',
  mag: 'AB magnitude',
  magerr: 'its 1σ error',
  magsys: 'magnitude system: ab, vega or a column',
  limit: 'limiting magnitude where there is no flux',
  limitsigma: 'a number: how many σ the limit has (5)',
  sign: 'whether a magnitude is of a positive (1, t, +) or negative (0, f, -1, -) difference',
  object: 'id of the object',
  source: 'id of the source',
  ra: 'right ascension [deg]',
  dec: 'declination [deg]',
  detection: 'whether a row is a detection (1, t, true, yes) or forced photometry',
  visit: 'number of the exposure'
} as const
export type ColumnKey = keyof typeof COLUMN_KEYS
export type GivenColumns = ReadonlyMap<ColumnKey, string>

export const TIME_SCALES = ['utc', 'tai', 'tt', 'tdb'] as const
export type TimeScale = typeof TIME_SCALES[number]
export const FLUX_UNITS = ['njy', 'ujy', 'mjy', 'jy', 'fluxcal'] as const
export type FluxUnit = typeof FLUX_UNITS[number]

export const EXAMPLE = 'time=mjd,band=filter,mag=m,magerr=dm,timescale=utc'

const CLOSED: Partial<Record<ColumnKey, readonly string[]>> = { timescale: TIME_SCALES, fluxunit: FLUX_UNITS }
const LONGEST = 4096

const wrong = (message: string, value: string): CandelaError => new CandelaError('columns-invalid', message, {
  value, action: `Write KEY=COLUMN with commas in between, as ${EXAMPLE}. Keys are ${Object.keys(COLUMN_KEYS).join(', ')}.`
})

const isKey = (key: string): key is ColumnKey => Object.hasOwn(COLUMN_KEYS, key)

/** @throws CandelaError 'columns-invalid' */
export function parseColumns (text: string): GivenColumns {
  if (text.length > LONGEST) throw wrong(`the columns have more than ${LONGEST} characters`, text.slice(0, 40))
  const given = new Map<ColumnKey, string>()
  for (const part of text.split(',')) {
    const at = part.indexOf('=')
    const [key, value] = [part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()]
    if (at < 0 || value === '') throw wrong(`'${part.trim().slice(0, 80)}' names no column`, part)
    if (!isKey(key)) throw wrong(`'${key.slice(0, 80)}' is nothing that a column can be`, key)
    if (given.has(key)) throw wrong(`'${key}' is given twice`, key)
    const closed = CLOSED[key]
    if (closed && !closed.includes(value.toLowerCase())) throw wrong(`${key} is '${value.slice(0, 80)}', expected one of ${closed.join(', ')}`, value)
    if (key === 'limitsigma' && !(Number(value) > 0)) throw wrong(`limitsigma is '${value.slice(0, 80)}', expected a number above 0`, value)
    given.set(key, closed ? value.toLowerCase() : value)
  }
  return given
}
