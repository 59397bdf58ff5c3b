/** Which column of a table is what: by common names, by units, or as the user says. */
import { NJY_PER_FLUXCAL, nJyOfMagnitude, type Band } from '../alert.ts'
import { bandOf } from '../points/bands.ts'
import { CandelaError } from '../../errors.ts'
import { EXAMPLE, TIME_SCALES, type ColumnKey, type FluxUnit, type GivenColumns, type TimeScale } from './given-columns.ts'
import type { TableColumn } from './table.ts'

type Index = number

export interface Columns {
  time: Index
  scale: TimeScale
  /** A column, or the band of all rows. */
  band: Index | { constant: Band }
  /** How names of filters are read: as they are, ZTF's numbers, IRSA's codes of ZTF's filters. */
  bandForm: 'name' | 'fid' | 'filtercode'
  value: FluxColumns | MagnitudeColumns
  object: Index | null
  source: Index | null
  ra: Index | null
  dec: Index | null
  detection: Index | null
  visit: Index | null
  /** IRSA's catflags of ZTF: 32768 and above is bad. */
  catflags: Index | null
}
export interface FluxColumns {
  kind: 'flux'
  flux: Index
  error: Index
  /** nJy of one unit, or the column of zero points. */
  scale: number | { zp: Index }
  unit: string
}
export interface MagnitudeColumns {
  kind: 'magnitude'
  magnitude: Index
  error: Index
  sign: Index | null
  system: Index | { constant: string } | null
  limit: Index | null
  limitSigma: number
}

/** Common names, without case and punctuation, the best first. */
const NAMES = {
  time: ['midpointmjdtai', 'mjdtai', 'mjd', 'mjdutc', 'mjdmid', 'midmjd', 'obsmjd', 'mjdobs', 'obmjd', 'antmjd', 'jd', 'jdutc', 'obsjd', 'jdobs', 'juliandate', 'time', 'obstime', 'timeutc', 'obsdate', 'dateobs', 'date', 'datetime'],
  band: ['band', 'filter', 'filt', 'filtername', 'bandname', 'passband', 'bandpass', 'flt', 'fid', 'filtercode'],
  flux: ['psfflux', 'fluxnjy', 'njy', 'fluxujy', 'ujy', 'fluxmjy', 'mjy', 'fluxcal', 'flux', 'diffflux', 'difflux', 'fluxdiff', 'fluxpsf', 'forcedflux'],
  mag: ['mag', 'magnitude', 'magpsf', 'psfmag', 'magab', 'abmag', 'diffmag', 'magdiff', 'm'],
  zp: ['zp', 'zeropoint', 'zeropt', 'zpt', 'magzp', 'zpmag', 'magzeropoint'],
  magsys: ['magsys', 'zpsys', 'magsystem', 'magnitudesystem', 'photsystem'],
  limit: ['limit', 'limitingmag', 'limitingmagnitude', 'limmag', 'maglim', 'diffmaglim', 'maglimit', 'limitmag', 'mag5sig'],
  sign: ['isdiffpos', 'sign'],
  object: ['diaobjectid', 'objectid', 'object', 'objid', 'oid', 'objectname', 'snid', 'sn', 'name', 'target', 'targetname', 'event', 'ztfid'],
  source: ['diasourceid', 'candid', 'sourceid'],
  ra: ['ra', 'radeg', 'raj2000', 'rightascension', 'meanra'],
  dec: ['dec', 'decl', 'decdeg', 'dej2000', 'decj2000', 'declination', 'meandec'],
  detection: ['detection', 'detected', 'isdetection', 'isdet', 'isdetected'],
  visit: ['visit', 'visitid', 'expid', 'exposureid'],
  catflags: ['catflags']
} as const
type Role = keyof typeof NAMES

/** The light travel time differs by up to eight minutes between the Earth, which dialects have, and the Sun. */
const HELIOCENTRIC = ['hjd', 'bjd', 'bjdtdb', 'hmjd', 'bmjd', 'mjdbary']
const NJY: Readonly<Record<FluxUnit, number>> = { njy: 1, ujy: 1e3, mjy: 1e6, jy: 1e9, fluxcal: NJY_PER_FLUXCAL }
const UNIT_NAMES: Readonly<Record<FluxUnit, string>> = { njy: 'nJy', ujy: 'µJy', mjy: 'mJy', jy: 'Jy', fluxcal: 'FLUXCAL' }
/** Of columns whose name tells the unit. */
const NAMED_UNITS: Readonly<Record<string, FluxUnit>> = { psfflux: 'njy', fluxnjy: 'njy', njy: 'njy', fluxujy: 'ujy', ujy: 'ujy', fluxmjy: 'mjy', mjy: 'mjy', fluxcal: 'fluxcal' }

export const plainName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

