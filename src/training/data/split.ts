/** Which objects are trained on, chosen between settings on, and tested on. */
import { createHash } from 'node:crypto'
import { CandelaError } from '../../errors.ts'
import { seededRandom, shuffled } from './random.ts'

/**
 * What the training part is cut from: `any` object, or those with a `spectroscopic` type alone, as a survey has them;
 * the test part is then cut from the others.
 */
export const TRAINING_SAMPLES = ['any', 'spectroscopic'] as const
export type TrainingSample = typeof TRAINING_SAMPLES[number]

export interface SplitSettings {
  splitSeed: number
  trainingSample: TrainingSample
  /** Number of objects kept for training, the validation part among them. */
  trainingObjects: number
  /** Number of those cut out for validation: choice of weights and calibration. */
  validationObjects: number
  /**
   * Number of objects of the test part, cut from the other end of the order than those for training, so that the test
   * part stays the same when fewer are trained on; null: all that are not for training.
   */
  testObjects: number | null
}

/** What a split depends on. */
export interface SplitObject {
  snid: string
  isSpectroscopic?: true
}

export interface Split {
  training: string[]
  validation: string[]
  test: string[]
}

const byName = (a: string, b: string): number => a < b ? -1 : 1

/** SHA-256 of the sorted SNIDs: the same for the same set of objects in any order. */
export const fingerprintOf = (snids: readonly string[]): string =>
  createHash('sha256').update([...snids].sort(byName).join('\n')).digest('hex')

/**
 * Splits objects by their SNIDs, and where the sample asks for it by whether their type is spectroscopic: the order they
 * were read in does not matter. With `testObjects`, and of a sample that is larger than the training part, objects may
 * be left that belong to no part.
 * @throws CandelaError `split-impossible` where an SNID is there twice or there are too few objects
 */
export function splitObjects (objects: readonly SplitObject[], settings: SplitSettings): Split {
  const { splitSeed, trainingSample, trainingObjects, validationObjects, testObjects } = settings
  const sorted = [...objects].sort((a, b) => byName(a.snid, b.snid))
  const twice = sorted.find(({ snid }, k) => snid === sorted[k + 1]?.snid)
  if (twice !== undefined) {
    throw new CandelaError('split-impossible', `SNID ${twice.snid} is there twice in the data`, { value: twice.snid, action: 'Give every object once.' })
  }
  const order = shuffled(sorted, seededRandom(splitSeed))
  const bySpectrum = trainingSample === 'spectroscopic'
  const sample = bySpectrum ? order.filter(({ isSpectroscopic }) => isSpectroscopic) : order
  const others = bySpectrum ? order.filter(({ isSpectroscopic }) => !isSpectroscopic) : order.slice(trainingObjects)
  if (trainingObjects > sample.length || (testObjects ?? 0) > others.length || trainingObjects <= validationObjects) {
    const test = testObjects === null ? '' : ` and ${testObjects} for test`
    const available = bySpectrum ? `${sample.length} with a spectroscopic type and ${others.length} without` : order.length
    throw new CandelaError('split-impossible',
      `${trainingObjects} objects for training, ${validationObjects} of them for validation,${test} cannot be cut from ${available}`,
      { action: 'Give more data, or ask for fewer objects: --training N, --validation N, --test N, or in --settings.' })
  }
  const snids = (part: readonly SplitObject[]): string[] => part.map(({ snid }) => snid)
  return {
    training: snids(sample.slice(validationObjects, trainingObjects)),
    validation: snids(sample.slice(0, validationObjects)),
    test: snids(testObjects === null ? others : others.slice(others.length - testObjects))
  }
}
