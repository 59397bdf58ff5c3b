/**
 * The light-curve form of Bazin et al. 2009 (arXiv:0904.1066, eq. 1) without its constant, which a difference
 * image does not have: f(t) = A · exp(−(t−t0)/τfall) / (1 + exp(−(t−t0)/τrise)). With τfall > τrise it rises
 * once, peaks once and falls.
 */

/** The shape of one band, told by its peak. Times in days. */
export interface BazinShape {
  /** Flux at the peak, in any unit; > 0. */
  peakFlux: number
  /** Time of the peak. */
  peakTime: number
  /** τrise > 0. */
  rise: number
  /** τfall > τrise. */
  fall: number
}

/**
 * The parameters that are fitted: ln A, t0, ln τrise and ln(τfall/τrise − 1), each free on the whole real line.
 */
export type BazinParameters = readonly [lnAmplitude: number, time: number, lnRise: number, lnExcess: number]

const softplus = (x: number): number => x > 30 ? x : Math.log1p(Math.exp(x))

/** f(t) in the unit of A, and its gradient by the four parameters where an array is given. */
export function bazinFlux (t: number, [lnAmplitude, time, lnRise, lnExcess]: BazinParameters, gradient?: Float64Array): number {
  const rise = Math.exp(lnRise)
  const fall = rise * (1 + Math.exp(lnExcess))
  const u = t - time
  const flux = Math.exp(lnAmplitude - u / fall - softplus(-u / rise))
  if (gradient) {
    const unrisen = 1 / (1 + Math.exp(u / rise))
    gradient[0] = flux
    gradient[1] = flux * (1 / fall - unrisen / rise)
    gradient[2] = flux * u * (1 / fall - unrisen / rise)
    gradient[3] = flux * u * (fall - rise) / fall ** 2
  }
  return flux
}

/** The peak, where df/dt = 0: t0 + τrise · ln(τfall/τrise − 1). */
export function shapeOf (parameters: BazinParameters): BazinShape {
  const [, time, lnRise, lnExcess] = parameters
  const rise = Math.exp(lnRise)
  const peakTime = time + rise * lnExcess
  return { peakFlux: bazinFlux(peakTime, parameters), peakTime, rise, fall: rise * (1 + Math.exp(lnExcess)) }
}

/** The inverse of shapeOf. */
export function parametersOf ({ peakFlux, peakTime, rise, fall }: BazinShape): BazinParameters {
  const lnExcess = Math.log(fall / rise - 1)
  const time = peakTime - rise * lnExcess
  const unit = bazinFlux(peakTime, [0, time, Math.log(rise), lnExcess])
  return [Math.log(peakFlux / unit), time, Math.log(rise), lnExcess]
}
