/**
 * The supernovae of the simulated sky. Each is named by the night of its peak and its place among that night's,
 * so that any of them can be drawn alone.
 */
import { BANDS, nJyOfMagnitude, type Band } from '../../alert/alert.ts'
import { CandelaError } from '../../errors.ts'
import { FIELD_RADIUS, fieldCentre, FIELDS, FIVE_SIGMA_MAGNITUDE } from './cadence.ts'
import type { PopulationGroup } from '../spcc/population.ts'
import { poisson, randomFrom } from '../random.ts'
import { fluxCurve, supernovaSource, type FluxCurve, type Supernova } from './supernova.ts'

export interface SimulatedObject extends Supernova {
  /** Unique within one sky; below 2^31. */
  number: number
  diaObjectId: bigint
  /** [deg, ICRS] */
  ra: number
  dec: number
  field: number
  /** Peak in r [d, MJD TAI]. */
  peakMjdTai: number
  /** Flux of the host below the supernova, in the template [nJy]; it has nothing to do with the class. */
  hostFlux: number
  /** First and last time at which a band is brighter than a visit's 2σ [d, MJD TAI]; null where none ever is. */
  visible: { from: number, to: number } | null
  /** Flux of the supernova alone [nJy]. */
  flux (band: Band, midpointMjdTai: number): number
}

/** Nights before and after the peak in which a supernova is followed. */
export const NIGHTS_BEFORE_PEAK = 80
export const NIGHTS_AFTER_PEAK = 300
/** Nights from the first to the last detection, averaged over all supernovae that are drawn, seen or not. */
const MEAN_ACTIVE_NIGHTS = 18.7

const DRAW = { count: 201, object: 202 } as const
/** Peak nights are counted from here and objects of one below PLACES, so that an object's number is positive. */
const FIRST_NIGHT = -2000
const PLACES = 10_000
const LARGEST_NUMBER = 2 ** 31
/** diaObjectIds of 18 digits, as Rubin's. The lowest 20 bits are a mark of the seed. */
const FIRST_ID = 313_000_000_000_000_000n
const ID_MARK_BITS = 20n
const VISIBLE = 0.4
const STEP = 4

export interface Objects {
  /** The supernovae that may be visible in a night, in a fixed order. */
  around (night: number): readonly SimulatedObject[]
  /** @throws CandelaError `object-unknown` for an id that this sky does not have */
  byId (diaObjectId: string): SimulatedObject
}

/** From the peak of a band outwards, for as long as it is brighter than the threshold: it has one peak only. */
function crossing (isBright: (time: number) => boolean, peakTime: number, step: number): number {
  let time = peakTime
  while (isBright(time)) time += step
  return Math.max(-NIGHTS_BEFORE_PEAK, Math.min(NIGHTS_AFTER_PEAK, time))
}

function visibleSpan ({ shapes }: Supernova, flux: FluxCurve): { from: number, to: number } | null {
  const spans = BANDS.flatMap(band => {
    const shape = shapes[band]
    const threshold = VISIBLE * nJyOfMagnitude(FIVE_SIGMA_MAGNITUDE[band])
    if (!shape || shape.peakFlux <= threshold) return []
    const isBright = (time: number): boolean => flux(band, time) > threshold
    return [{ from: crossing(isBright, shape.peakTime, -STEP), to: crossing(isBright, shape.peakTime, STEP) }]
  })
  if (spans.length === 0) return null
  return { from: Math.min(...spans.map(({ from }) => from)), to: Math.max(...spans.map(({ to }) => to)) }
}

/**
 * @param activeObjects mean number of objects between their first and last detection
 * @param startMjdTai evening of night 0
 */
export function createObjects (
  seed: number, population: readonly PopulationGroup[], activeObjects: number, startMjdTai: number
): Objects {
  const drawSupernova = supernovaSource(population)
  const start = Math.floor(startMjdTai)
  const mark = BigInt(Math.floor(randomFrom(seed, DRAW.object)() * 2 ** Number(ID_MARK_BITS)))
  const ofPeakNight = new Map<number, SimulatedObject[]>()
  const count = (night: number): number =>
    Math.min(PLACES, poisson(randomFrom(seed, DRAW.count, night), activeObjects / MEAN_ACTIVE_NIGHTS))

  function drawObject (night: number, place: number): SimulatedObject {
    const number = (night - FIRST_NIGHT) * PLACES + place
    const random = randomFrom(seed, DRAW.object, number)
    const supernova = drawSupernova(random)
    const peakMjdTai = start + night + random()
    const field = Math.floor(FIELDS * random())
    const centre = fieldCentre(seed, field)
    const radius = FIELD_RADIUS * Math.sqrt(random())
    const angle = 2 * Math.PI * random()
    const dec = centre.dec + radius * Math.sin(angle)
    const ra = (centre.ra + radius * Math.cos(angle) / Math.cos(dec * Math.PI / 180) + 360) % 360
    const hostFlux = nJyOfMagnitude(20 + 5 * random())
    const curve = fluxCurve(supernova)
    const span = visibleSpan(supernova, curve)
    return {
      ...supernova,
      number,
      diaObjectId: FIRST_ID + (BigInt(number) << ID_MARK_BITS) + mark,
      ra,
      dec,
      field,
      peakMjdTai,
      hostFlux,
      visible: span && { from: peakMjdTai + span.from, to: peakMjdTai + span.to },
      flux: (band, midpointMjdTai) => curve(band, midpointMjdTai - peakMjdTai)
    }
  }

  function peaking (night: number): readonly SimulatedObject[] {
    let objects = ofPeakNight.get(night)
    if (!objects) {
      objects = night < FIRST_NIGHT ? [] : Array.from({ length: count(night) }, (_, place) => drawObject(night, place))
      ofPeakNight.set(night, objects)
    }
    return objects
  }

  return {
    around (night) {
      const first = night - NIGHTS_AFTER_PEAK
      const last = night + NIGHTS_BEFORE_PEAK
      for (const kept of ofPeakNight.keys()) {
        if (kept < first - NIGHTS_BEFORE_PEAK || kept > last + NIGHTS_BEFORE_PEAK) ofPeakNight.delete(kept)
      }
      return Array.from({ length: last - first + 1 }, (_, k) => peaking(first + k)).flat()
    },
    byId (diaObjectId) {
      const id = /^\d{1,19}$/.test(diaObjectId) ? BigInt(diaObjectId) - FIRST_ID : -1n
      const number = Number(id >> ID_MARK_BITS)
      const night = Math.floor(number / PLACES) + FIRST_NIGHT
      const known = id >= 0n && BigInt.asUintN(Number(ID_MARK_BITS), id) === mark && number < LARGEST_NUMBER
      const object = known ? peaking(night)[number % PLACES] : undefined
      if (!object) {
        throw new CandelaError('object-unknown', `the simulated sky of seed ${seed} has no object ${diaObjectId}`, {
          value: diaObjectId, action: 'Ask the sky of the seed and the number of active objects that made the alert.'
        })
      }
      return object
    }
  }
}
