/** Shapes of light curves that several classes share, and the times at which they are drawn. Times are rest-frame days from the peak. */

const RISING_STEPS = 32
const FALLING_STEPS = 64
const BUMP_STEPS = 30

/** A rise or fall beside the main one, a Gaussian in time. */
export interface Bump {
  /** [d] */
  centre: number
  /** Standard deviation [d]. */
  width: number
  amplitude: number
}

export const bumpAt = ({ centre, width, amplitude }: Bump, phase: number): number =>
  amplitude * Math.exp(-0.5 * ((phase - centre) / width) ** 2)

/** Time since the peak, softened within `width` days of it: a fall that begins with it has no kink. */
export const softened = (phase: number, width: number): number => Math.hypot(phase, width) - width

/** The larger of two numbers from 0 on, a tenth above where they are equal: what falls to a floor settles on it without a corner. */
export const smoothLarger = (a: number, b: number): number => {
  const [larger, smaller] = a > b ? [a, b] : [b, a]
  return larger === 0 ? 0 : larger * (1 + (smaller / larger) ** 6) ** (1 / 6)
}

/**
 * Phases from a start before the peak to an end after it: even during the rise, ever wider apart after the peak, dense
 * around bumps.
 * @param fall time in which the light changes after the peak [d]
 */
export function phaseGrid (start: number, end: number, fall: number, bumps: readonly Bump[] = []): Float64Array {
  const phases = new Set<number>()
  for (let k = 0; k <= RISING_STEPS; k++) phases.add(start * (1 - k / RISING_STEPS))
  const growth = Math.log1p(end / fall) / FALLING_STEPS
  for (let k = 1; k <= FALLING_STEPS; k++) phases.add(fall * Math.expm1(k * growth))
  for (const { centre, width } of bumps) {
    for (let k = 0; k <= BUMP_STEPS; k++) {
      const phase = centre + 3 * width * (2 * k / BUMP_STEPS - 1)
      if (phase > start && phase < end) phases.add(phase)
    }
  }
  return Float64Array.from(phases).sort()
}
