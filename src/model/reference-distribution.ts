/** How P(Ia) was distributed on objects of known type, as a model's card has it: what a live stream is held against. */
import { z } from 'zod'
import type { ModelCard } from './model-file.ts'

/** Bins of P(Ia), of equal width. */
export const PROBABILITY_BINS = 10

/** The bin of a P(Ia); 1 is in the last. */
export const binOf = (probabilityIa: number): number => Math.min(PROBABILITY_BINS - 1, Math.floor(probabilityIa * PROBABILITY_BINS))

/** Numbers of epochs at which a range begins: P(Ia) of a young light curve is distributed otherwise than that of an old one. */
export const EPOCH_RANGES = [1, 3, 6, 12, 24, 48, 96] as const

/** The range that a number of epochs is in, by its place in EPOCH_RANGES. */
export const rangeOf = (epochs: number): number => Math.max(0, EPOCH_RANGES.findLastIndex(from => from <= epochs))

const countsSchema = z.array(z.array(z.int().min(0)).length(PROBABILITY_BINS).readonly()).length(EPOCH_RANGES.length).readonly()

const referenceSchema = z.object({
  fromEpochs: z.array(z.int()).refine(from => from.join() === EPOCH_RANGES.join()),
  photoZKnown: countsSchema,
  photoZUnknown: countsSchema
})

/** Classifications by range of epochs and bin of P(Ia), as counts. */
export type DistributionCounts = z.output<typeof countsSchema>
export interface ReferenceDistribution {
  photoZKnown: DistributionCounts
  photoZUnknown: DistributionCounts
}

/** Its name in card.json. */
export const CARD_FIELD = 'publishedProbabilityIa'

/** @returns null where a card has none, or one in other bins or ranges than those of this Candela */
export function referenceOf (card: ModelCard): ReferenceDistribution | null {
  const parsed = referenceSchema.safeParse(card[CARD_FIELD])
  return parsed.success ? parsed.data : null
}
