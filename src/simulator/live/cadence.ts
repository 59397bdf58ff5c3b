/**
 * When the simulated survey looks where, in which band and how deep: a rolling choice of fields in the manner of
 * Rubin's (Bianco et al. 2022, arXiv:2108.01683). A field is visited about every three nights, twice in half an
 * hour, in neighbouring bands that the Moon allows. The fields lie near the south celestial pole, which is up all
 * year, so there are no seasons.
 */
import { nJyOfMagnitude, type Band } from '../../alert/alert.ts'
import { normal, randomFrom } from '../random.ts'

export interface Visit {
  /** Night, counted from the start of the survey. */
  night: number
  /** The survey's visit number: YYYYMMDD of the night, then five digits. */
  visit: number
  /** Number of the visit among all nights: night and place in it. */
  index: number
  field: number
  band: Band
  /** [d, MJD TAI] */
  midpointMjdTai: number
  /** Flux of a point source with S/N 5 [nJy]. */
  fiveSigmaFlux: number
}

export const FIELDS = 90
/** Radius of a field [deg]: LSSTCam sees 9.6 square degrees (Ivezić et al. 2019, arXiv:0805.2366). */
export const FIELD_RADIUS = 1.75
/** Nights between two visits of a field, where the weather allows. */
export const REVISIT = 3
/** Visits of a night are numbered below this. */
const VISITS_A_NIGHT = 1000
const PAIR_SEPARATION = 0.023
/** Chile's astronomical night in TAI, as a part of the day after the evening's date. */
const EVENING = 1.02
const NIGHT_LENGTH = 0.36

/**
 * Single-visit 5σ depth of a dark, typical sky [mag, AB]: Rubin's key numbers (Ivezić et al. 2019, table 1, after
 * seeing and airmass); y from the mean of the observing strategy v3.2.
 */
export const FIVE_SIGMA_MAGNITUDE: Readonly<Record<Band, number>> = { u: 23.8, g: 24.5, r: 24.0, i: 23.4, z: 22.7, y: 21.9 }
/** What a full Moon takes off [mag]; rounded from sky brightness models (Krisciunas & Schaefer 1991). */
const FULL_MOON_LOSS: Readonly<Record<Band, number>> = { u: 1.0, g: 0.7, r: 0.4, i: 0.2, z: 0.1, y: 0.05 }
/** Seeing, clouds and airmass [mag, 1σ]. */
const DEPTH_SCATTER = 0.15
/** Share of nights without any visit, and of nights that lose half of their fields. */
const LOST_NIGHTS = 0.12
const HALF_NIGHTS = 0.2

const NEW_MOON = 61088.5
const SYNODIC_MONTH = 29.530588
const DARK_PAIRS: ReadonlyArray<readonly [Band, Band]> = [['u', 'g'], ['g', 'r'], ['r', 'i'], ['i', 'z']]
const GREY_PAIRS: ReadonlyArray<readonly [Band, Band]> = [['g', 'r'], ['r', 'i'], ['i', 'z'], ['z', 'y']]
const BRIGHT_PAIRS: ReadonlyArray<readonly [Band, Band]> = [['r', 'i'], ['i', 'z'], ['z', 'y']]

/** Illuminated part of the Moon, 0 to 1. */
export const moonlight = (mjd: number): number => (1 - Math.cos(2 * Math.PI * (mjd - NEW_MOON) / SYNODIC_MONTH)) / 2

const DRAW = { weather: 101, field: 102, depth: 103, centre: 104 } as const

/** Centre of a field [deg, ICRS]. */
export function fieldCentre (seed: number, field: number): { ra: number, dec: number } {
  const random = randomFrom(seed, DRAW.centre, field)
  const [low, high] = [-85, -62].map(degrees => Math.sin(degrees * Math.PI / 180)) as [number, number]
  return { ra: 360 * random(), dec: Math.asin(low + (high - low) * random()) * 180 / Math.PI }
}

export interface Cadence {
  /** The visits of a night, in order of time; none where the weather took it. Nights before 0 are there too. */
  visits (night: number): readonly Visit[]
  /** Those of one field, in order of time. */
  visitsOf (field: number, night: number): readonly Visit[]
}

/** YYYYMMDD of the evening of an MJD's day. */
function dayNumber (mjd: number): number {
  const [year, month, day] = new Date((Math.floor(mjd) - 40587) * 86_400_000).toISOString().slice(0, 10).split('-').map(Number) as [number, number, number]
  return year * 10_000 + month * 100 + day
}

function planNight (seed: number, start: number, night: number): Visit[] {
  const weather = randomFrom(seed, DRAW.weather, night)()
  if (weather < LOST_NIGHTS) return []
  const day = Math.floor(start) + night
  const moon = moonlight(day + EVENING)
  const pairs = moon < 0.45 ? DARK_PAIRS : moon < 0.85 ? GREY_PAIRS : BRIGHT_PAIRS
  const planned = Array.from({ length: FIELDS }, (_, field) => field).filter(field => {
    if ((((night + field) % REVISIT) + REVISIT) % REVISIT !== 0) return false
    return weather >= LOST_NIGHTS + HALF_NIGHTS || randomFrom(seed, DRAW.field, field, night)() < 0.5
  })
  const slot = (NIGHT_LENGTH - PAIR_SEPARATION) / Math.ceil(FIELDS / REVISIT)
  const visits = planned.flatMap((field, place) => {
    const turn = Math.floor(night / REVISIT) + Math.floor(field / REVISIT)
    const pair = pairs[((turn % pairs.length) + pairs.length) % pairs.length]!
    return pair.map((band, second) => ({ field, band, midpointMjdTai: day + EVENING + place * slot + second * PAIR_SEPARATION }))
  }).sort((a, b) => a.midpointMjdTai - b.midpointMjdTai)
  const date = dayNumber(day)
  return visits.map(({ field, band, midpointMjdTai }, place) => {
    const scatter = DEPTH_SCATTER * normal(randomFrom(seed, DRAW.depth, night, place))
    return {
      night,
      visit: date * 100_000 + place + 1,
      index: night * VISITS_A_NIGHT + place,
      field,
      band,
      midpointMjdTai,
      fiveSigmaFlux: nJyOfMagnitude(FIVE_SIGMA_MAGNITUDE[band] - FULL_MOON_LOSS[band] * moon + scatter)
    }
  })
}

/** @param startMjdTai evening of night 0; its fraction is dropped */
export function createCadence (seed: number, startMjdTai: number): Cadence {
  const nights = new Map<number, { visits: Visit[], byField: Map<number, Visit[]> }>()
  const none: readonly Visit[] = []
  const planned = (night: number): { visits: Visit[], byField: Map<number, Visit[]> } => {
    let plan = nights.get(night)
    if (!plan) {
      plan = { visits: planNight(seed, startMjdTai, night), byField: new Map() }
      for (const visit of plan.visits) {
        const ofField = plan.byField.get(visit.field)
        if (ofField) ofField.push(visit)
        else plan.byField.set(visit.field, [visit])
      }
      nights.set(night, plan)
      if (nights.size > 2000) nights.delete(nights.keys().next().value!)
    }
    return plan
  }
  return {
    visits: night => planned(night).visits,
    visitsOf: (field, night) => planned(night).byField.get(field) ?? none
  }
}
