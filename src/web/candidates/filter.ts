/** The filter and the order of candidates. Names are those of GET /v1/objects. */
import type { Candidate } from '../api.ts'

export const NUMBERS = ['minProbability', 'maxProbability', 'minEpochs', 'minRise', 'ra', 'dec', 'radius'] as const
export type NumberName = typeof NUMBERS[number]

export const ORDERS = ['recency', 'probability', 'rise', 'separation'] as const
export type Order = typeof ORDERS[number]

export const isOrder = (name: string): name is Order => (ORDERS as readonly string[]).includes(name)

export interface Filter extends Partial<Record<NumberName, number>> {
  sort: Order
}

const radians = (degrees: number): number => degrees * Math.PI / 180

/** Angle between two places on the sky, all in degrees, by the haversine formula: exact for small ones too; Infinity from one that is not known. */
export function separation (a: { ra: number | null, dec: number | null }, b: { ra: number, dec: number }): number {
  if (a.ra === null || a.dec === null) return Infinity
  const half = (angle: number): number => Math.sin(radians(angle) / 2) ** 2
  const chord = half(a.dec - b.dec) + Math.cos(radians(a.dec)) * Math.cos(radians(b.dec)) * half(a.ra - b.ra)
  return 2 * Math.asin(Math.min(1, Math.sqrt(chord))) * 180 / Math.PI
}

interface Cone { ra: number, dec: number, radius: number }

function coneOf ({ ra, dec, radius }: Filter): Cone | null {
  return ra === undefined || dec === undefined || radius === undefined ? null : { ra, dec, radius }
}

export function matches (candidate: Candidate, filter: Filter): boolean {
  const { minProbability = 0, maxProbability = 1, minEpochs = 0, minRise = -Infinity } = filter
  const { probabilityIa, epochs, rise } = candidate
  if (probabilityIa < minProbability || probabilityIa > maxProbability || epochs < minEpochs || (rise ?? -Infinity) < minRise) return false
  const cone = coneOf(filter)
  return cone === null || separation(candidate, cone) <= cone.radius
}

/** The key of an order: the larger comes first; where it is equal, the newer change. */
export function orderKey (candidate: Candidate, filter: Filter): number {
  const cone = coneOf(filter)
  switch (filter.sort) {
    case 'probability': return candidate.probabilityIa
    case 'rise': return candidate.rise ?? -Infinity
    case 'separation': return cone === null ? 0 : -separation(candidate, cone)
    case 'recency': return candidate.sequence
  }
}

export const isNarrow = (filter: Filter): boolean => NUMBERS.some(name => filter[name] !== undefined)

/** The query of GET /v1/objects; what is not asked for is left out. */
export function queryOf (filter: Filter): URLSearchParams {
  const query = new URLSearchParams()
  for (const name of NUMBERS) if (filter[name] !== undefined) query.set(name, String(filter[name]))
  // With a cone the API's default order is another one.
  if (filter.sort !== 'recency' || coneOf(filter)) query.set('sort', filter.sort)
  return query
}
