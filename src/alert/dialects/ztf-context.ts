/** The context in ZTF's own fields, for all dialects that have them. */
import type { RealBogusScore } from '../context/context.ts'
import type { ContextFacts } from '../context/known-context.ts'

/** Stands for "not known". */
const MISSING = -999

const said = (value: number | null | undefined): number | null => value === undefined || value === MISSING ? null : value

/** Scores of one source, each from 0 to 1. Only the source that made an alert has `drb`. */
export interface ZtfScores {
  /** Of the random forest. */
  rb?: number | null
  /** Of the neural network, since 2019. */
  drb?: number | null
}

/** The better score of those that a source has. */
export function realBogusOf ({ rb, drb }: ZtfScores): RealBogusScore | null {
  const [deep, forest] = [said(drb), said(rb)]
  return deep !== null ? { score: deep, name: 'drb' } : forest !== null ? { score: forest, name: 'rb' } : null
}

/** Null where not known. */
export interface ZtfFacts extends ZtfScores {
  /** Detections at this place in this field and readout channel since the survey began. */
  ndethist?: number | null
  /** Middle of the exposure of the first of them, which `jdstarthist` says [d, MJD TAI]. */
  firstDetectionMjdTai?: number | null
  /** How star-like the nearest source of PS1 is, from 0 (a galaxy) to 1; 0.5 also where nobody could tell. */
  sgscore1?: number | null
  /** Its distance [arcsec]. */
  distpsnr1?: number | null
}

/** What ZTF's own fields say of an object. */
export const ztfContext = ({ ndethist, firstDetectionMjdTai, sgscore1, distpsnr1, ...scores }: ZtfFacts): ContextFacts => ({
  realBogus: realBogusOf(scores),
  nearest: { catalogue: 'PS1', starScore: said(sgscore1), separation: said(distpsnr1) },
  detections: said(ndethist),
  firstDetectionMjdTai: said(firstDetectionMjdTai)
})
