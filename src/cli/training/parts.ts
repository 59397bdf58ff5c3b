/** The objects of a training, split into their parts. */
import type { LabelledObject } from '../../training/data/labelled-object.ts'
import { splitObjects, type Split, type SplitSettings } from '../../training/data/split.ts'

export interface TrainingParts extends Record<keyof Split, LabelledObject[]> {
  split: Split
  bySnid: ReadonlyMap<string, LabelledObject>
}

/**
 * @param say told how large the parts are
 * @throws CandelaError `split-impossible`
 */
export function trainingParts (objects: readonly LabelledObject[], settings: SplitSettings, say: (message: string) => void): TrainingParts {
  const split = splitObjects(objects, settings)
  const bySnid = new Map(objects.map(object => [object.snid, object]))
  const part = (snids: readonly string[]): LabelledObject[] => snids.map(snid => bySnid.get(snid)!)
  say(`${objects.length} objects: ${split.training.length} to train on, ${split.validation.length} for validation, ${split.test.length} for test`)
  return { split, bySnid, training: part(split.training), validation: part(split.validation), test: part(split.test) }
}
