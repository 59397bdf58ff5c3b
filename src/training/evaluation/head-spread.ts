/** By how much the spread of a network's heads must be multiplied to be the error of ln(P(Ia)/(1 − P(Ia))). */

/** One probability whose truth is known. */
export interface SpreadSample {
  /** Calibrated ln(P(Ia)/(1 − P(Ia))). */
  logit: number
  /** Standard deviation of it over the heads. */
  spread: number
  isIa: boolean
}

/** ln of the factor is a priori normal about 0 with a standard deviation of 1: few objects leave it near 1. */
const PRIOR_SPREAD = 1
const [LEAST, LARGEST] = [Math.log(0.1), Math.log(10)]
const GRID = 24
const NEWTON_STEPS = 8

/** ln(1 + e^−x) */
const softplus = (x: number): number => Math.max(0, -x) + Math.log1p(Math.exp(-Math.abs(x)))

/** −ln likelihood of a factor, at the slope that suits it best. */
function lossOf (samples: readonly SpreadSample[], logarithm: number): number {
  const factor = Math.exp(logarithm)
  const shrunk = samples.map(({ logit, spread, isIa }) => (isIa ? 1 : -1) * logit / Math.sqrt(1 + Math.PI / 8 * (factor * spread) ** 2))
  let slope = 1
  for (let step = 0; step < NEWTON_STEPS; step++) {
    let [gradient, curvature] = [slope - 1, 1]
    for (const margin of shrunk) {
      const wrong = 1 / (1 + Math.exp(slope * margin))
      gradient -= wrong * margin
      curvature += wrong * (1 - wrong) * margin * margin
    }
    slope = Math.max(slope / 2, slope - gradient / curvature)
  }
  return shrunk.reduce((sum, margin) => sum + softplus(slope * margin), ((slope - 1) ** 2 + (logarithm / PRIOR_SPREAD) ** 2) / 2)
}

/**
 * Where the true logit is normal about the one that was said, with s times the spread for its standard deviation, an object is Ia
 * with the chance of the mean of σ over that normal, which is nearly σ(logit/√(1 + π·(s·spread)²/8)) (the moderated output of MacKay 1992, Neural
 * Computation 4, 720). The s with the largest likelihood, with a slope of all logits beside it, since a calibration has
 * made up for the mean spread already: what remains is that a logit of a large spread goes farther than the truth does, and one
 * of a small spread not as far.
 * @returns between 0.1 and 10; 1 where no head differs
 */
export function spreadFactor (samples: readonly SpreadSample[]): number {
  if (!samples.some(({ spread }) => spread > 0)) return 1
  const width = (LARGEST - LEAST) / GRID
  const grid = Array.from({ length: GRID + 1 }, (_, k) => LEAST + k * width)
  const losses = grid.map(logarithm => lossOf(samples, logarithm))
  const best = grid[losses.indexOf(Math.min(...losses))]!
  const golden = (Math.sqrt(5) - 1) / 2
  let [low, high] = [Math.max(LEAST, best - width), Math.min(LARGEST, best + width)]
  while (high - low > 1e-3) {
    const [left, right] = [high - golden * (high - low), low + golden * (high - low)]
    if (lossOf(samples, left) < lossOf(samples, right)) high = right
    else low = left
  }
  return Math.exp((low + high) / 2)
}
