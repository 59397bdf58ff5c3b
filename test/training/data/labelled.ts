/** Generated light curves as training takes them. */
import { parseSnana, snanaHost } from '../../../src/alert/snana/snana.ts'
import { mergePoints } from '../../../src/light-curve/merge.ts'
import type { LabelledObject } from '../../../src/training/data/labelled-object.ts'
import { generatedFiles } from './generated-light-curves.ts'

/** `count` objects, every other one an Ia. */
export const labelledObjects = (count: number): LabelledObject[] => generatedFiles(count).map(({ name, text }) => {
  const curve = parseSnana(text, name)
  const { points } = mergePoints([], curve.points)
  return { snid: curve.snid, points, noiseFree: null, host: snanaHost(curve), type: curve.type!, isIa: curve.type === 'Ia', redshift: curve.redshift, peakMjd: curve.peakMjd }
})
