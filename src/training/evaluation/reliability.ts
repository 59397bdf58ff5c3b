/** The reliability diagram of P(Ia): of the objects with a P(Ia) of 0.7, seven in ten should be Ia. */
import { reliabilityBins, type Outcome } from './metrics.ts'
import { shareInterval } from './share.ts'

/** A bin of P(Ia) that holds objects. */
export interface ReliabilityPoint {
  /** The bin: P(Ia) in [from, to), the last one with 1 in it. */
  from: number
  to: number
  objects: number
  typeIa: number
  meanProbabilityIa: number
  /** Share of Ia, and the 68 % interval of it from the counts. */
  shareIa: number
  shareLow: number
  shareHigh: number
}

/** @returns those of 15 bins of equal width that hold objects */
export function reliabilityOf (outcomes: readonly Outcome[]): ReliabilityPoint[] {
  return reliabilityBins(outcomes).filter(({ objects }) => objects > 0).map(({ from, to, objects, typeIa, probabilitySum, weightSquares }) => {
    const effective = objects * objects / weightSquares
    const [shareLow, shareHigh] = shareInterval(typeIa / objects * effective, effective)
    return { from, to, objects, typeIa, meanProbabilityIa: probabilitySum / objects, shareIa: typeIa / objects, shareLow, shareHigh }
  })
}
