/**
 * SNANA's binary form of light curves (the SNANA manual, sec. "FITS format"): <PREFIX>_HEAD.FITS holds one row an
 * object, <PREFIX>_PHOT.FITS one row an observation, both possibly gzipped. PTROBS_MIN and PTROBS_MAX of HEAD are the
 * first and last row of the object in PHOT, counted from 1; a row with MJD -777 ends each object.
 */
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { CandelaError, reasonIn } from '../../errors.ts'
import { OBJECT_ID, type OmittedSource, type PhotometricPoint } from '../alert.ts'
import { numberIn, textIn, type FitsColumn } from '../fits/columns.ts'
import { fitsDamaged, FitsTable } from '../fits/table.ts'
import { omitted as omittedRow } from '../points/points.ts'
import { contextColumns, contextIn, saysScores, scoreIn, type ContextColumns } from './context-columns.ts'
import { fluxOfMagnitude, photometricPoint, snanaPhotometry, type SnanaPhotometry } from './observation.ts'
import { knownOrNull, type SnanaLightCurve } from './snana.ts'
import { hasSpectroscopicType, TYPE_KEYS, typeLabels } from './type-labels.ts'

/** Names of HEAD and PHOT files. */
const HEAD_FILE = /HEAD\.FITS(\.gz)?$/i
export const PHOT_FILE = /PHOT\.FITS(\.gz)?$/i

export type FitsLightCurve =
  | { path: string, curve: SnanaLightCurve }
  | { path: string, error: CandelaError }

/** What SNANA writes where it has no value. */
const NO_VALUE = new Set([-9, -99, -999])
const END_OF_OBJECT = -777

const swapped = (name: string, from: string, to: string): string =>
  name.replace(new RegExp(`${from}(?=\\.fits)`, 'i'), found => found === found.toLowerCase() ? to.toLowerCase() : to)

/** The file itself, or its gzipped or plain form, whichever is there. */
const there = (path: string): string | undefined =>
  [path, `${path}.gz`, path.replace(/\.gz$/i, '')].find(form => existsSync(form))

/** Whether a HEAD file is beside a PHOT file: by its name, or one that names it. */
export async function hasHeadFile (phot: string): Promise<boolean> {
  const folder = dirname(phot)
  if (there(join(folder, swapped(basename(phot), 'PHOT', 'HEAD'))) !== undefined) return true
  for (const name of await readdir(folder)) {
    if (HEAD_FILE.test(name) && await photFileNamedBy(join(folder, name)) === phot) return true
  }
  return false
}

async function photFileNamedBy (headFile: string): Promise<string | undefined> {
  let head: FitsTable | undefined
  try {
    head = await FitsTable.open(headFile)
    return photFileOf(head)
  } catch (error) {
    // Whoever reads the HEAD file says what is wrong with it.
    if (error instanceof CandelaError) return undefined
    throw error
  } finally {
    await head?.close()
  }
}

/** The PHOT file of a HEAD file: the one that PHOTFILE names, or HEAD's name with PHOT in it, in the same folder. */
function photFileOf (head: FitsTable): string {
  const named = head.keyword('PHOTFILE')
  const names = [...typeof named === 'string' && named !== '' ? [basename(named)] : [], swapped(basename(head.path), 'HEAD', 'PHOT')]
  const found = names.filter(name => name !== basename(head.path)).map(name => there(join(dirname(head.path), name))).find(path => path !== undefined)
  if (found !== undefined) return found
  throw new CandelaError('phot-file-missing', `${head.path}: its photometry, ${names.join(' or ')}, is not beside it`, {
    value: names[0], action: 'Put the PHOT file into the folder of the HEAD file.'
  })
}

/** Values of one HEAD row, by the columns that are there. */
class HeadRow {
  readonly #table: FitsTable
  readonly #row: Buffer
  readonly #where: string

  constructor (table: FitsTable, row: Buffer, where: string) {
    this.#table = table
    this.#row = row
    this.#where = where
  }

  damaged (message: string): CandelaError {
    return new CandelaError('snana-damaged', `${this.#where}: ${message}`, {
      value: this.#table.path, action: 'Leave this object out, or write the HEAD and PHOT files again with SNANA.'
    })
  }

