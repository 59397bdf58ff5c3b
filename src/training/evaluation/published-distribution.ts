/** The P(Ia) that alerts of labelled objects would have published: what a live stream is held against (stream/drift.ts). */
import { isDetection, steppedPoints } from '../../light-curve/window.ts'
import type { Band } from '../../alert/alert.ts'
import { binOf, EPOCH_RANGES, PROBABILITY_BINS, rangeOf, type DistributionCounts, type ReferenceDistribution } from '../../model/reference-distribution.ts'
import type { LabelledObject } from '../data/labelled-object.ts'
import { probabilitiesAt } from './evaluate.ts'
import type { Asked } from './judged.ts'
import type { PhotoZ, PlayedObject } from './playback.ts'

interface PlayedObjects extends Asked {
  /** Those that were played, in the order of `played`. */
  objects: readonly LabelledObject[]
  bands: readonly Band[]
}

/** After every detection, as a survey sends an alert for each; photometry between two of them is stepped with the later one. */
function countsOf (played: readonly PlayedObject[], { objects, bands, calibrated, shares }: PlayedObjects): DistributionCounts {
  const counts = EPOCH_RANGES.map(() => new Array<number>(PROBABILITY_BINS).fill(0))
  played.forEach((one, place) => steppedPoints(objects[place]!.points, bands).forEach((point, step) => {
    if (isDetection(point)) counts[rangeOf(step + 1)]![binOf(probabilitiesAt(one, step, calibrated, shares)!.probabilityIa)]!++
  }))
  return counts
}

export interface PublishedDistribution extends ReferenceDistribution {
  about: string
  part: string
  /** Name of the class shares that P(Ia) is for; absent of a model without classes. */
  classShares?: string
  objects: number
  fromEpochs: readonly number[]
  /** The command line that made it. */
  command: string
}

/**
 * What stands in card.json as `publishedProbabilityIa`.
 * @param facts which part of the objects was played, and by what command
 */
export function publishedDistribution (played: Record<PhotoZ, readonly PlayedObject[]>, given: PlayedObjects, facts: { part: string, command: string }): PublishedDistribution {
  return {
    about: `Classifications after each detection (S/N > 5) of these objects: a row for each range of epochs, which begins at fromEpochs, in ${PROBABILITY_BINS} bins of P(Ia) from 0 to 1.`,
    ...facts,
    ...given.calibrated.classes === null ? {} : { classShares: (given.shares ?? given.calibrated.trainingShares).name },
    objects: given.objects.length,
    fromEpochs: EPOCH_RANGES,
    photoZKnown: countsOf(played.known, given),
    photoZUnknown: countsOf(played.unknown, given)
  }
}
