/**
 * SNANA's text form of a light curve, one object a .DAT file (Kessler et al. 2009, arXiv:0908.4280; the SNANA
 * manual, sec. "SNANA data files"): `KEY: value` lines, then `OBS:` rows whose columns `VARLIST:` names.
 */
import { CandelaError } from '../../errors.ts'
import { OBJECT_ID, type HostFacts, type OmittedSource, type PhotometricPoint, type ReadAs } from '../alert.ts'
import { omitted } from '../points/points.ts'
import type { SnanaContext } from './context-columns.ts'
import { fluxOfMagnitude, photometricPoint, snanaPhotometry, type SnanaPhotometry } from './observation.ts'
import { hasSpectroscopicType, TYPE_KEYS, typeLabels, type TypeKey } from './type-labels.ts'

export interface SnanaLightCurve {
  snid: string
  /** Milky Way E(B−V) [mag]; null where not given. */
  mwebv: number | null
  /** Photometric redshift of the host galaxy and its 1σ error; the spectroscopic one where a FITS file has no photometric one; null where not given. */
  photoZ: number | null
  photoZErr: number | null
  /** [deg, ICRS]; 0 where not given. */
  ra: number
  dec: number
  /** In the order of the file. */
  points: PhotometricPoint[]
  /** Noise-free flux of each of `points` [nJy], as the simulation has it (SIM_FLUXCAL, SIM_MAGOBS, SIM_MAG); null where the file does not have them all. */
  noiseFree: number[] | null
  /** Rows that gave no photometric point. */
  omitted: OmittedSource[]
  /** True type of a simulated object, such as 'Ia', 'II', 'IIn', 'Ibc', or a code; null where none is given. */
  type: string | null
  /** All labels of its type in the file, `type` first: names and codes. */
  typeLabels: string[]
  /** Whether a spectrum gave its type (SNTYPE); absent where none did. */
  isSpectroscopic?: true
  /** True redshift and time of peak [d, MJD] of a simulated object. */
  redshift: number | null
  peakMjd: number | null
  /** Kind within the true type (SIM_SUBTYPE), such as 'Ia-91T'; absent where none is given. */
  subtype?: string
  /** Absent where the file says nothing of it, as all but those of Candela's simulator. */
  context?: SnanaContext
  /** Real–bogus score of each of `points` (PHOTPROB), 0 to 1, null for forced photometry; absent where the file has none. */
  realBogus?: Array<number | null>
  /** How its fluxes were read. */
  readAs: ReadAs
}

/** What the classifier may know of the host. */
export const snanaHost = (curve: SnanaLightCurve): HostFacts =>
  ({ redshift: curve.photoZ, redshiftErr: curve.photoZErr, mwebv: curve.mwebv })

