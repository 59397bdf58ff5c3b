/** Cepheids, of both populations. */
import { oneOf } from '../distributions.ts'
import { PULSATION, readPhasedCurves } from '../phased/phased-curve.ts'
import { starLike } from '../phased/periodic-star.ts'
import type { SourceModelMaker } from './source.ts'

export const cepheidModel: SourceModelMaker = async folder => {
  const curves = await readPhasedCurves(folder, 'periodic/Cepheid.lclib.xz', PULSATION)
  return { draw: (random, circumstances) => starLike(random, circumstances, 'Cepheid', oneOf(random, curves)) }
}
