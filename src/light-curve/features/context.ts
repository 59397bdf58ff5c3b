/** What the first alert of an object said beside its fluxes, as features: the context that a network is shown. */
import type { AlertContext } from '../../alert/context/context.ts'

/**
 * Facts of the object's earliest alert. Later alerts do not change them, so that a new epoch never makes the earlier ones
 * stale; an alert that turns out to be earlier does, and the light curve is replayed. Null where the alert does not say.
 */
export interface FirstContext {
  /** Flux of the template image [nJy]. */
  templateFlux: number | null
  /** Of the nearest catalogued source: 0 a galaxy, 1 a star. */
  starScore: number | null
  /** From the nearest catalogued source [arcsec]. */
  separation: number | null
  /** 0 an artefact, 1 real. */
  realBogus: number | null
  /** Detections that the survey had made before. */
  detections: number | null
}

export const NO_CONTEXT: FirstContext = { templateFlux: null, starScore: null, separation: null, realBogus: null, detections: null }

/** −0 is 0: what is equal has equal bytes. */
const rounded = (value: number | null | undefined): number | null => value === null || value === undefined ? null : Math.fround(value) + 0

/** The part of an alert's context that becomes features, rounded to float32, as it is kept. */
export const firstContextOf = (context: AlertContext | null | undefined): FirstContext => context
  ? {
      templateFlux: rounded(context.templateFlux),
      starScore: rounded(context.nearest?.starScore),
      separation: rounded(context.nearest?.separation),
      realBogus: rounded(context.realBogus?.score),
      detections: context.detections ?? null
    }
  : NO_CONTEXT

export const sameContext = (a: FirstContext, b: FirstContext): boolean =>
  a.templateFlux === b.templateFlux && a.starScore === b.starScore && a.separation === b.separation && a.realBogus === b.realBogus && a.detections === b.detections

export const CONTEXT_FEATURES = 9

/** asinh turns from linear to logarithmic at 1 µJy, 23.9 mag [nJy]. */
const TEMPLATE_SCALE = 1000

/**
 * [asinh(template flux/1 µJy)/2, known, star score, known, 1/(1 + separation/1″) or 0 where not known, real–bogus score,
 * known, ln(1 + detections), known]. What is not known is 0.
 */
export function contextFeatures ({ templateFlux, starScore, separation, realBogus, detections }: FirstContext): Float32Array {
  const features = new Float32Array(CONTEXT_FEATURES)
  if (templateFlux !== null && Number.isFinite(templateFlux)) features.set([Math.asinh(templateFlux / TEMPLATE_SCALE) / 2, 1], 0)
  if (starScore !== null && starScore >= 0 && starScore <= 1) features.set([starScore, 1], 2)
  if (separation !== null && separation >= 0) features[4] = 1 / (1 + separation)
  if (realBogus !== null && realBogus >= 0 && realBogus <= 1) features.set([realBogus, 1], 5)
  if (detections !== null && detections >= 0) features.set([Math.log1p(detections), 1], 7)
  return features
}
