/** SNANA text light curves written again as a HEAD/PHOT.FITS pair, with SNANA's own column forms. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { fitsFile, type WrittenColumn } from '../fits/write-fits.ts'

type Cell = string | number

export interface PairOptions {
  gzip?: boolean
  /** Header key of HEAD; null for none. */
  photFile?: string | null
  /** Changes columns before they are written. */
  change?: (head: WrittenColumn[], phot: WrittenColumn[]) => void
}

const value = (text: string, key: string): string => new RegExp(`^${key}:\\s*(\\S+)`, 'm').exec(text)?.[1] ?? '-9'

/** Writes PREFIX_HEAD.FITS and PREFIX_PHOT.FITS (.gz) into the folder; returns HEAD's path. */
export function writePair (folder: string, prefix: string, texts: readonly string[], { gzip = false, photFile = `${prefix}_PHOT.FITS`, change }: PairOptions = {}): string {
  const observations: Cell[][] = []
  const objects = texts.map((text): Cell[] => {
    const rows = [...text.matchAll(/^OBS:\s+(.*)$/gm)].map(([, row]) => row!.trim().split(/\s+/))
    const first = observations.length + 1
    observations.push(...rows.map(([mjd, filter, , flux, error]): Cell[] => [Number(mjd), filter!, Number(flux), Number(error)]), [-777, '-', -777, -777])
    const photoZ = /PHOTO-Z:\s*(\S+) \+- (\S+)/.exec(text) ?? []
    return [value(text, 'SNID'), Number(value(text, 'RA')), Number(value(text, 'DECL')), -9, rows.length, first, first + rows.length - 1, Number(value(text, 'MWEBV')),
      Number(photoZ[1] ?? -9), Number(photoZ[2] ?? -9), /SN Type = (\w+)/.exec(text)?.[1] ?? '', Number(value(text, 'SIM_REDSHIFT')), Number(value(text, 'SIM_PEAKMJD'))]
  })
  const columns = (described: Array<[string, string]>, rows: Cell[][]): WrittenColumn[] =>
    described.map(([name, form], k) => ({ name, form, values: rows.map(row => row[k]!) }))
  const head = columns([['SNID', '16A'], ['RA', '1D'], ['DEC', '1D'], ['SNTYPE', '1J'], ['NOBS', '1J'], ['PTROBS_MIN', '1J'], ['PTROBS_MAX', '1J'], ['MWEBV', '1E'],
    ['HOSTGAL_PHOTOZ', '1E'], ['HOSTGAL_PHOTOZ_ERR', '1E'], ['SIM_TYPE_NAME', '8A'], ['SIM_REDSHIFT_CMB', '1E'], ['SIM_PEAKMJD', '1E']], objects)
  const phot = columns([['MJD', '1D'], ['BAND', '2A'], ['FLUXCAL', '1E'], ['FLUXCALERR', '1E']], observations)
  change?.(head, phot)
  const put = (name: string, bytes: Buffer): string => {
    const path = join(folder, gzip ? `${name}.gz` : name)
    writeFileSync(path, gzip ? gzipSync(bytes) : bytes)
    return path
  }
  put(`${prefix}_PHOT.FITS`, fitsFile(phot))
  return put(`${prefix}_HEAD.FITS`, fitsFile(head, { primary: photFile === null ? [] : [['PHOTFILE', photFile]] }))
}
