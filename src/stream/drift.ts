/** How far the P(Ia) that are published now lie from those of the model's card. */
import { binOf, EPOCH_RANGES, PROBABILITY_BINS, rangeOf, type DistributionCounts, type ReferenceDistribution } from '../model/reference-distribution.ts'

/** Classifications that are looked back on. */
const WINDOW = 100_000
/** With fewer of them chance alone moves the index too much. */
const FEWEST = 5000
/** Added to each bin, so that an empty one has a logarithm (Jeffreys' prior). */
const PRIOR = 0.5

const CELLS = EPOCH_RANGES.length * PROBABILITY_BINS

const sumOf = (counts: ArrayLike<number>): number => Array.from(counts).reduce((sum, count) => sum + count, 0)

function sharesOf (counts: readonly number[]): number[] {
  const all = sumOf(counts) + PRIOR * counts.length
  return counts.map(count => (count + PRIOR) / all)
}

/**
 * Population stability index Σ (a − e) ln(a / e) over the bins of a distribution `a` against an expected one `e`: the
 * symmetric Kullback-Leibler divergence (Siddiqi 2006, Credit Risk Scorecards, ch. 7, with its rule of thumb: below 0.1
 * nothing has changed, above 0.25 much has). By chance alone it is (bins − 1)(1/n + 1/m) on average (Yurdakul & Naranjo
 * 2020, J. Risk Model Validation 14, 4).
 * @param shares of both, each adding up to 1, none of them 0
 */
export const stabilityIndex = (shares: readonly number[], expected: readonly number[]): number =>
  shares.reduce((sum, share, bin) => sum + (share - expected[bin]!) * Math.log(share / expected[bin]!), 0)

/** The newest classifications, counted by range of epochs and bin of P(Ia). */
export class Drift {
  readonly #reference: ReferenceDistribution
  readonly #fewest: number
  /** The cell of each classification in the window, oldest at `#place` once it is full. */
  readonly #window: Uint8Array
  readonly #counts = new Uint32Array(CELLS)
  #seen = 0

  /** @param sizes how many classifications are looked back on, and the fewest with which there is an index */
  constructor (reference: ReferenceDistribution, { window = WINDOW, fewest = FEWEST }: { window?: number, fewest?: number } = {}) {
    this.#reference = reference
    this.#window = new Uint8Array(window)
    this.#fewest = fewest
  }

  add (probabilityIa: number, epochs: number): void {
    const place = this.#seen++ % this.#window.length
    if (this.#seen > this.#window.length) this.#counts[this.#window[place]!]!--
    const cell = rangeOf(epochs) * PROBABILITY_BINS + binOf(probabilityIa)
    this.#window[place] = cell
    this.#counts[cell]!++
  }

  /** In the window. */
  get classifications (): number {
    return Math.min(this.#seen, this.#window.length)
  }

  /**
   * The stability index against the card's distribution, with photo-z known and unknown to the network. The card's is
   * mixed from its ranges of epochs as the window is: that a survey has just begun is no drift.
   * @returns null where there are too few classifications
   */
  indices (): { known: number, unknown: number } | null {
    if (this.classifications < this.#fewest) return null
    const ranges = EPOCH_RANGES.map((_, range) => [...this.#counts.subarray(range * PROBABILITY_BINS, (range + 1) * PROBABILITY_BINS)])
    const bins = Array.from({ length: PROBABILITY_BINS }, (_, bin) => ranges.reduce((sum, counts) => sum + counts[bin]!, 0))
    const shares = sharesOf(bins)
    const against = (reference: DistributionCounts): number => {
      const parts = ranges.map((counts, range) => sharesOf(reference[range]!).map(share => share * sumOf(counts) / this.classifications))
      return stabilityIndex(shares, shares.map((_, bin) => parts.reduce((sum, part) => sum + part[bin]!, 0)))
    }
    return { known: against(this.#reference.photoZKnown), unknown: against(this.#reference.photoZUnknown) }
  }
}
