/** Whether the errors of fluxes are those of the unit that they were read in. A factor of 36 lies between nJy and FLUXCAL. */
import { NJY_PER_FLUXCAL, type Band, type PhotometricPoint, type ReadAs } from '../alert.ts'

/**
 * 1σ of a visit of LSST [nJy]: the median of 10^(0.4·(31.4 − m5))/5 over the 342,449 visits of baseline v3.0. The
 * errors of real and simulated alerts are 0.7 to 1.9 times as large.
 */
const LSST_ERROR: Readonly<Record<Band, number>> = { u: 270, g: 133, r: 192, i: 312, z: 565, y: 1155 }

/** Half of the way from one unit to the other, in magnitudes. */
const MOST = Math.sqrt(NJY_PER_FLUXCAL)
/** Of whatever survey: deeper than any one's visits, or FLUXCAL that was taken for nJy. */
const LEAST_OF_ANY = 1 / 20
/** Points that are looked at: the noise of the source itself, and of a star or galaxy below it, is no part of a brighter one's depth. */
const BRIGHTEST_SNR = 50
const MOST_POINTS = 1000
/** Fewer say nothing. */
export const FEWEST_POINTS = 10

/** The errors of one source's points, in one unit. */
export class ErrorWatch {
  readonly #readAs: ReadAs
  readonly #ratios: number[] = []

  constructor (readAs: ReadAs) {
    this.#readAs = readAs
  }

  /** @param below flux of what lies below the source in the template [nJy]; 0 where not known */
  add (points: readonly PhotometricPoint[], below = 0): void {
    for (const { band, psfFlux, psfFluxErr, withdrawn } of points) {
      if (this.isFull) return
      if (!withdrawn && Math.abs(psfFlux) + Math.abs(below) < BRIGHTEST_SNR * psfFluxErr) this.#ratios.push(psfFluxErr / LSST_ERROR[band])
    }
  }

  get isFull (): boolean {
    return this.#ratios.length >= MOST_POINTS
  }

  /** @returns what is wrong with the unit, or null */
  doubt (): string | null {
    if (this.#ratios.length < FEWEST_POINTS) return null
    const { dialect, fluxUnit, survey } = this.#readAs
    const median = this.#ratios.toSorted((a, b) => a - b)[Math.floor(this.#ratios.length / 2)]!
    const isLsst = survey === 'LSST'
    const small = median < (isLsst ? 1 / MOST : LEAST_OF_ANY)
    if (!small && !(isLsst && median > MOST)) return null
    const other = fluxUnit === 'nJy' ? small ? 'FLUXCAL (zero point 27.5)' : 'another unit' : small ? 'another zero point' : 'nJy'
    return `the fluxes (${dialect}) were read as ${fluxUnit}, and their errors are ${median < 1 ? `1/${(1 / median).toFixed(0)} of` : `${median.toFixed(0)} times`} those of LSST's visits${isLsst ? '' : ', deeper than any survey\'s'}: they look like ${other}, and P(Ia) of them means nothing then`
  }
}
