/** The context in LSST's own fields, for all dialects that have them. */
import type { ContextFacts } from '../context/known-context.ts'

/** Stands for "not known" in Lasair's copies. */
const NO_FIRST_SOURCE = 60000

/** Null where not known. */
export interface LsstFacts {
  reliability: number | null
  templateFlux: number | null
  extendedness: number | null
  isDipole: boolean | null
  nDiaSources: number | null
  firstDiaSourceMjdTai: number | null
}

/** What LSST's own fields say of an object, in alerts and in what brokers make of them. */
export const lsstContext = ({ reliability, templateFlux, extendedness, isDipole, nDiaSources, firstDiaSourceMjdTai }: LsstFacts): ContextFacts => ({
  realBogus: { score: reliability, name: 'reliability' },
  templateFlux,
  extendedness,
  isDipole,
  detections: nDiaSources,
  firstDetectionMjdTai: firstDiaSourceMjdTai === NO_FIRST_SOURCE ? null : firstDiaSourceMjdTai
})
