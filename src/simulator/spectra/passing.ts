/** What changes a spectrum by its rest wavelength: dust in the host, and a continuous change of colour. */
import { extinctionCurve } from '../dust/ccm89.ts'

/** Share of the light that is left at a rest wavelength [Å]; above 1 where something adds to it. */
export type Passing = (wavelength: number) => number

const MAGNITUDE = -0.4 * Math.LN10
/** Where a change of colour changes nothing [Å], and the ratio of wavelengths over which it is told. */
const PIVOT = 6000
const RATIO = Math.log(1.5)

/** [mag] of a colour change of 1 at a wavelength [Å]: 0 at 6000 Å, 1 at 9000 Å, −1.7 at 3000 Å. */
export const colourLever = (wavelength: number): number => Math.log(wavelength / PIVOT) / RATIO

/** The spectrum made bluer by a positive amount of mag over a factor of 1.5 in wavelength, redder by a negative one. */
export const colourWarp = (amount: number): Passing => wavelength => Math.exp(MAGNITUDE * amount * colourLever(wavelength))

const SHORTEST = 900
const STEP = 10
const CURVE = Array.from({ length: 1600 }, (_, k) => {
  const extinction = (rv: number): number => extinctionCurve(SHORTEST + STEP * k, rv)
  const steep = extinction(1) - extinction(Infinity)
  return { grey: extinction(Infinity), steep }
})
const GREY = Float64Array.from(CURVE, ({ grey }) => grey)
const STEEP = Float64Array.from(CURVE, ({ steep }) => steep)

/**
 * Dust in the host, as `dustTransmission` has it, from a table of 10 Å.
 * @param ebv E(B−V) [mag]
 */
export function hostDust (ebv: number, rv: number): Passing {
  if (ebv === 0) return () => 1
  return wavelength => {
    const at = Math.min(GREY.length - 1.001, Math.max(0, (wavelength - SHORTEST) / STEP))
    const k = Math.floor(at)
    const part = at - k
    const curve = GREY[k]! + part * (GREY[k + 1]! - GREY[k]!) + (STEEP[k]! + part * (STEEP[k + 1]! - STEEP[k]!)) / rv
    return Math.exp(MAGNITUDE * ebv * rv * curve)
  }
}

/** One after the other. */
export const allOf = (...passings: readonly Passing[]): Passing => wavelength => passings.reduce((share, passing) => share * passing(wavelength), 1)
