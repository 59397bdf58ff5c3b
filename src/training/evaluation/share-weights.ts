/** Weights that give objects the class shares of a sky: a set of light curves holds classes in a mix of its own. */
import { between } from '../../model/knots.ts'
import { sharesAt, type ClassShares, type ModelClass } from '../../model/classes.ts'
import type { Instance } from './judged.ts'
import { SHARE_DETECTIONS } from './training-shares.ts'

/** The class shares that the instances have, by number of detections; a class without any has 0. Each counts at the two numbers around its own. */
function sharesFound (instances: readonly Instance[], places: ReadonlyMap<string, number>): ClassShares {
  const rows = SHARE_DETECTIONS.map(() => new Array<number>(places.size).fill(0))
  for (const { type, detections } of instances) {
    const place = places.get(type)!
    const { left, right, part } = between(SHARE_DETECTIONS, detections)
    rows[left]![place]! += 1 - part
    rows[right]![place]! += part
  }
  const normed = rows.map(row => {
    const sum = row.reduce((a, b) => a + b, 0)
    return row.map(count => sum === 0 ? 0 : count / sum)
  })
  return { name: 'found', detections: SHARE_DETECTIONS, shares: normed }
}

export interface Weighted {
  /** Of each instance, their mean 1; 0 of a class that the model does not know. */
  weights: number[]
  /** (Σw)²/Σw²: as many objects of equal weight tell as much. */
  effectiveObjects: number
  /** Part of the sky whose classes are among the instances: the rest of it is not measured. */
  coverage: number
}

/**
 * An instance of class k with n detections weighs share(k, n)/found(k, n): importance weights (Saerens et al. 2002, eq. 2.4,
 * put Bayes's theorem for probabilities by the same ratio).
 * @param shares of the sky
 */
export function shareWeights (instances: readonly Instance[], classes: readonly ModelClass[], shares: ClassShares): Weighted {
  const places = new Map(classes.map(({ name }, place) => [name, place]))
  const known = instances.filter(({ type }) => places.has(type))
  const found = sharesFound(known, places)
  const present = new Set(known.map(({ type }) => places.get(type)!))
  let covered = 0
  const raw = instances.map(({ type, detections }) => {
    const place = places.get(type)
    if (place === undefined) return 0
    const there = sharesAt(shares, detections)
    for (const one of present) covered += there[one]!
    return there[place]! / sharesAt(found, detections)[place]!
  })
  const sum = raw.reduce((a, b) => a + b, 0)
  const weights = raw.map(weight => sum === 0 ? 0 : weight * known.length / sum)
  const squares = weights.reduce((a, b) => a + b * b, 0)
  return { weights, effectiveObjects: squares === 0 ? 0 : known.length ** 2 / squares, coverage: known.length === 0 ? 0 : covered / known.length }
}
