/** PHOT: one row an observation, and one with MJD -777 behind each object (the SNANA manual, sec. "FITS format"). */
import { NJY_PER_FLUXCAL, type Band } from '../../alert/alert.ts'
import type { SimulatedLightCurve } from '../light-curves/light-curve.ts'
import { filterOf } from './survey-names.ts'
import { TableLayout } from './table-layout.ts'

/** Bits of PHOTFLAG, as ELAsTiCC has them: the observation is a detection, of either sign; it is the one that triggered. */
export const PHOTFLAG_DETECT = 4096
export const PHOTFLAG_TRIGGER = 2048
/** What stands for "not known". */
export const UNKNOWN = -9
const END_OF_OBJECT = -777
/** Magnitude of no flux at all. */
const DARK = 99
const ZERO_POINT = 27.5

export const fluxcal = (nJy: number): number => nJy / NJY_PER_FLUXCAL

/** Of the size of a flux [nJy], AB. */
export const magnitudeOf = (nJy: number): number => nJy === 0 ? DARK : ZERO_POINT - 2.5 * Math.log10(Math.abs(nJy) / NJY_PER_FLUXCAL)

/** A number, or −9. */
export const orUnknown = (value: number | null): number => value === null || Number.isNaN(value) ? UNKNOWN : value

/** One row: an observation of a light curve, or the end of the object at `k` −1. */
export interface PhotRow { curve: SimulatedLightCurve, k: number, trigger: number }

/** The observation that triggered; −1 where none has that time. */
const triggerOf = ({ photometry: { mjd, detected }, triggerMjd }: SimulatedLightCurve): number =>
  mjd.findIndex((time, k) => time === triggerMjd && detected[k] === 1)

/** @param bands of the survey, in the order of `SimulatedPhotometry.band` */
export function photLayout (bands: readonly Band[]): TableLayout<PhotRow> {
  const filters = bands.map(filterOf)
  const number = (of: (curve: SimulatedLightCurve, k: number) => number) => ({ curve, k }: PhotRow): number => k < 0 ? END_OF_OBJECT : of(curve, k)
  const orNone = (of: (curve: SimulatedLightCurve, k: number) => number) => ({ curve, k }: PhotRow): number => k < 0 ? UNKNOWN : of(curve, k)
  const flag = (detected: boolean, triggered: boolean): number => (detected ? PHOTFLAG_DETECT : 0) + (triggered ? PHOTFLAG_TRIGGER : 0)
  return new TableLayout<PhotRow>('Photometry', [
    { name: 'MJD', form: '1D', unit: 'd', comment: 'TAI, middle; -777 ends an object', value: number(({ photometry }, k) => photometry.mjd[k]!) },
    { name: 'BAND', form: '2A', value: ({ curve, k }) => k < 0 ? '-' : filters[curve.photometry.band[k]!]! },
    { name: 'CCDNUM', form: '1I', value: () => UNKNOWN },
    { name: 'FIELD', form: '12A', value: ({ curve, k }) => k < 0 ? 'NULL' : curve.field },
    { name: 'PHOTFLAG', form: '1J', comment: '4096 detection, 2048 trigger', value: ({ curve, k, trigger }) => k < 0 ? 0 : flag(curve.photometry.detected[k] === 1, k === trigger) },
    { name: 'PHOTPROB', form: '1E', comment: 'real-bogus score of a detection', value: orNone(({ photometry }, k) => orUnknown(photometry.realBogus[k]!)) },
    { name: 'FLUXCAL', form: '1E', comment: 'difference flux, zero point 27.5', value: number(({ photometry }, k) => fluxcal(photometry.flux[k]!)) },
    { name: 'FLUXCALERR', form: '1E', value: number(({ photometry }, k) => fluxcal(photometry.fluxErr[k]!)) },
    { name: 'ZEROPT', form: '1E', unit: 'mag', comment: 'of FLUXCAL, AB', value: orNone(() => ZERO_POINT) },
    { name: 'DEPTH5', form: '1E', unit: 'mag', comment: '5 sigma, AB', value: orNone(({ photometry }, k) => photometry.depth[k]!) },
    { name: 'SIM_MAGOBS', form: '1E', unit: 'mag', comment: 'of |SIM_FLUXCAL|; 99 where it is 0', value: orNone(({ photometry }, k) => magnitudeOf(photometry.noiseFree[k]!)) },
    { name: 'SIM_FLUXCAL', form: '1E', comment: 'noise-free difference flux', value: number(({ photometry }, k) => fluxcal(photometry.noiseFree[k]!)) }
  ])
}

/** The rows of some light curves, each with the row that ends it. */
export function photRows (layout: TableLayout<PhotRow>, curves: readonly SimulatedLightCurve[]): Uint8Array<ArrayBuffer> {
  const rows = curves.reduce((sum, { photometry }) => sum + photometry.mjd.length + 1, 0)
  const bytes = new Uint8Array(rows * layout.rowBytes)
  const target = Buffer.from(bytes.buffer)
  let at = 0
  for (const curve of curves) {
    const row: PhotRow = { curve, k: 0, trigger: triggerOf(curve) }
    const put = (k: number): void => {
      row.k = k
      layout.put(target, at, row)
      at += layout.rowBytes
    }
    for (let k = 0; k < curve.photometry.mjd.length; k++) put(k)
    put(-1)
  }
  return bytes
}
