/** What a survey's catalogue and template have at the position of an object: the context of its alerts. */
import { nJyOfMagnitude } from '../../alert/alert.ts'
import { chance, exponential, gaussian, logNormal, uniform } from '../distributions.ts'
import type { SimulatedContext } from '../light-curves/light-curve.ts'
import { normal, type Random } from '../random.ts'
import { magnitudeOfFlux, skyNoise } from './noise.ts'
import type { Practice } from './practice.ts'

/** The source that lies there: a star, a nucleus, a galaxy at some distance. */
export interface CataloguedSource {
  /** Of the whole source in r, or the survey's band next to it [mag]; NaN where there is none. */
  magnitude: number
  isStar: boolean
  /** Of the object from it [arcsec]; positions have errors beside. */
  separation: number
}

/** Farther than that nothing is matched [arcsec]; sources beside the object are looked for nearer. */
const FARTHEST = 30
const NEIGHBOURS_WITHIN = 5
/** Stars among the sources of the sky. */
const NEIGHBOUR_STARS = 0.4
const ARCSEC2_PER_ARCMIN2 = 3600

/**
 * A survey's star–galaxy score: the logistic of a normal variate whose mean falls from 5 for sources 4 mag above the
 * limit to 0.3 at it, where a galaxy is a point like a star (as PS1's, Tachibana & Miller 2018, PASP 130, 128001, fig. 7).
 * @returns 0 a galaxy, 1 a star
 */
export function starScore (random: Random, isStar: boolean, magnitude: number, limit: number): number {
  const distinct = Math.min(5, Math.max(0.3, 1.2 * (limit - magnitude)))
  return 1 / (1 + Math.exp(-gaussian(random, isStar ? distinct : -distinct, 1.1)))
}

/** Whether a catalogue of a limit has a source, at least now and then. */
const isCatalogued = (random: Random, magnitude: number, { catalogueLimit }: Practice): boolean =>
  !Number.isNaN(magnitude) && gaussian(random, magnitude, 0.3) < catalogueLimit

export interface Surroundings {
  context: SimulatedContext
  /** Whether the source itself is the catalogued one. */
  isCatalogued: boolean
}

/**
 * @param templateFlux true light of the template at the position, in each band [nJy]
 * @param depth of a visit in each band [mag]
 */
export function surroundings (random: Random, practice: Practice, source: CataloguedSource, templateFlux: Float64Array, depth: readonly number[]): Surroundings {
  const { catalogueLimit, catalogueDensity, astrometry, templateGain } = practice
  const [dx, dy] = [gaussian(random, 0, 1), gaussian(random, 0, 1)]
  const error = astrometry * logNormal(random, 1, 0.4)
  let separation = Math.hypot(source.separation + error * dx, error * dy)
  const catalogued = isCatalogued(random, source.magnitude, practice) && separation < FARTHEST
  let score = starScore(random, source.isStar, source.magnitude, catalogueLimit)
  // the nearest of the others, of a Poisson process on the plane
  const neighbour = Math.sqrt(exponential(random, 1) * ARCSEC2_PER_ARCMIN2 / (Math.PI * catalogueDensity))
  const neighbourScore = starScore(random, chance(random, NEIGHBOUR_STARS), catalogueLimit - exponential(random, 1.2), catalogueLimit)
  if (!catalogued || separation > neighbour) {
    [separation, score] = neighbour < NEIGHBOURS_WITHIN ? [neighbour, neighbourScore] : catalogued ? [separation, score] : [NaN, NaN]
  }
  return {
    isCatalogued: catalogued,
    context: {
      templateFlux: templateFlux.map((flux, b) => flux + normal(random) * Math.hypot(skyNoise(depth[b]! + templateGain), 0.01 * flux)),
      starScore: score,
      separation
    }
  }
}

/** What an artefact lies on: mostly a star that was subtracted badly. */
export function artefactOrigin (random: Random, { catalogueLimit }: Practice, bands: number): { source: CataloguedSource, templateFlux: Float64Array } {
  const kind = random()
  const isStar = kind < 0.55
  const magnitude = isStar ? uniform(random, catalogueLimit - 8, catalogueLimit - 2) : kind < 0.8 ? uniform(random, catalogueLimit - 6, catalogueLimit - 1) : NaN
  const separation = Math.abs(gaussian(random, 0, 0.4))
  const redness = gaussian(random, 0.25, 0.2)
  const templateFlux = Float64Array.from({ length: bands }, (_, b) => Number.isNaN(magnitude) ? 0 : nJyOfMagnitude(magnitude + redness * (1.5 - b)))
  return { source: { magnitude, isStar, separation }, templateFlux }
}

/** Of a light of each band in r, or the band next to it that shines [mag]. */
export function referenceMagnitude (flux: Float64Array, bandNames: readonly string[]): number {
  const r = Math.max(0, bandNames.indexOf('r'))
  return magnitudeOfFlux(flux[r]!)
}
