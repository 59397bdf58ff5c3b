/** A source through dust, template and noise: what a survey measures of it on given visits. */
import { exponential, uniform } from '../distributions.ts'
import { dustTransmission } from '../dust/ccm89.ts'
import type { Random } from '../random.ts'
import { GALACTIC_CLASSES, type SimulatedSource, type SkyClass } from '../sources/source.ts'
import { hostGalaxy } from './host-galaxy.ts'
import { measured, skyNoise, type Measured } from './noise.ts'
import type { Practice } from './practice.ts'
import type { Pointing, Survey } from './survey.ts'
import { artefactOrigin, referenceMagnitude, type CataloguedSource } from './surroundings.ts'
import { templateOfPersistent, templateOfTransient } from './template.ts'
import { firstFrom, visitsFrom, type Visits } from './visits.ts'

/** Mean E(B−V) of the Milky Way towards galaxies, and towards its own stars [mag]. */
const MEAN_EBV = 0.05
const MEAN_EBV_OF_STARS = 0.15
/** Nothing triggers unless a visit has that much of its sky noise [σ] without noise. */
const LEAST_SIGNAL = 3
/** A persistent source is new to the alerts when its template is made, at any time in this part of a survey. */
const NEW_UNTIL = 0.7
/** Visits after that among which its first alert is looked for. */
const MOST_VISITS = 600

/** An object at its position. */
export interface Exposed {
  skyClass: SkyClass
  source: SimulatedSource
  redshift: number | null
  pointing: Pointing
  /** Those of the pointing that the object has. */
  visits: Visits
}

/** What a survey sees of an object, before noise. */
export interface Scene {
  /** True E(B−V) of the Milky Way [mag]. */
  mwebv: number
  /** Visits in which an alert can come: `first` to before `end`. */
  first: number
  end: number
  /** Light in the template, in each band [nJy]: host, star or nucleus at the position, and an event in it. */
  templateFlux: Float64Array
  /** What a catalogue can have there. */
  catalogued: CataloguedSource
  /** Difference flux without noise of visits of the object, by their numbers [nJy]. */
  differences: (first: number, end: number) => Float64Array
  measure: (random: Random, first: number, end: number, noiseFree: Float64Array) => Measured
}

/** Nuclei that outshine their galaxies are points (type 1 beyond about z = 0.4). */
const isPointLike = (redshift: number): boolean => redshift > 0.4

/**
 * Draws what surrounds an object, and looks whether the survey can see it at all.
 * @param isNew a persistent source becomes new to the alerts at a time of its own; otherwise it is from the survey's start
 * @returns undefined where it cannot
 */
export function sceneOf (random: Random, survey: Survey, practice: Practice, { skyClass, source, redshift, visits }: Exposed, isNew: boolean): Scene | undefined {
  const bands = survey.passbands.length
  const isGalactic = GALACTIC_CLASSES.has(skyClass)
  const mwebv = exponential(random, isGalactic ? MEAN_EBV_OF_STARS : MEAN_EBV)
  // magnitudes of stars are drawn as they are seen
  const passing = Float64Array.from(survey.passbands, ({ effectiveWavelength }) => isGalactic ? 1 : dustTransmission(effectiveWavelength, mwebv))
  const seen = (range: Visits): Float64Array => {
    const flux = source.fluxes(range)
    return isGalactic ? flux : flux.map((value, k) => value * passing[range.band[k]!]!)
  }
  const count = visits.mjd.length
  const isLasting = !Number.isFinite(source.from)
  const [start, last] = [visits.mjd[0] ?? 0, visits.mjd[count - 1] ?? 0]
  const begins = isLasting ? isNew ? uniform(random, start, start + NEW_UNTIL * (last - start)) : start : source.from
  const first = firstFrom(visits, begins)
  const until = firstFrom(visits, source.until)
  const end = isLasting && isNew ? Math.min(until, first + MOST_VISITS) : until
  if (first >= end) return undefined

  const fluxes = seen(visitsFrom(visits, first, end))
  let held: Float64Array
  if (source.persistent) held = templateOfPersistent(random, skyClass, source, begins, bands).map((flux, b) => flux * passing[b]!)
  else {
    const brightest = new Float64Array(bands)
    for (let k = first; k < end; k++) brightest[visits.band[k]!] = Math.max(brightest[visits.band[k]!]!, fluxes[k - first]!)
    held = templateOfTransient(random, brightest)
  }
  let strongest = 0
  for (let k = first; k < end; k++) strongest = Math.max(strongest, Math.abs(fluxes[k - first]! - held[visits.band[k]!]!) / skyNoise(visits.depth[k]!))
  if (!(strongest >= LEAST_SIGNAL)) return undefined

  const names = survey.passbands.map(({ band }) => band)
  let below = held
  let templateFlux = held
  let catalogued: CataloguedSource
  if (skyClass === 'artefact') {
    const origin = artefactOrigin(random, practice, bands)
    catalogued = origin.source
    templateFlux = origin.templateFlux
  } else if (source.persistent) {
    catalogued = { magnitude: referenceMagnitude(held, names), isStar: isGalactic || isPointLike(redshift ?? 0), separation: 0 }
  } else {
    const host = hostGalaxy(random, skyClass, redshift ?? 0.01, survey.passbands, passing, practice.psfArea)
    catalogued = { magnitude: referenceMagnitude(host.flux, names), isStar: false, separation: host.separation }
    templateFlux = below = host.below.map((light, b) => light + held[b]!)
  }
  return {
    mwebv,
    first,
    end,
    templateFlux,
    catalogued,
    differences: (from, to) => {
      const range = visitsFrom(visits, from, to)
      const inside = from === first && to === end ? fluxes : seen(range)
      return inside.map((flux, k) => flux - held[range.band[k]!]!)
    },
    measure: (noise, from, to, noiseFree) => measured(noise, practice.noise, visitsFrom(visits, from, to), noiseFree, below)
  }
}
