/** Which objects are trained on, chosen between settings on, and tested on. */
import { createHash } from 'node:crypto'
import { CandelaError } from '../errors.ts'
import { seededRandom, shuffled } from './random.ts'

export interface SplitSettings {
  seed: number
  /** Number of objects kept for training, the validation part among them; all others are the test part. */
  trainingObjects: number
  /** Number of those cut out for validation: choice of weights and calibration. */
  validationObjects: number
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
 * Splits objects by their SNIDs alone: the order they were read in does not matter.
 * @throws CandelaError `split-impossible` where an SNID is there twice or there are too few objects
 */
export function splitObjects (snids: readonly string[], settings: SplitSettings): Split {
  const sorted = [...snids].sort(byName)
  const twice = sorted.find((snid, k) => snid === sorted[k + 1])
  if (twice !== undefined) {
    throw new CandelaError('split-impossible', `SNID ${twice} is there twice in the data`, { value: twice, action: 'Give every object once.' })
  }
  if (sorted.length < settings.trainingObjects || settings.trainingObjects <= settings.validationObjects) {
    throw new CandelaError('split-impossible',
      `${settings.trainingObjects} objects for training, ${settings.validationObjects} of them for validation, cannot be cut from ${sorted.length}`,
      { action: 'Give more data or ask for fewer training objects.' })
  }
  const order = shuffled(sorted, seededRandom(settings.seed))
  const validation = order.slice(0, settings.validationObjects)
  const training = order.slice(settings.validationObjects, settings.trainingObjects)
  return { training, validation, test: order.slice(settings.trainingObjects) }
}
