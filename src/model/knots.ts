/** Interpolation between what is known at some numbers of epochs or detections. */

/** Where a number lies among knots. */
export interface Between {
  /** Places of the knots around it; the same where it is not between two. */
  left: number
  right: number
  /** How far it is from the left to the right one, in the logarithm: above 0, at most 1; 0 where both are the same. */
  part: number
}

/**
 * Before the first and behind the last knot the nearest holds.
 * @param knots rising, above 0, at least one
 */
export function between (knots: readonly number[], value: number): Between {
  const above = knots.findIndex(knot => knot >= value)
  const right = above < 0 ? knots.length - 1 : above
  if (above <= 0) return { left: right, right, part: 0 }
  const [low, high] = [knots[above - 1]!, knots[above]!]
  return { left: above - 1, right, part: Math.log(value / low) / Math.log(high / low) }
}
