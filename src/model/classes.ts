/** The classes that a network tells apart, and their shares among the objects that a probability is asked for. */
import { between } from './knots.ts'

/** One outcome of the network's softmax. */
export interface ModelClass {
  /** As `Ia`, `AGN`. */
  name: string
  /** Its id in the taxonomy of ELAsTiCC. */
  id: number
  /** Whether it counts as Ia in P(Ia). */
  positive: boolean
}

/** ELAsTiCC's ids of what does not recur: the first, and the first behind them. Ids from 2300 on recur. */
const NON_RECURRING = { from: 2200, to: 2300 } as const
/** Among them: flares of M dwarfs and outbursts of dwarf novae. They come back, and no training knows which of them is the peak. */
const FLARES_AND_OUTBURSTS: readonly number[] = [2233, 2234]

/**
 * Whether objects of a class have one peak, from which days are counted: supernovae, tidal disruptions and other transients. Stars,
 * nuclei and artefacts have none. The phase and the evaluation of forecasts rest on this.
 * @param id in the taxonomy of ELAsTiCC
 */
export const hasPeak = ({ id }: Pick<ModelClass, 'id'>): boolean => id >= NON_RECURRING.from && id < NON_RECURRING.to && !FLARES_AND_OUTBURSTS.includes(id)

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
  const { left, right, part } = between(detections, count)
  // At a knot the row itself, to the bit; the logarithm of a share of 0 counts nowhere else.
  if (left === right || part === 1) return shares[right]!
  const mixed = shares[right]!.map((share, k) => Math.exp((1 - part) * Math.log(shares[left]![k]!) + part * Math.log(share)))
  const sum = mixed.reduce((a, b) => a + b, 0)
  return mixed.map(share => share / sum)
}
