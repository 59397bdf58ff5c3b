/** Whether there is something to learn from: looked at before training begins. */
import { BANDS, type Band } from '../alert/alert.ts'
import { CandelaError } from '../errors.ts'
import { steppedPoints } from '../light-curve/window.ts'
import { isTypeIa, type LabelledObject } from './data/labelled-object.ts'
import type { TrainingSettings } from './settings.ts'

/**
 * @param part such as 'training part'
 * @param takesClasses whether the training can be told by a file which types are Ia
 * @throws CandelaError `one-class`
 */
export function checkClasses (objects: readonly LabelledObject[], part: string, takesClasses = true): void {
  const typeIa = objects.filter(isTypeIa).length
  if (typeIa > 0 && typeIa < objects.length) return
  const counts = new Map<string, number>()
  for (const { type } of objects) counts.set(type, (counts.get(type) ?? 0) + 1)
  const byType = [...counts].sort().map(([type, count]) => `${count} ${type}`).join(', ')
  throw new CandelaError('one-class', `the ${part} has ${typeIa === 0 ? 'no Ia' : 'nothing but Ia'}: ${byType}`, {
    value: byType, action: `Give light curves of type Ia and of other types, or a larger part of them${takesClasses ? ', or a --classes file that says which types are Ia' : ''}.`
  })
}

/** @throws CandelaError `no-common-band` */
export function checkBands (objects: readonly LabelledObject[], bands: readonly Band[]): void {
  const found = new Set(objects.flatMap(({ points }) => points.map(({ band }) => band)))
  if (found.size === 0 || bands.some(band => found.has(band))) return
  const there = BANDS.filter(band => found.has(band)).join(', ')
  throw new CandelaError('no-common-band', `the light curves have points in ${there}, and the settings want ${bands.join(', ')}`, {
    value: there, action: `Choose bands of the data: --bands ${there.replaceAll(' ', '')}.`
  })
}

/**
 * @returns the objects of the training part that have points to step through
 * @throws CandelaError `no-common-band` where no object has a point in the bands of the settings, `too-few-objects`
 *   where a part has no detected object (for training: fewer than two), `one-class` where a part is all Ia or has none
 */
export function checkTrainingData (
  training: readonly LabelledObject[], validation: readonly LabelledObject[], { bands }: Pick<TrainingSettings, 'bands'>
): LabelledObject[] {
  checkBands([...training, ...validation], bands)
  const isUsable = ({ points }: LabelledObject): boolean => steppedPoints(points, bands).length > 0
  const usable = training.filter(isUsable)
  if (usable.length < 2 || !validation.some(isUsable)) {
    throw new CandelaError('too-few-objects',
      `${usable.length} of ${training.length} objects for training and ${validation.filter(isUsable).length} of ${validation.length} for validation have a detection and points in ${bands.join(', ')}`,
      { action: 'Give more light curves, or check the bands (--bands) and the errors of the fluxes.' })
  }
  checkClasses(usable, 'training part')
  checkClasses(validation, 'validation part')
  return usable
}