/** `1e-6 Jy`, `uJy`, `µJy`, `microJy`. */
function unitOf (unit: string): FluxUnit | undefined {
  const name = unit.toLowerCase().replace(/[µμ]/g, 'u').replace(/\s/g, '').replace('micro', 'u').replace('nano', 'n').replace('milli', 'm').replace(/jansky$/, 'jy')
  const powers: Record<string, FluxUnit> = { '1e-9jy': 'njy', '10**-9jy': 'njy', '10-9jy': 'njy', '1e-6jy': 'ujy', '10**-6jy': 'ujy', '10-6jy': 'ujy', '1e-3jy': 'mjy', '10-3jy': 'mjy' }
  return Object.hasOwn(powers, name) ? powers[name] : name === 'njy' || name === 'ujy' || name === 'mjy' || name === 'jy' ? name : undefined
}

/** Names of the error of a value. */
const errorsOf = (value: string): string[] => [
  ...['err', 'error', 'unc', 'uncert', 'uncertainty', 'sigma', 'sig', 'std', 'stderr'].map(end => value + end), ...['e', 'd', 'err', 'error', 'sigma', 'sig', 'unc', 'delta'].map(begin => begin + value),
  ...value === 'magpsf' ? ['sigmapsf'] : []
]
/** Names of an error that do not say of what. */
const ANY_ERROR = ['err', 'error', 'sigma', 'unc', 'uncertainty']

/** Names of columns that are told. */
const MOST_TOLD = 40

export function unknownColumns (what: string, columns: readonly TableColumn[]): CandelaError {
  const names = columns.map(({ name }) => name.slice(0, 40))
  const told = names.length > MOST_TOLD ? [...names.slice(0, MOST_TOLD), `and ${names.length - MOST_TOLD} more`] : names
  return new CandelaError('table-columns-unknown', `${what}; the columns are ${told.join(', ')}`, {
    value: told.join(', '), action: `Say which is what: --columns ${EXAMPLE}, or ?columns= in a request. docs/alerts.md has all keys and the names that are known.`
  })
}

class Finder {
  readonly columns: readonly TableColumn[]
  readonly #given: GivenColumns
  readonly #plain: readonly string[]

  constructor (columns: readonly TableColumn[], given: GivenColumns) {
    this.columns = columns
    this.#given = given
    this.#plain = columns.map(({ name }) => plainName(name))
  }

  given (key: ColumnKey): string | undefined {
    return this.#given.get(key)
  }

  /** The column of exactly this name, in whatever case where no other has it. */
  named (name: string): Index | null {
    const exact = this.columns.findIndex(column => column.name === name)
    const index = exact >= 0 ? exact : this.columns.findIndex(column => column.name.toLowerCase() === name.toLowerCase())
    return index < 0 ? null : index
  }

  /** @throws CandelaError where the user names a column that is not there */
  wanted (key: ColumnKey): Index | null {
    const name = this.#given.get(key)
    if (name === undefined) return null
    const index = this.named(name)
    if (index === null) throw unknownColumns(`the table has no column '${name.slice(0, 80)}', which ${key} is said to be`, this.columns)
    return index
  }

  /** The first of these names that a column has. @throws CandelaError where several columns have it */
  first (names: readonly string[]): Index | null {
    for (const name of names) {
      const index = this.#plain.indexOf(name)
      if (index < 0) continue
      const other = this.#plain.indexOf(name, index + 1)
      if (other >= 0) throw unknownColumns(`the columns '${this.columns[index]!.name}' and '${this.columns[other]!.name}' have the same name`, this.columns)
      return index
    }
    return null
  }

  role (role: Role): Index | null {
    return (role === 'catflags' ? null : this.wanted(role)) ?? this.first(NAMES[role])
  }

  /** As role, where columns under different names would be different things. */
  only (role: 'band' | 'mag'): Index | null {
    const wanted = this.wanted(role)
    if (wanted !== null) return wanted
    const found = NAMES[role].map(name => this.first([name])).filter(index => index !== null)
    if (found.length < 2) return found[0] ?? null
    throw unknownColumns(`the columns ${found.map(index => `'${this.columns[index]!.name}'`).join(' and ')} may each be the ${role === 'mag' ? 'magnitude' : role}`, this.columns)
  }

