/** The noise-free light curve of a simulated supernova, from an SNANA file that carries SIM_MAG. */
import type { Band } from '../../alert/alert.ts'
import { parseSnana } from '../../alert/snana/snana.ts'
import { CandelaError } from '../../errors.ts'
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

/**
 * @param path for messages only
 * @throws CandelaError `snana-damaged` (from the reader), or `not-a-simulation` where the file has no true type,
 * redshift or SIM_MAG column
 */
export function noiseFreeLightCurve (text: string, path: string): NoiseFreeLightCurve {
  const { type, redshift, points, noiseFree } = parseSnana(text, path)
  const missing = (what: string): CandelaError => new CandelaError('not-a-simulation', `${path}: ${what}`, {
    value: path, action: 'Fit the simulator to light curves that SNANA simulated, such as the unblinded SPCC set.'
  })
  const supernovaClass = CLASS_OF_TYPE[type ?? '']
  if (supernovaClass === undefined) throw missing(type === null ? 'no true type (SIM_COMMENT)' : `type ${type} is not known`)
  if (redshift === null || redshift <= 0) throw missing('no true redshift (SIM_REDSHIFT)')
  if (noiseFree === null) throw missing('VARLIST has no column SIM_MAG')
  const byBand: NoiseFreeLightCurve['points'] = {}
  points.forEach(({ band, midpointMjdTai }, k) => (byBand[band] ??= []).push({ time: midpointMjdTai, flux: noiseFree[k]! }))
  return { class: supernovaClass, redshift, points: byBand }
}
