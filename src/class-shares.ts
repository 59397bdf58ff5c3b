/** The class shares of the setting for the model in use. */
import { CLASS_SHARES } from './config.ts'
import { CandelaError } from './errors.ts'
import { loadClassShares, type SharesOfObject } from './model/class-shares.ts'
import type { Model } from './model/model-file.ts'
import { modelName } from './model/model-key.ts'

/** @throws CandelaError `class-shares-unused` and those of loadClassShares */
export function sharesFor (model: Model, setting = CLASS_SHARES): SharesOfObject {
  if (model.classes === null && setting !== CLASS_SHARES) {
    throw new CandelaError('class-shares-unused', `class shares '${setting}' are set, and the model ${modelName(model)} has no classes`, {
      value: setting, action: 'Leave out --class-shares (CANDELA_CLASS_SHARES), or use a model with classes (--model).'
    })
  }
  return loadClassShares(setting, model)
}
