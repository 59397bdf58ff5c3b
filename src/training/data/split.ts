/** Which objects are trained on, chosen between settings on, and tested on. */
import { createHash } from 'node:crypto'
import { CandelaError } from '../../errors.ts'
import { seededRandom, shuffled } from './random.ts'

export interface SplitSettings {
  splitSeed: number
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
 * Splits objects by their SNIDs alone: the order they were read in does not matter. With `testObjects`, objects may be
 * left that belong to no part.
 * @throws CandelaError `split-impossible` where an SNID is there twice or there are too few objects
 */
export function splitObjects (snids: readonly string[], settings: SplitSettings): Split {
  const sorted = [...snids].sort(byName)
  const twice = sorted.find((snid, k) => snid === sorted[k + 1])
  if (twice !== undefined) {
    throw new CandelaError('split-impossible', `SNID ${twice} is there twice in the data`, { value: twice, action: 'Give every object once.' })
  }
  const { splitSeed, trainingObjects, validationObjects, testObjects } = settings
  if (trainingObjects + (testObjects ?? 0) > sorted.length || trainingObjects <= validationObjects) {
    const test = testObjects === null ? '' : ` and ${testObjects} for test`
    throw new CandelaError('split-impossible',
      `${trainingObjects} objects for training, ${validationObjects} of them for validation,${test} cannot be cut from ${sorted.length}`,
      { action: 'Give more data, or ask for fewer objects: --training N, --validation N, --test N, or in --settings.' })
  }
  const order = shuffled(sorted, seededRandom(splitSeed))
  return {
    training: order.slice(validationObjects, trainingObjects),
    validation: order.slice(0, validationObjects),
    test: order.slice(testObjects === null ? trainingObjects : order.length - testObjects)
  }
}