  number (...names: string[]): number | null {
    const column = this.#table.column(...names)
    const value = column && numberIn(column, this.#row)
    return value === null || NO_VALUE.has(value) ? null : value
  }

  context (columns: ContextColumns, photometry: SnanaPhotometry): Pick<SnanaLightCurve, 'context'> {
    const context = contextIn(columns, this.#row, photometry)
    return context === undefined ? {} : { context }
  }

  text (name: string): string {
    const column = this.#table.column(name)
    return column ? textIn(column, this.#row) : ''
  }

  objectId (): string {
    const snid = this.text('SNID')
    if (OBJECT_ID.test(snid)) return snid
    throw this.damaged(`SNID is '${snid.slice(0, 70)}', but 1 to 64 of A-Z a-z 0-9 _ - are expected`)
  }

  /** First row in PHOT, counted from 0, and the number of rows. */
  range (phot: FitsTable): { first: number, count: number } {
    const [first, last] = [this.number('PTROBS_MIN'), this.number('PTROBS_MAX')]
    const observations = this.number('NOBS')
    if (observations === 0) return { first: phot.next, count: 0 }
    if (first === null || last === null || !Number.isInteger(first) || !Number.isInteger(last) || first < 1 || last < first || last > phot.rows) {
      throw this.damaged(`PTROBS_MIN and PTROBS_MAX are ${first} and ${last}, but rows from 1 to ${phot.rows} are expected`)
    }
    const count = last - first + 1
    if (observations !== null && observations !== count) throw this.damaged(`NOBS is ${observations}, PTROBS_MIN and PTROBS_MAX name ${count} rows`)
    if (count > phot.mostRows) throw this.damaged(`${count} observations of one object, at most ${phot.mostRows} are read`)
    if (first - 1 < phot.next) throw this.damaged(`PTROBS_MIN is ${first}, but row ${phot.next} has been read already: sort HEAD by PTROBS_MIN`)
    return { first: first - 1, count }
  }
}

interface PairColumns { mjd: FitsColumn, band: FitsColumn, flux: FitsColumn, fluxErr: FitsColumn, noiseFree: FitsColumn | null, score: FitsColumn | null, context: ContextColumns }

function photometryOf (head: FitsTable, row: HeadRow): SnanaPhotometry {
  const [zeroPoint, survey] = [head.keyword('ZP_FLUXCAL'), head.keyword('SURVEY')]
  return snanaPhotometry(row.number('ZP_FLUXCAL') ?? (typeof zeroPoint === 'number' ? zeroPoint : null), typeof survey === 'string' ? survey : '')
}

/** [nJy]; SIM_FLUXCAL has a sign, a magnitude has none. */
function noiseFreeFlux (column: FitsColumn, row: Buffer, { scale }: SnanaPhotometry): number | null {
  const value = numberIn(column, row)
  if (column.name === 'SIM_FLUXCAL') return value === null ? null : value * scale
  const magnitude = knownOrNull(value)
  return magnitude === null ? null : fluxOfMagnitude(magnitude)
}

function lightCurve (head: FitsTable, row: HeadRow, observations: readonly Buffer[], columns: PairColumns): SnanaLightCurve {
  const snid = row.objectId()
  const photometry = photometryOf(head, row)
  const points: PhotometricPoint[] = []
  const omitted: OmittedSource[] = []
  const noiseFree: number[] = []
  const realBogus: Array<number | null> = []
  observations.forEach((observation, k) => {
    const mjd = numberIn(columns.mjd, observation) ?? Number.NaN
    if (mjd === END_OF_OBJECT) throw row.damaged(`observation ${k + 1} of ${observations.length} is the end of an object (MJD -777): PTROBS_MIN or PTROBS_MAX is wrong`)
    const filter = textIn(columns.band, observation)
    const point = photometricPoint({
      mjd,
      filter,
      flux: numberIn(columns.flux, observation) ?? Number.NaN,
      fluxErr: numberIn(columns.fluxErr, observation) ?? Number.NaN
    }, photometry)
    if (typeof point === 'string') {
      omitted.push(omittedRow(null, point, filter))
      return
    }
    points.push(point)
    const trueFlux = columns.noiseFree && noiseFreeFlux(columns.noiseFree, observation, photometry)
    if (trueFlux !== null) noiseFree.push(trueFlux)
    if (columns.score) realBogus.push(scoreIn(columns.score, observation))
  })
  const photoZ = knownOrNull(row.number('HOSTGAL_PHOTOZ'))
  const host = photoZ === null ? 'HOSTGAL_SPECZ' : 'HOSTGAL_PHOTOZ'
  const redshift = photoZ ?? knownOrNull(row.number(host))
  const subtype = row.text('SIM_SUBTYPE')
  const typeKeys = Object.fromEntries(TYPE_KEYS.map(key => [key, row.text(key)]))
  const labels = typeLabels(typeKeys)
  return {
    snid,
    mwebv: knownOrNull(row.number('MWEBV')),
    photoZ: redshift,
    photoZErr: redshift === null ? null : knownOrNull(row.number(`${host}_ERR`)),
    ra: row.number('RA') ?? 0,
    dec: row.number('DEC', 'DECL') ?? 0,
    points,
    noiseFree: points.length > 0 && noiseFree.length === points.length ? noiseFree : null,
    omitted,
    type: labels[0] ?? null,
    typeLabels: labels,
    ...hasSpectroscopicType(typeKeys) && { isSpectroscopic: true },
    redshift: knownOrNull(row.number('SIM_REDSHIFT_CMB', 'SIM_REDSHIFT_HELIO')),
    peakMjd: knownOrNull(row.number('SIM_PEAKMJD')),
    ...subtype !== '' && { subtype },
    ...row.context(columns.context, photometry),
    ...saysScores(realBogus) && { realBogus },
    readAs: photometry.readAs
  }
}

/**
 * The light curves of a HEAD file in its order; at most one object's observations are in memory. An object that
 * cannot be read is given as an error that names the file and the row; a file that is damaged ends the pair.
 */
export async function * readFitsLightCurves (headFile: string): AsyncGenerator<FitsLightCurve> {
  let head: FitsTable | undefined
  let phot: FitsTable | undefined
  try {
    head = await FitsTable.open(headFile)
    for (const name of ['SNID', 'PTROBS_MIN', 'PTROBS_MAX']) head.needed(name)
    phot = await FitsTable.open(photFileOf(head))
    yield * pairedLightCurves(head, phot)
  } catch (error) {
    if (!(error instanceof CandelaError)) throw error
    yield { path: headFile, error }
  } finally {
    await head?.close()
    await phot?.close()
  }
}

/** @throws CandelaError where one of the files cannot be read on */
async function * pairedLightCurves (head: FitsTable, phot: FitsTable): AsyncGenerator<FitsLightCurve> {
  const columns: PairColumns = {
    mjd: phot.needed('MJD'),
    band: phot.needed('BAND', 'FLT'),
    flux: phot.needed('FLUXCAL'),
    fluxErr: phot.needed('FLUXCALERR'),
    noiseFree: phot.column('SIM_FLUXCAL', 'SIM_MAGOBS', 'SIM_MAG'),
    score: phot.column('PHOTPROB'),
    context: contextColumns(head)
  }
  for (let k = 0; k < head.rows; k++) {
    const path = `${head.path}: row ${k + 1}`
    const [bytes] = await head.read(k, 1)
    const row = new HeadRow(head, bytes!, path)
    let range
    try {
      range = row.range(phot)
    } catch (error) {
      if (!(error instanceof CandelaError)) throw error
      yield { path, error }
      continue
    }
    const observations = await phot.read(range.first, range.count)
      .catch((cause: unknown) => { throw fitsDamaged(phot.path, `the photometry of ${path} and of all later rows cannot be read: ${reasonIn(cause)}`, cause) })
    let read: FitsLightCurve
    try {
      read = { path, curve: lightCurve(head, row, observations, columns) }
    } catch (error) {
      if (!(error instanceof CandelaError)) throw error
      read = { path, error }
    }
    yield read
  }
}
