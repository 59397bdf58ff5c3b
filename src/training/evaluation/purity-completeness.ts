/** Purity and completeness of a list of Ia by the P(Ia) from which on objects are in it. */
import type { Outcome } from './metrics.ts'

export interface PurityPoint {
  /** Objects with P(Ia) ≥ threshold make the list. */
  threshold: number
  /** Share of all Ia that are in it. */
  completeness: number
  /** Share of Ia in it. */
  purity: number
}

/**
 * The curve by falling threshold, by weight; objects of the same P(Ia) enter together.
 * @returns no points where there is no Ia
 */
export function purityCurve (outcomes: readonly Outcome[]): PurityPoint[] {
  const sorted = [...outcomes].sort((a, b) => b.probabilityIa - a.probabilityIa)
  const total = sorted.reduce((sum, { isIa, weight = 1 }) => isIa ? sum + weight : sum, 0)
  if (total === 0) return []
  const points: PurityPoint[] = []
  let [ia, all] = [0, 0]
  for (const [k, { isIa, probabilityIa, weight = 1 }] of sorted.entries()) {
    all += weight
    if (isIa) ia += weight
    if (sorted[k + 1]?.probabilityIa === probabilityIa || all === 0) continue
    points.push({ threshold: probabilityIa, completeness: ia / total, purity: ia / all })
  }
  return points
}

/** The largest purity of a list that holds at least this share of the Ia; null where there is none. */
export function purityAt (curve: readonly PurityPoint[], completeness: number): number | null {
  const reached = curve.filter(point => point.completeness >= completeness - 1e-9)
  return reached.length === 0 ? null : Math.max(...reached.map(({ purity }) => purity))
}

/** As many points as a plot needs, the first and the last among them. */
export function thinned (curve: readonly PurityPoint[], most: number): PurityPoint[] {
  if (curve.length <= most) return [...curve]
  return Array.from({ length: most }, (_, k) => curve[Math.round(k * (curve.length - 1) / (most - 1))]!)
}
