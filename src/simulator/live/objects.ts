/**
 * The objects of the simulated sky. Each is named by a night, that of its peak or the middle of its season, and its
 * place among that night's, so that any of them can be drawn alone. A persistent source is on the sky for one season:
 * its field is looked at in that time alone, and the next season's is another object.
 */
import { BANDS, nJyOfMagnitude, type Band } from '../../alert/alert.ts'
import { CandelaError } from '../../errors.ts'
import { gaussian, oneOf, uniform, weightedOneOf } from '../distributions.ts'
import { poisson, randomFrom, type Random } from '../random.ts'
import type { SkyClass } from '../sources/source.ts'
import { ARTEFACT_NIGHTS, liveArtefact } from './artefact.ts'
import { FIELD_RADIUS, fieldCentre, FIELDS, FIVE_SIGMA_MAGNITUDE, REVISIT, type Cadence } from './cadence.ts'
import { curveOf, isFlare, staysOn, type FluxCurve } from './flux-curve.ts'
import type { SkyTable, TableEntry } from './sky-table.ts'

export interface SimulatedObject {
  class: SkyClass
  subtype: string
  /** Null in the Milky Way. */
  redshift: number | null
  /** Unique within one sky; below 2^31. */
  number: number
  diaObjectId: bigint
  /** [deg, ICRS] */
  ra: number
  dec: number
  field: number
  /** [d, MJD TAI]; null where the source has no peak of its own. */
  peakMjdTai: number | null
  /** Light of star, nucleus or host in the template [nJy]. */
  templateFlux: Readonly<Record<Band, number>>
  /** First and last time at which a band differs from the template by more than a visit's 2σ [d, MJD TAI]; null where none ever does. */
  visible: { from: number, to: number } | null
  /** Difference flux without noise [nJy]. */
  flux (band: Band, midpointMjdTai: number): number
}

/** Nights before and after the peak in which an object is followed. */
export const NIGHTS_BEFORE_PEAK = 80
export const NIGHTS_AFTER_PEAK = 300
/** Half of a persistent source's season [d]. */
const HALF_SEASON = 60

const DRAW = { count: 201, object: 202 } as const
/** Nights are counted from here and objects of one below PLACES, so that an object's number is positive. */
const FIRST_NIGHT = -2000
const PLACES = 10_000
const LARGEST_NUMBER = 2 ** 31
/** Nights whose objects are drawn in one step. */
const NIGHTS_A_STEP = 4
/** diaObjectIds of 18 digits, as Rubin's. The lowest 20 bits are a mark of the seed. */
const FIRST_ID = 313_000_000_000_000_000n
const ID_MARK_BITS = 20n
/** A visit's 2σ in u g r i z y [nJy]. */
const VISIBLE = BANDS.map(band => 0.4 * nJyOfMagnitude(FIVE_SIGMA_MAGNITUDE[band]))
/** Scatter of an entry's brightness from object to object [mag]. */
const BRIGHTNESS_SCATTER = 0.1
/** A flare begins this long before a visit at most [d]; others are not seen. */
const FLARE_BEFORE_VISIT = 0.03

export interface Objects {
  /** Draws the objects of `around` in some hundred steps, for whoever must not be held up for a second. */
  drawing (night: number): Generator<void>
  /** The objects that may be visible in a night, in a fixed order. */
  around (night: number): readonly SimulatedObject[]
  /** @throws CandelaError `object-unknown` for an id that this sky does not have */
  byId (diaObjectId: string): SimulatedObject
}

const perBand = (values: readonly number[]): Record<Band, number> => Object.fromEntries(BANDS.map((band, b) => [band, values[b]!])) as Record<Band, number>

/** Of the times of an entry, scaled: where a band is seen. */
function visibleSpan ({ times, flux }: TableEntry, scale: number): { from: number, to: number } | null {
  let [first, last] = [-1, -1]
  for (let k = 0; k < times.length; k++) {
    if (!VISIBLE.some((threshold, b) => Math.abs(flux[b]![k]!) * scale > threshold)) continue
    if (first < 0) first = k
    last = k
  }
  return first < 0 ? null : { from: times[Math.max(0, first - 1)]!, to: times[Math.min(times.length - 1, last + 1)]! }
}

/** What an object does, relative to its night. */
export interface Behaviour extends Pick<SimulatedObject, 'class' | 'subtype' | 'redshift' | 'visible' | 'templateFlux'> {
  peakMjdTai: number | null
  flux: FluxCurve
}

/** An object of which the class is known, and which is drawn the first time that it is asked for. */
interface Drawn { class: SkyClass, object: () => SimulatedObject }

/**
 * @param activeObjects mean number of objects between their first and last detection
 * @param startMjdTai evening of night 0
 */
