/** The model whose weights a training begins with. */
import { isDeepStrictEqual } from 'node:util'
import { UsageError } from '../../errors.ts'
import { loadModel, type Model } from '../../model/model-file.ts'
import type { TrainingSettings } from '../../training/settings.ts'
import { classesOf, shapeOf } from '../../training/train.ts'

/**
 * A model without a decoder may be the start of one with it.
 * @param reference as --model takes it
 * @throws CandelaError `model-not-found`, `model-invalid`; UsageError where the settings make another network
 */
export function startingModel (reference: string, settings: TrainingSettings): Model {
  const model = loadModel(reference)
  const wanted = { ...shapeOf(settings), classes: classesOf(settings)?.map(({ name }) => name) ?? null }
  const found = { ...model.shape, decoder: model.shape.decoder ?? wanted.decoder, classes: model.classes?.map(({ name }) => name) ?? null }
  const differences = (Object.keys(wanted) as Array<keyof typeof wanted>).filter(name => !isDeepStrictEqual(wanted[name], found[name]))
    .map(name => `${name} is ${JSON.stringify(found[name])} in the model and ${JSON.stringify(wanted[name])} in the settings`)
  if (differences.length === 0) return model
  throw new UsageError(`--from ${reference}: the model is another network: ${differences.join('; ')}`, {
    value: reference, action: 'Start from the training.json beside that model (--settings).'
  })
}