function damaged (path: string, line: number, message: string): CandelaError {
  return new CandelaError('snana-damaged', `${path}:${line}: ${message}`, {
    value: path, action: 'Leave this file out, or fetch it again: an SNANA text file of one object is expected.'
  })
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i

/** SNANA writes -9 (and other negative numbers) for "not known" where only positive values make sense. */
export const knownOrNull = (value: number | null | undefined): number | null => value === null || value === undefined || !(value >= 0) ? null : value

/** Where the columns that are read stand in an OBS row, after the key itself. */
interface Columns { count: number, mjd: number, band: number, flux: number, fluxErr: number, noiseFree: number | null }

class SnanaReader {
  readonly path: string
  readonly points: PhotometricPoint[] = []
  readonly omitted: OmittedSource[] = []
  readonly noiseFree: number[] = []
  line = 0
  readonly photometry: SnanaPhotometry
  private columns: Columns | null = null

  /** @param text of the whole file: what holds for its rows may stand behind them */
  constructor (path: string, text: string) {
    this.path = path
    const valueOf = (key: string): string => new RegExp(`^\\s*${key}:[ \\t]+(\\S+)`, 'm').exec(text)?.[1] ?? ''
    this.photometry = snanaPhotometry(Number(valueOf('ZP_FLUXCAL')), valueOf('SURVEY'))
  }

  damaged (message: string): CandelaError {
    return damaged(this.path, this.line, message)
  }

  number (text: string | undefined, what: string): number {
    if (text !== undefined && NUMBER.test(text)) return Number(text)
    if (text !== undefined && NOT_FINITE.test(text)) return Number.NaN
    throw this.damaged(text === undefined ? `${what} is missing` : `${what} is not a number: '${text.slice(0, 30)}'`)
  }

  /** An id that can be stored and asked for over HTTP. */
  objectId (text: string | undefined): string {
    if (text !== undefined && OBJECT_ID.test(text)) return text
    throw this.damaged(text === undefined ? 'SNID is missing' : `SNID is '${text.slice(0, 70)}', but 1 to 64 of A-Z a-z 0-9 _ - are expected`)
  }

  setColumns (names: string[]): void {
    const find = (...known: string[]): number => {
      const at = names.findIndex(name => known.includes(name))
      if (at < 0) throw this.damaged(`VARLIST has no column ${known.join(' or ')}`)
      return at
    }
    const noiseFree = names.findIndex(name => name === 'SIM_MAG' || name === 'SIM_MAGOBS')
    this.columns = { count: names.length, mjd: find('MJD'), band: find('FLT', 'BAND'), flux: find('FLUXCAL'), fluxErr: find('FLUXCALERR'), noiseFree: noiseFree < 0 ? null : noiseFree }
  }

  addObservation (values: string[]): void {
    const columns = this.columns
    if (!columns) throw this.damaged('an OBS row stands before VARLIST')
    if (values.length < columns.count) throw this.damaged(`an OBS row has ${values.length} values, VARLIST names ${columns.count}`)
    const mjd = this.number(values[columns.mjd], 'MJD')
    const flux = this.number(values[columns.flux], 'FLUXCAL')
    const fluxErr = this.number(values[columns.fluxErr], 'FLUXCALERR')
    const filter = values[columns.band]!
    const point = photometricPoint({ mjd, filter, flux, fluxErr }, this.photometry)
    if (typeof point === 'string') {
      this.omitted.push(omitted(null, point, filter))
      return
    }
    this.points.push(point)
    const magnitude = columns.noiseFree === null ? null : knownOrNull(this.number(values[columns.noiseFree], 'SIM_MAG'))
    if (magnitude !== null) this.noiseFree.push(fluxOfMagnitude(magnitude))
  }
}

/** Keys with one number, each under its name in `SnanaLightCurve`; an error after `+-` goes under `photoZErr`. */
const NUMBER_KEYS: Record<string, 'mwebv' | 'photoZ' | 'ra' | 'dec' | 'redshift' | 'peakMjd'> = {
  MWEBV: 'mwebv',
  'HOST_GALAXY_PHOTO-Z': 'photoZ',
  HOSTGAL_PHOTOZ: 'photoZ',
  RA: 'ra',
  DECL: 'dec',
  DEC: 'dec',
  SIM_REDSHIFT: 'redshift',
  SIM_REDSHIFT_CMB: 'redshift',
  SIM_PEAKMJD: 'peakMjd'
}

/**
 * Reads one SNANA text file. MJD is taken as MJD TAI: what SNANA files call MJD differs from it by less than a
 * minute. FLUXCAL (zero point 27.5 mag, or that of ZP_FLUXCAL) becomes nJy. Rows with flux and error both -9, or an
 * error that is not positive, are left out.
 * @param path for messages only
 * @throws CandelaError `snana-damaged`, naming the file and the line
 */
export function parseSnana (text: string, path: string): SnanaLightCurve {
  const reader = new SnanaReader(path, text)
  const numbers: Partial<Record<'mwebv' | 'photoZ' | 'photoZErr' | 'ra' | 'dec' | 'redshift' | 'peakMjd', number>> = {}
  let snid: string | undefined
  let commented: string | null = null
  const typeKeys: Partial<Record<TypeKey, string>> = {}
  let announced: number | null = null
  for (const line of text.split('\n')) {
    reader.line++
    const words = line.trim().split(/\s+/)
    const key = words[0]!
    if (!key.endsWith(':')) continue
    const values = words.slice(1)
    const name = key.slice(0, -1)
    if (name === 'OBS') reader.addObservation(values)
    else if (name === 'VARLIST') reader.setColumns(values)
    else if (name === 'SNID') snid = reader.objectId(values[0])
    else if (name === 'NOBS') announced = reader.number(values[0], 'NOBS')
    else if (name === 'SIM_COMMENT') commented = /SN Type = ([^\s,]+)/.exec(line)?.[1] ?? commented
    else if (name === 'ZP_FLUXCAL') reader.number(values[0], 'ZP_FLUXCAL')
    else if ((TYPE_KEYS as readonly string[]).includes(name)) typeKeys[name as TypeKey] = values[0] ?? ''
    else if (Object.hasOwn(NUMBER_KEYS, name)) {
      const field = NUMBER_KEYS[name]!
      numbers[field] = reader.number(values[0], name)
      if (field === 'photoZ' && values[1] === '+-') numbers.photoZErr = reader.number(values[2], `error of ${name}`)
    }
  }
  if (snid === undefined) throw damaged(path, 1, 'no SNID: this is not an SNANA text file')
  const rows = reader.points.length + reader.omitted.length
  if (announced !== null && rows !== announced) throw reader.damaged(`NOBS is ${announced}, the file has ${rows} OBS rows`)
  const photoZ = knownOrNull(numbers.photoZ)
  const labels = typeLabels(typeKeys, commented)
  return {
    snid,
    mwebv: knownOrNull(numbers.mwebv),
    photoZ,
    photoZErr: photoZ === null ? null : knownOrNull(numbers.photoZErr),
    ra: numbers.ra ?? 0,
    dec: numbers.dec ?? 0,
    points: reader.points,
    noiseFree: reader.points.length > 0 && reader.noiseFree.length === reader.points.length ? reader.noiseFree : null,
    omitted: reader.omitted,
    type: labels[0] ?? null,
    typeLabels: labels,
    ...hasSpectroscopicType(typeKeys) && { isSpectroscopic: true },
    redshift: knownOrNull(numbers.redshift),
    peakMjd: knownOrNull(numbers.peakMjd),
    readAs: reader.photometry.readAs
  }
}
