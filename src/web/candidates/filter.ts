/** Which candidates are wanted, and in which order. Names are those of GET /v1/objects. */
import type { Candidate } from '../api.ts'

export const NUMBERS = ['minProbability', 'maxProbability', 'minEpochs', 'ra', 'dec', 'radius'] as const
export type NumberName = typeof NUMBERS[number]

/** By each order, what comes first is larger; what changed last comes first where that is equal. */
export const ORDERS = {
  recency: (candidate: Candidate) => candidate.sequence,
  probability: (candidate: Candidate) => candidate.probabilityIa
}
export type Order = keyof typeof ORDERS

export const isOrder = (name: string): name is Order => Object.hasOwn(ORDERS, name)

export interface Filter extends Partial<Record<NumberName, number>> {
  sort: Order
}

const radians = (degrees: number): number => degrees * Math.PI / 180

/** Angle between two places on the sky, all in degrees, by the haversine formula: exact for small ones too. */
export function separation (a: { ra: number, dec: number }, b: { ra: number, dec: number }): number {
  const half = (angle: number): number => Math.sin(radians(angle) / 2) ** 2
  const chord = half(a.dec - b.dec) + Math.cos(radians(a.dec)) * Math.cos(radians(b.dec)) * half(a.ra - b.ra)
  return 2 * Math.asin(Math.min(1, Math.sqrt(chord))) * 180 / Math.PI
}

export function matches (candidate: Candidate, { minProbability = 0, maxProbability = 1, minEpochs = 0, ra, dec, radius }: Filter): boolean {
  const { probabilityIa, epochs } = candidate
  if (probabilityIa < minProbability || probabilityIa > maxProbability || epochs < minEpochs) return false
  return ra === undefined || dec === undefined || radius === undefined || separation(candidate, { ra, dec }) <= radius
}

export const isNarrow = (filter: Filter): boolean => NUMBERS.some(name => filter[name] !== undefined)

/** The query of GET /v1/objects; what is not asked for is left out. */
export function queryOf (filter: Filter): URLSearchParams {
  const query = new URLSearchParams()
  for (const name of NUMBERS) if (filter[name] !== undefined) query.set(name, String(filter[name]))
  if (filter.sort !== 'recency') query.set('sort', filter.sort)
  return query
}
