/** The noise-free light curve of a simulated supernova, from an SNANA file that carries SIM_MAG. */
import { BANDS, NJY_PER_FLUXCAL, type Band } from '../alert/alert.ts'
import { parseSnana } from '../alert/snana/snana.ts'
import { CandelaError } from '../errors.ts'
import type { SupernovaClass } from './population.ts'

export interface NoiseFreePoint {
  /** [d, MJD] */
  time: number
  /** [nJy]; 0 where the supernova is dark. */
  flux: number
}

export interface NoiseFreeLightCurve {
  class: SupernovaClass
  redshift: number
  points: Partial<Record<Band, NoiseFreePoint[]>>
}

const CLASS_OF_TYPE: Record<string, SupernovaClass> = {
  Ia: 'Ia', Ib: 'Ibc', Ic: 'Ibc', Ibc: 'Ibc', II: 'II', IIP: 'II', IIL: 'II', IIn: 'IIn'
}

/** SNANA writes about 99 mag for no flux at all. */
const DARK = 90
/** FLUXCAL's zero point [mag]. */
const ZERO_POINT = 27.5

/**
 * @param path for messages only
 * @throws CandelaError `snana-damaged` (from the reader), or `not-a-simulation` where the file has no true type,
 * redshift or SIM_MAG column
 */
export function noiseFreeLightCurve (text: string, path: string): NoiseFreeLightCurve {
  const { type, redshift } = parseSnana(text, path)
  const missing = (what: string): CandelaError => new CandelaError('not-a-simulation', `${path}: ${what}`, {
    value: path, action: 'Fit the simulator to light curves that SNANA simulated, such as the unblinded SPCC set.'
  })
  const supernovaClass = CLASS_OF_TYPE[type ?? '']
  if (supernovaClass === undefined) throw missing(type === null ? 'no true type (SIM_COMMENT)' : `type ${type} is not known`)
  if (redshift === null || redshift <= 0) throw missing('no true redshift (SIM_REDSHIFT)')
  const columns = /^VARLIST:\s*(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/) ?? []
  const magnitudeColumn = columns.indexOf('SIM_MAG') + 1
  if (magnitudeColumn === 0) throw missing('VARLIST has no column SIM_MAG')
  const timeColumn = columns.indexOf('MJD') + 1
  const bandColumn = columns.indexOf('FLT') + 1
  const points: NoiseFreeLightCurve['points'] = {}
  for (const line of text.split('\n')) {
    if (!line.startsWith('OBS:')) continue
    const values = line.trim().split(/\s+/)
    const band = values[bandColumn] as Band
    const magnitude = Number(values[magnitudeColumn])
    if (!BANDS.includes(band) || !Number.isFinite(magnitude)) continue
    const flux = magnitude > DARK ? 0 : NJY_PER_FLUXCAL * 10 ** (-0.4 * (magnitude - ZERO_POINT))
    ;(points[band] ??= []).push({ time: Number(values[timeColumn]), flux })
  }
  return { class: supernovaClass, redshift, points }
}
