/** What a P(Ia) promises and what the stream holds, in bins that are narrow at both ends. */
import type { AlertOutcome } from './stream.ts'

/** Where one takes a decision: near 0 a list begins to be of use, near 1 a telescope is moved. */
export const EDGES = [0, 0.01, 0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1] as const

export interface PromiseBin {
  from: number
  to: number
  /** Alerts a year. */
  alerts: number
  meanProbabilityIa: number
  shareIa: number
  /** 1σ of the share, from the number of objects; all alerts of an object count as one that weighs as much. */
  error: number
}

/** @returns the bins that hold alerts */
export function promises (outcomes: readonly AlertOutcome[], edges: readonly number[] = EDGES): PromiseBin[] {
  return edges.slice(1).flatMap((to, k) => {
    const from = edges[k]!
    const inside = outcomes.filter(({ probabilityIa }) => probabilityIa >= from && (probabilityIa < to || (to === 1 && probabilityIa === 1)))
    if (inside.length === 0) return []
    const ofObject = new Map<number, { weight: number, isIa: boolean }>()
    let [alerts, typeIa, probability] = [0, 0, 0]
    for (const { weight = 1, isIa, probabilityIa, place } of inside) {
      alerts += weight
      probability += weight * probabilityIa
      if (isIa) typeIa += weight
      ofObject.set(place, { weight: (ofObject.get(place)?.weight ?? 0) + weight, isIa })
    }
    const shareIa = typeIa / alerts
    const objects = [...ofObject.values()]
    // no object of the other kind: as if there were one of the mean weight
    const isMixed = objects.some(({ isIa }) => isIa !== objects[0]!.isIa)
    const variance = isMixed ? objects.reduce((sum, { weight, isIa }) => sum + (weight * (Number(isIa) - shareIa)) ** 2, 0) : (alerts / objects.length) ** 2
    return [{ from, to, alerts, meanProbabilityIa: probability / alerts, shareIa, error: Math.sqrt(variance) / alerts }]
  })
}

const percent = (share: number): string => (100 * share).toFixed(share < 0.1 || share > 0.9 ? 1 : 0)

export function promiseTable (bins: readonly PromiseBin[]): string {
  const rows = [['P(Ia)', 'alerts a night', 'mean P(Ia) [%]', 'Ia among them [%]'], ...bins.map(({ from, to, alerts, meanProbabilityIa, shareIa, error }) =>
    [`${from}–${to}`, (alerts / 365.25).toPrecision(3), percent(meanProbabilityIa), `${percent(shareIa)} ± ${(100 * error).toFixed(1)}`])]
  const widths = rows[0]!.map((_, k) => Math.max(...rows.map(row => row[k]!.length)))
  return rows.map(row => row.map((cell, k) => k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)).join('  ')).join('\n')
}
