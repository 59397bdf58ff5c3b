/**
 * A simulated sky: variable stars, nuclei, artefacts, and some supernovae among them, seen by a Rubin-like survey, as
 * the alerts of one night after the other. The same seed gives the same bytes, and any night can be asked for alone.
 */
import { UsageError } from '../../errors.ts'
import { createHash } from 'node:crypto'
import { createCadence } from './cadence.ts'
import { createObjects } from './objects.ts'
import { createPackets, sourceIdOf } from './packet.ts'
import { createPhotometry } from './photometry.ts'
import type { SkyClass } from '../sources/source.ts'
import { shippedSkyTable, writeSkyTable, type SkyTable } from './sky-table.ts'

export interface SkyOptions {
  /** A whole number; names the sky. */
  seed: number
  /** Mean number of objects between their first and last detection in any night; 800 where not given, some 230 alerts a night. */
  activeObjects?: number
  /** Evening of night 0 [d, MJD TAI]; 2026-03-05 where not given. The fraction is dropped. */
  startMjdTai?: number
  /** What there is on the sky; the table that comes with Candela where not given. */
  table?: SkyTable
}

export interface SimulatedAlert {
  diaObjectId: string
  diaSourceId: string
  /** [d, MJD TAI] */
  midpointMjdTai: number
  /** LSST alert v10.0: Confluent's frame with schema id 1000, then the Avro datum. */
  bytes: Uint8Array
}

/** What only the simulator knows of an object. */
export interface Truth {
  class: SkyClass
  /** As 'Ia-91T', 'RRab'. */
  subtype: string
  /** Null in the Milky Way. */
  redshift: number | null
  /** [d, MJD TAI]; null where the source has no peak of its own. */
  peakMjdTai: number | null
}

export interface Sky {
  readonly seed: number
  /** Of everything that decides the alerts beside the seed: another one means another sky under the same ids. */
  readonly fingerprint: string
  /**
   * The alerts of a night, in order of time; none in a night that the weather took.
   * @param night 0 or more; objects that were found before night 0 come with their history
   */
  night (night: number): SimulatedAlert[]
  /** Prepares a night in steps, so that a service answers between them. */
  approach (night: number): Iterator<void>
  /** @throws CandelaError `object-unknown` */
  truth (diaObjectId: string): Truth
  /** @throws CandelaError `object-unknown` */
  classOf (diaObjectId: string): SkyClass
}

/** Raised when a change of the simulator makes the same seed give other alerts. */
const SKY_VERSION = 2

/** 2026-03-05. */
export const DEFAULT_START = 61104
export const DEFAULT_ACTIVE_OBJECTS = 800

function checkWhole (name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw new UsageError(`${name} is ${value}, but a whole number from ${least} to ${most} is expected`, { value })
}

/** @throws UsageError for a seed, a number of objects or a start that makes no sense */
export function createSky (options: SkyOptions): Sky {
  const { seed, activeObjects = DEFAULT_ACTIVE_OBJECTS, startMjdTai = DEFAULT_START } = options
  checkWhole('seed', seed, 0, Number.MAX_SAFE_INTEGER)
  checkWhole('number of active objects', activeObjects, 1, 100_000)
  checkWhole('start [MJD]', Math.floor(startMjdTai), 50_000, 90_000)
  const cadence = createCadence(seed, startMjdTai)
  const table = options.table ?? shippedSkyTable().table
  const objects = createObjects(seed, table, cadence, activeObjects, startMjdTai)
  const photometry = createPhotometry(seed, cadence, startMjdTai)
  const packets = createPackets(seed, 4 * activeObjects)
  return {
    seed,
    fingerprint: createHash('sha256').update(JSON.stringify([SKY_VERSION, activeObjects, startMjdTai])).update(options.table ? writeSkyTable(options.table) : shippedSkyTable().bytes).digest('hex').slice(0, 8),
    night (night) {
      checkWhole('night', night, 0, 100_000)
      if (cadence.visits(night).length === 0) return []
      const alerts: SimulatedAlert[] = []
      for (const object of objects.around(night)) {
        const detections = photometry.detections(object, night)
        if (detections.length === 0) continue
        const history = photometry.history(object, night)
        detections.forEach((detection, place) => alerts.push({
          diaObjectId: object.diaObjectId.toString(),
          diaSourceId: sourceIdOf(detection.visit, object).toString(),
          midpointMjdTai: detection.visit.midpointMjdTai,
          bytes: packets.encode(object, [...history.detections, ...detections.slice(0, place + 1)], history.forced)
        }))
      }
      return alerts.sort((a, b) => a.midpointMjdTai - b.midpointMjdTai)
    },
    approach: night => objects.drawing(night),
    truth (diaObjectId) {
      const { class: skyClass, subtype, redshift, peakMjdTai } = objects.byId(diaObjectId)
      return { class: skyClass, subtype, redshift, peakMjdTai }
    },
    classOf: diaObjectId => objects.byId(diaObjectId).class
  }
}
