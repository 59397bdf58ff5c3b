/** Which objects and steps a forecast is measured on: as many objects of each set and group, drawn by a fixed seed. */
import type { Band } from '../../../alert/alert.ts'
import type { FeaturePoint } from '../../../light-curve/features/features.ts'
import { firstDetection, steppedPoints } from '../../../light-curve/window.ts'
import type { ModelClass } from '../../../model/classes.ts'
import type { LabelledObject } from '../../data/labelled-object.ts'
import { seededRandom, shuffled } from '../../data/random.ts'
import { groupOf, type Group } from './groups.ts'
import { chosenSteps, type ChosenStep } from './steps.ts'
import { peakOf } from './truth.ts'

export interface SampledObject {
  object: LabelledObject
  group: Group
  /** The points that the network steps through. */
  points: readonly FeaturePoint[]
  /** [d, MJD]; null of what varies. */
  peak: number | null
  /** At least one, rising. */
  steps: ChosenStep[]
}

const SEED = 24

/**
 * @param most objects of each group in each set
 * @returns in the order of `objects`; objects without a step to forecast from are not among them
 */
export function sampleOf (objects: readonly LabelledObject[], bands: readonly Band[], classes: readonly ModelClass[], most: number): SampledObject[] {
  const random = seededRandom(SEED)
  const taken = new Map<string, number>()
  const chosen = new Map<LabelledObject, SampledObject>()
  for (const object of shuffled(objects, random)) {
    const group = groupOf(object, classes)
    const key = `${object.source ?? ''} ${group}`
    const detection = firstDetection(object.points)
    const count = taken.get(key) ?? 0
    if (detection === null || count >= most) continue
    const peak = peakOf(object, group)
    if (peak === null && group !== 'varies') continue
    const points = steppedPoints(object.points, bands)
    const steps = chosenSteps(points.map(point => point.midpointMjdTai), detection, peak, random)
    if (steps.length === 0) continue
    taken.set(key, count + 1)
    chosen.set(object, { object, group, points, peak, steps })
  }
  return objects.flatMap(object => chosen.get(object) ?? [])
}
