/** A small model with classes, attention, heads and the second version of the features, never trained. */
import { hasPeak, type ClassShares } from '../../src/model/classes.ts'
import type { Model } from '../../src/model/model-file.ts'
import type { NetworkShape } from '../../src/model/shape.ts'
import { generator } from '../generator.ts'
import { untrainedModel } from '../pipeline.ts'

/** Names and ELAsTiCC's ids. Ia alone is positive. */
const CLASSES: ReadonlyArray<readonly [name: string, id: number]> = [
  ['Ia', 2222], ['Ia-peculiar', 2223], ['Ibc', 2225], ['II', 2224], ['SLSN', 2242], ['TDE', 2243], ['fast', 2231], ['AGN', 2332],
  ['CV', 2221], ['M-dwarf', 2233], ['RRL', 2322], ['Cepheid', 2321], ['DSCT', 2324], ['EB', 2325], ['LPV', 2326], ['artefact', 0]
]

/** Shares that differ by class and number of detections. */
function someShares (name: string, seed: number): ClassShares {
  const random = generator(seed)
  const detections = [1, 4, 30]
  const shares = detections.map(() => {
    const row = CLASSES.map(() => 0.05 + random())
    const sum = row.reduce((a, b) => a + b, 0)
    return row.map(share => share / sum)
  })
  return { name, detections, shares }
}

/** A mix of another sky than that of the training. */
export const otherShares: ClassShares = someShares('elsewhere', 5)

/** It can be saved with saveModel. @param given sizes other than these */
export function classModel (given: Partial<NetworkShape> = {}, seed = 11): Model {
  const model = untrainedModel({ bands: ['u', 'g', 'r', 'i', 'z', 'y'], features: 2, layers: 2, width: 12, consensus: 'both', heads: 3, headWidth: 8, ...given, classes: CLASSES.length }, seed)
  const random = generator(seed + 1)
  return {
    ...model,
    name: 'sky-untrained',
    classes: CLASSES.map(([name, id]) => ({ name, id, positive: name === 'Ia' })),
    calibration: {
      byEpochs: [1, 8].map(epochs => ({ epochs, slope: 0.5 + random(), offsets: CLASSES.map(() => random() - 0.5) })),
      spread: 1.2
    },
    trainingShares: someShares('training', 3)
  }
}

/** One with a decoder, which is the surer that an object has a peak the more epochs there are: with few, it tells no phase. */
export function phaseModel (given: Partial<NetworkShape> = {}): Model {
  const model = classModel({ decoder: { width: 8, days: 30 }, ...given })
  if (model.classes === null) throw new Error('a model with a decoder has classes')
  const offsets = (peaked: number): number[] => model.classes!.map(({ id }) => hasPeak({ id }) ? peaked : 0)
  return { ...model, calibration: { byEpochs: [{ epochs: 1, slope: 1, offsets: offsets(-3) }, { epochs: 20, slope: 1, offsets: offsets(3) }], spread: 1.2 } }
}
