/** How a training came to its end. */
import { CandelaError } from '../errors.ts'
import type { TrainingSettings } from './settings.ts'

/** A number that is not finite any more. */
export interface Divergence {
  quantity: 'loss' | 'norm of the gradient' | 'validation loss'
  value: number
  /** Updates of the weights before it. */
  update: number
}

/**
 * `passes`: all were done. `patience`: the validation loss did not get better for as many passes as the settings allow.
 * `interrupted`: by the signal. `diverged`: the loss or its gradient was not finite.
 */
export type Ending = { reason: 'passes' | 'patience' | 'interrupted' } | { reason: 'diverged', pass: number, divergence: Divergence }

/**
 * What to tell of a training that did not come to its end.
 * @param passesDone passes that were finished
 * @param kept where the best weights so far were kept, and of which pass they are; null where none were
 * @returns `training-diverged` or `training-interrupted`; null where the training came to its end
 */
export function endingError (ending: Ending, passesDone: number, settings: TrainingSettings, kept: { pass: number, where: string } | null): CandelaError | null {
  const weights = kept === null
    ? `no weights were kept, as the first look at the validation part comes after pass ${Math.min(settings.validateEvery, settings.passes)}`
    : `the last good weights, those of pass ${kept.pass}, were kept in ${kept.where}`
  switch (ending.reason) {
    case 'diverged': {
      const { quantity, value, update } = ending.divergence
      return new CandelaError('training-diverged', `training diverged in pass ${ending.pass} of ${settings.passes}: the ${quantity} is ${value} at update ${update}; ${weights}`, {
        value, action: `Lower the learning rate (--rate, now ${settings.peakRate}) or the largest norm of the gradient (gradientNorm in --settings, now ${settings.gradientNorm}), and train anew.`
      })
    }
    case 'interrupted':
      return new CandelaError('training-interrupted', `training was interrupted after pass ${passesDone} of ${settings.passes}; ${weights}`, {
        canRetry: true, action: 'Give the same command with --resume to go on.'
      })
    default:
      return null
  }
}