  /** The error of a value. */
  errorOf (value: Index, key: 'fluxerr' | 'magerr'): Index | null {
    return this.wanted(key) ?? this.first(errorsOf(this.#plain[value]!)) ?? this.first(errorsOf(key === 'fluxerr' ? 'flux' : 'mag')) ?? this.first(ANY_ERROR)
  }

  plain (index: Index): string {
    return this.#plain[index]!
  }
}

/**
 * @param timeSystem of the whole file, where it says one
 * @throws CandelaError 'table-columns-unknown' where a column that is needed is missing or ambiguous
 */
export function columnsOf (columns: readonly TableColumn[], given: GivenColumns = new Map(), timeSystem = ''): Columns {
  const find = new Finder(columns, given)
  const time = find.role('time')
  const band = bandColumn(find)
  const value = valueColumns(find)
  const missing = [...time === null ? ['time'] : [], ...band === null ? ['band'] : [], ...value === null ? ['flux or mag'] : []]
  if (time === null || band === null || value === null) {
    const sun = find.first(HELIOCENTRIC)
    const about = time === null && sun !== null ? `'${columns[sun]!.name}' is a time at the Sun, which is not taken for one at the Earth unless time names it; ` : ''
    throw unknownColumns(`${about}the table has no column that is known as ${missing.join(' or ')}`, columns)
  }
  return {
    time,
    scale: scaleOf(find.given('timescale') ?? '', find.plain(time), timeSystem),
    band,
    bandForm: typeof band === 'number' && find.given('band') === undefined ? bandFormOf(find.plain(band)) : 'name',
    value,
    object: find.role('object'),
    source: find.role('source'),
    ra: find.role('ra'),
    dec: find.role('dec'),
    detection: find.role('detection'),
    visit: find.role('visit'),
    catflags: find.role('catflags')
  }
}

const isScale = (name: string): name is TimeScale => (TIME_SCALES as readonly string[]).includes(name)

function scaleOf (given: string, name: string, system: string): TimeScale {
  if (isScale(given)) return given
  const named = TIME_SCALES.find(scale => name.endsWith(scale))
  const ofFile = system.toLowerCase()
  return named ?? (isScale(ofFile) ? ofFile : 'utc')
}

const bandFormOf = (name: string): Columns['bandForm'] => name === 'fid' || name === 'filtercode' ? name : 'name'

function bandColumn (find: Finder): Columns['band'] | null {
  const named = find.given('band')
  if (named !== undefined && find.named(named) === null) {
    const constant = bandOf(named)
    if (constant !== null) return { constant }
  }
  return find.only('band')
}

function valueColumns (find: Finder): Columns['value'] | null {
  const mag = find.given('mag') !== undefined || find.given('flux') === undefined ? find.only('mag') : null
  if (find.given('mag') !== undefined) return magnitudeColumns(find, mag!)
  const flux = find.role('flux')
  if (flux === null) return mag === null ? null : magnitudeColumns(find, mag)
  const scale = fluxScale(find, flux)
  if (scale === null && mag !== null && find.given('flux') === undefined) return magnitudeColumns(find, mag)
  if (scale === null) throw unknownColumns(`nothing says the unit of the column '${find.columns[flux]!.name}': fluxunit=njy, ujy, mjy, jy or fluxcal does, or zp=NUMBER`, find.columns)
  const error = find.errorOf(flux, 'fluxerr')
  if (error === null) throw unknownColumns(`the table has no column that is known as the error of '${find.columns[flux]!.name}' (fluxerr)`, find.columns)
  return { kind: 'flux', flux, error, ...scale }
}

function fluxScale (find: Finder, flux: Index): Pick<FluxColumns, 'scale' | 'unit'> | null {
  const inUnit = (unit: FluxUnit) => ({ scale: NJY[unit], unit: UNIT_NAMES[unit] })
  const given = find.given('fluxunit')
  if (given !== undefined) return inUnit(given as FluxUnit)
  const zp = find.given('zp')
  if (zp !== undefined && find.named(zp) === null && Number.isFinite(Number(zp))) return { scale: nJyOfMagnitude(Number(zp)), unit: `flux, zero point ${Number(zp)}` }
  const unit = zp === undefined ? unitOf(find.columns[flux]!.unit) ?? ofName(find.plain(flux)) : undefined
  if (unit !== undefined) return inUnit(unit)
  const column = find.role('zp')
  return column === null ? null : { scale: { zp: column }, unit: 'flux, zero point of each row' }
}

const ofName = (name: string): FluxUnit | undefined => Object.hasOwn(NAMED_UNITS, name) ? NAMED_UNITS[name] : undefined

function magnitudeColumns (find: Finder, magnitude: Index): MagnitudeColumns {
  const error = find.errorOf(magnitude, 'magerr')
  if (error === null) throw unknownColumns(`the table has no column that is known as the error of '${find.columns[magnitude]!.name}' (magerr)`, find.columns)
  const system = find.given('magsys')
  return {
    kind: 'magnitude',
    magnitude,
    error,
    sign: find.role('sign'),
    system: system !== undefined && find.named(system) === null ? { constant: system } : find.role('magsys'),
    limit: find.role('limit'),
    limitSigma: Number(find.given('limitsigma') ?? 5)
  }
}
