/** The classes that a network tells apart, and their shares among the objects that a probability is asked for. */

/** One outcome of the network's softmax. */
export interface ModelClass {
  /** As `Ia`, `AGN`. */
  name: string
  /** Its id in the taxonomy of ELAsTiCC. */
  id: number
  /** Whether it counts as Ia in P(Ia). */
  positive: boolean
}

/** Places of the classes that count as Ia; none without classes. */
export const positivePlaces = (classes: readonly ModelClass[] | null): number[] =>
  (classes ?? []).flatMap(({ positive }, place) => positive ? [place] : [])

/**
 * How many of the objects are of each class, by number of significant detections: of those with as many, since a survey's
 * stars are detected for years, and a supernova for weeks. Between two numbers the logarithms are interpolated in the
 * logarithm of the number; before the first and behind the last the nearest holds.
 */
export interface ClassShares {
  /** As `training`, `lsst`, `ztf`, or the name of a file. */
  name: string
  /** Rising, from 1 on. */
  detections: readonly number[]
  /** [detections, classes] in the order of the model's classes, each above 0; a row sums to 1. */
  shares: readonly (readonly number[])[]
}

/** @returns the shares among objects with a number of significant detections [classes] */
export function sharesAt ({ detections, shares }: ClassShares, count: number): readonly number[] {
  const above = detections.findIndex(one => one >= count)
  if (above < 0) return shares.at(-1)!
  if (above === 0 || detections[above] === count) return shares[above]!
  const [left, right] = [detections[above - 1]!, detections[above]!]
  const part = Math.log(count / left) / Math.log(right / left)
  const mixed = shares[above]!.map((share, k) => Math.exp((1 - part) * Math.log(shares[above - 1]![k]!) + part * Math.log(share)))
  const sum = mixed.reduce((a, b) => a + b, 0)
  return mixed.map(share => share / sum)
}