export function createObjects (seed: number, { mix, activeNights, entries }: SkyTable, cadence: Cadence, activeObjects: number, startMjdTai: number): Objects {
  const start = Math.floor(startMjdTai)
  const mark = BigInt(Math.floor(randomFrom(seed, DRAW.object)() * 2 ** Number(ID_MARK_BITS)))
  const classes = Object.keys(mix) as SkyClass[]
  const ofClass = new Map(classes.map(name => [name, entries.filter(entry => entry.class === name)]))
  const ofNight = new Map<number, Drawn[]>()
  const count = (night: number): number =>
    Math.min(PLACES, poisson(randomFrom(seed, DRAW.count, night), activeObjects / activeNights))

  function tabled (random: Random, entry: TableEntry, field: number, night: number): Behaviour {
    const scale = 10 ** (-0.4 * gaussian(random, 0, BRIGHTNESS_SCATTER))
    const phase = random()
    let anchor = start + night + phase
    if (isFlare(entry)) {
      const visits = Array.from({ length: REVISIT + 1 }, (_, k) => cadence.visitsOf(field, night + k)).flat()
      if (visits.length > 0) anchor = oneOf(random, visits).midpointMjdTai - uniform(random, -0.005, FLARE_BEFORE_VISIT)
    }
    const span = staysOn(entry) ? { from: -HALF_SEASON, to: HALF_SEASON } : visibleSpan(entry, scale)
    return {
      class: entry.class,
      subtype: entry.subtype,
      redshift: entry.redshift,
      peakMjdTai: staysOn(entry) ? null : anchor,
      templateFlux: perBand(entry.templateFlux.map(flux => flux * scale)),
      visible: span && { from: anchor + Math.max(-NIGHTS_BEFORE_PEAK, span.from), to: anchor + Math.min(NIGHTS_AFTER_PEAK, span.to) },
      flux: curveOf(entry, anchor, scale)
    }
  }

  function draw (night: number, place: number): Drawn {
    const number = (night - FIRST_NIGHT) * PLACES + place
    const random = randomFrom(seed, DRAW.object, number)
    const skyClass = weightedOneOf(random, classes, name => mix[name]!)
    let object: SimulatedObject | undefined
    return { class: skyClass, object: () => (object ??= drawObject(random, skyClass, number, night)) }
  }

  function drawObject (random: Random, skyClass: SkyClass, number: number, night: number): SimulatedObject {
    const field = Math.floor(FIELDS * random())
    const centre = fieldCentre(seed, field)
    const radius = FIELD_RADIUS * Math.sqrt(random())
    const angle = 2 * Math.PI * random()
    const dec = centre.dec + radius * Math.sin(angle)
    const ra = (centre.ra + radius * Math.cos(angle) / Math.cos(dec * Math.PI / 180) + 360) % 360
    const behaviour = skyClass === 'artefact' ? liveArtefact(random, cadence, field, night) : tabled(random, oneOf(random, ofClass.get(skyClass)!), field, night)
    return {
      ...behaviour,
      number,
      diaObjectId: FIRST_ID + (BigInt(number) << ID_MARK_BITS) + mark,
      ra,
      dec,
      field
    }
  }

  function named (night: number): readonly Drawn[] {
    let objects = ofNight.get(night)
    if (!objects) {
      objects = night < FIRST_NIGHT ? [] : Array.from({ length: count(night) }, (_, place) => draw(night, place))
      ofNight.set(night, objects)
    }
    return objects
  }

  /** Those named by a night that may be visible in another: half of the sky are artefacts, of which most are never drawn. */
  const visibleIn = (night: number, name: number): SimulatedObject[] => named(name)
    .filter(({ class: skyClass }) => skyClass !== 'artefact' || Math.abs(night - name) <= ARTEFACT_NIGHTS)
    .map(({ object }) => object())

  return {
    * drawing (night) {
      for (let k = night - NIGHTS_AFTER_PEAK; k <= night + NIGHTS_BEFORE_PEAK; k++) {
        visibleIn(night, k)
        if (k % NIGHTS_A_STEP === 0) yield
      }
    },
    around (night) {
      const first = night - NIGHTS_AFTER_PEAK
      const last = night + NIGHTS_BEFORE_PEAK
      for (const kept of ofNight.keys()) {
        if (kept < first - NIGHTS_BEFORE_PEAK || kept > last + NIGHTS_BEFORE_PEAK) ofNight.delete(kept)
      }
      return Array.from({ length: last - first + 1 }, (_, k) => visibleIn(night, first + k)).flat()
    },
    byId (diaObjectId) {
      const id = /^\d{1,19}$/.test(diaObjectId) ? BigInt(diaObjectId) - FIRST_ID : -1n
      const number = Number(id >> ID_MARK_BITS)
      const night = Math.floor(number / PLACES) + FIRST_NIGHT
      const known = id >= 0n && BigInt.asUintN(Number(ID_MARK_BITS), id) === mark && number < LARGEST_NUMBER
      const object = known ? named(night)[number % PLACES]?.object() : undefined
      if (!object) {
        throw new CandelaError('object-unknown', `the simulated sky of seed ${seed} has no object ${diaObjectId}`, {
          value: diaObjectId, action: 'Ask the sky of the seed and the number of active objects that made the alert.'
        })
      }
      return object
    }
  }
}
