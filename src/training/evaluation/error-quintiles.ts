/** Whether a large probabilityIaErr means that P(Ia) is wrong. */
import { IA_THRESHOLD } from './metrics.ts'
import type { Instance } from './judged.ts'

const PARTS = 5
const LEAST = 1e-9

export interface ErrorQuintile {
  /** What the objects are ordered by: the error of P(Ia), or that of ln(P(Ia)/(1 − P(Ia))), which says less of P(Ia) itself. */
  by: 'probabilityIaErr' | 'error of the logit'
  /** 1 the smallest errors, 5 the largest. */
  quintile: number
  from: number
  to: number
  objects: number
  /** Share on the wrong side of 0.5, and what P(Ia) itself says of it: the mean of min(P, 1 − P). */
  wrong: number
  wrongExpected: number
  /** Mean of (P − truth)², and what P(Ia) itself says of it: the mean of P·(1 − P). */
  brier: number
  brierExpected: number
}

const ORDERS = {
  probabilityIaErr: (error: number) => error,
  'error of the logit': (error: number, probability: number) => error / Math.max(LEAST, probability * (1 - probability))
} as const

/** @returns none where the model gives no error, or the objects are too few for five parts */
export function errorQuintiles (instances: readonly Instance[]): ErrorQuintile[] {
  return (Object.keys(ORDERS) as Array<keyof typeof ORDERS>).flatMap(by => {
    const sorted = instances.flatMap(({ isIa, probabilities: { probabilityIa, probabilityIaErr } }) =>
      probabilityIaErr === null ? [] : [{ truth: isIa ? 1 : 0, probability: probabilityIa, value: ORDERS[by](probabilityIaErr, probabilityIa) }])
      .sort((a, b) => a.value - b.value)
    if (sorted.length < PARTS || sorted.at(-1)!.value === 0) return []
    return Array.from({ length: PARTS }, (_, part): ErrorQuintile => {
      const inPart = sorted.slice(Math.round(part * sorted.length / PARTS), Math.round((part + 1) * sorted.length / PARTS))
      const mean = (of: (one: typeof inPart[number]) => number): number => inPart.reduce((sum, one) => sum + of(one), 0) / inPart.length
      return {
        by,
        quintile: part + 1,
        from: inPart[0]!.value,
        to: inPart.at(-1)!.value,
        objects: inPart.length,
        wrong: mean(({ truth, probability }) => (probability > IA_THRESHOLD ? 1 : 0) === truth ? 0 : 1),
        wrongExpected: mean(({ probability }) => Math.min(probability, 1 - probability)),
        brier: mean(({ truth, probability }) => (truth - probability) ** 2),
        brierExpected: mean(({ probability }) => probability * (1 - probability))
      }
    })
  })
}
