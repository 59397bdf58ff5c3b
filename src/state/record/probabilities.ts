/** From what the network gave to what is published: P(Ia) to seven decimals, the classes to four, the phase to 0.1 d. */
import { featureSet, type FeatureVersion } from '../../light-curve/features/features.ts'
import type { ClassShares } from '../../model/classes.ts'
import { phaseOf, type Phase } from '../../model/forecast/phase.ts'
import { probabilitiesOf, type Calibrated } from '../../model/probabilities.ts'
import type { NetworkShape } from '../../model/shape.ts'
import { LARGEST_PHASE } from '../views.ts'
import { PROBABILITY_STEPS, publishedProbability, type HiddenState, type PublishedClasses, type PublishedProbabilities } from './record.ts'

/** Class probabilities are published and stored to four decimals. */
export const CLASS_STEPS = 1e4

/** A model, as far as what it says of a hidden state depends on it. */
export type SayingModel = Calibrated & { shape: Pick<NetworkShape, 'features' | 'classes' | 'decoder'> }

/** A phase is published and stored in units of 0.1 d. */
export const PHASE_STEPS = 10

/** Never −0, which bytes at rest do not know. */
const publishedDays = (days: number): number =>
  Math.min(Math.max(Math.round(days * PHASE_STEPS), -LARGEST_PHASE * PHASE_STEPS), LARGEST_PHASE * PHASE_STEPS) / PHASE_STEPS + 0

export const publishedPhase = ({ phase, phaseLow, phaseHigh }: Phase): Phase =>
  ({ phase: publishedDays(phase), phaseLow: publishedDays(phaseLow), phaseHigh: publishedDays(phaseHigh) })

/**
 * Rounds by largest remainder: the parts sum to CLASS_STEPS. Of equal remainders the first goes up.
 * @param probabilities their sum 1
 */
export function partsOf (probabilities: readonly number[]): number[] {
  const exact = probabilities.map(probability => probability * CLASS_STEPS)
  const parts = exact.map(Math.floor)
  const left = CLASS_STEPS - parts.reduce((sum, part) => sum + part, 0)
  const first = exact.map((value, k) => ({ remainder: value - parts[k]!, k })).sort((a, b) => b.remainder - a.remainder || a.k - b.k).slice(0, left)
  for (const { k } of first) parts[k]! += 1
  return parts
}

/** By name. */
export const classProbabilities = ({ names, parts }: PublishedClasses): Record<string, number> =>
  Object.fromEntries(names.map((name, k) => [name, parts[k]! / CLASS_STEPS]))

/** Name of the class shares that a model's probabilities hold for. @param shares null for those of the training */
export const sharesName = (model: Calibrated, shares: ClassShares | null): string | null =>
  model.classes === null ? null : (shares ?? model.trainingShares).name

const detectionsIn = ({ accumulator }: Pick<HiddenState, 'accumulator'>, features: FeatureVersion): number => featureSet(features).detections(accumulator)

/**
 * What a model says of an object at a hidden state.
 * @param shares of the sky that the object is on; null for those of the training
 */
export function publishedOf (model: SayingModel, state: Pick<HiddenState, 'steps' | 'outputs' | 'accumulator'>, shares: ClassShares | null): PublishedProbabilities {
  const progress = { epochs: state.steps, detections: detectionsIn(state, model.shape.features) }
  const { probabilityIa, probabilityIaErr, classes } = probabilitiesOf(model, state.outputs, progress, shares)
  const phase = phaseOf(model, state.outputs, { classes })
  return {
    probabilityIa: publishedProbability(probabilityIa),
    ...probabilityIaErr !== null && { probabilityIaErr: publishedError(probabilityIaErr) },
    ...model.classes !== null && classes !== null && { classes: { names: namesOf(model.classes), parts: partsOf(classes), shares: sharesName(model, shares)! } },
    ...phase && { phase: publishedPhase(phase) }
  }
}

const publishedError = (error: number): number => Math.min(Math.max(Math.round(error * PROBABILITY_STEPS), 0), PROBABILITY_STEPS) / PROBABILITY_STEPS

/** One list for all publications of a model. */
const lists = new WeakMap<ReadonlyArray<{ name: string }>, readonly string[]>()

function namesOf (classes: ReadonlyArray<{ name: string }>): readonly string[] {
  let names = lists.get(classes)
  if (!names) {
    names = classes.map(({ name }) => name)
    lists.set(classes, names)
  }
  return names
}

/** Whether two say the same. */
export function sameProbabilities (a: PublishedProbabilities, b: PublishedProbabilities): boolean {
  return a.probabilityIa === b.probabilityIa && a.probabilityIaErr === b.probabilityIaErr && a.classes?.shares === b.classes?.shares &&
    sameList(a.classes?.names, b.classes?.names) && sameList(a.classes?.parts, b.classes?.parts) && samePhase(a.phase, b.phase)
}

const samePhase = (a: Phase | undefined, b: Phase | undefined): boolean =>
  a?.phase === b?.phase && a?.phaseLow === b?.phaseLow && a?.phaseHigh === b?.phaseHigh

export const sameList = (a: ReadonlyArray<string | number> = [], b: ReadonlyArray<string | number> = []): boolean =>
  a === b || (a.length === b.length && a.every((value, k) => value === b[k]))
