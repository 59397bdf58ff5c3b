/** A simulated detection as a Rubin alert packet v10.0: Confluent's frame and an Avro datum. */
import avsc from 'avsc'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BANDS } from '../../alert/alert.ts'
import { exactLong } from '../../alert/avro/exact-long.ts'
import { writeFrame } from '../../alert/schemas/confluent.ts'
import { SHIPPED_SCHEMAS } from '../../alert/schemas/source.ts'
import type { Visit } from './cadence.ts'
import type { SimulatedObject } from './objects.ts'
import type { Measurement } from './photometry.ts'
import { normal, randomFrom, type Random } from '../random.ts'

/** Rubin's id of schema 10.0: major·100 + minor. */
export const SCHEMA_ID = 1000

/** The schema as JSON, for the header of a container file. */
export const alertSchema = (): avsc.Schema =>
  JSON.parse(readFileSync(join(SHIPPED_SCHEMAS, '10.0', 'alert.avsc'), 'utf8')) as avsc.Schema

/** The Avro type of the packet; its longs are bigints. */
export const alertType: avsc.Type = avsc.Type.forSchema(alertSchema(), { registry: { long: exactLong as unknown as avsc.Type } })

const SourceRecord = ((alertType as avsc.types.RecordType).field('diaSource').type as avsc.types.RecordType).recordConstructor as new () => Record<string, unknown>

const DRAW_SOURCE = 401
/** From the end of an exposure to the alert [d]. */
const PROCESSING_TIME = 75 / 86_400
/** Forced photometry is done in the day after the night. */
const DAY_AFTER = 1.6
const ARCSECOND = 1 / 3600
/** Astrometric 1σ of a source with S/N 1 [deg]: about the width of the seeing. */
const CENTROID_WIDTH = 0.35 * ARCSECOND
const DETECTORS = 189

/** A source's id: place of the visit among all, then the object. 18 digits, as Rubin's, for a thousand years. */
export const sourceIdOf = ({ index }: Visit, { number }: SimulatedObject): bigint =>
  (BigInt(index + 80_000_000) << 31n) | BigInt(number)

const FLAGS = [
  'centroid_flag', 'apFlux_flag', 'apFlux_flag_apertureTruncated', 'isNegative', 'psfFlux_flag', 'psfFlux_flag_edge',
  'psfFlux_flag_noGoodPixels', 'trail_flag_edge', 'forced_PsfFlux_flag', 'forced_PsfFlux_flag_edge',
  'forced_PsfFlux_flag_noGoodPixels', 'shape_flag', 'shape_flag_no_pixels', 'shape_flag_not_contained',
  'shape_flag_parent_source', 'isDipole', 'dipoleFitAttempted', 'pixelFlags', 'pixelFlags_bad', 'pixelFlags_cr',
  'pixelFlags_crCenter', 'pixelFlags_edge', 'pixelFlags_nodata', 'pixelFlags_nodataCenter', 'pixelFlags_interpolated',
  'pixelFlags_interpolatedCenter', 'pixelFlags_offimage', 'pixelFlags_saturated', 'pixelFlags_saturatedCenter',
  'pixelFlags_suspect', 'pixelFlags_suspectCenter', 'pixelFlags_streak', 'pixelFlags_streakCenter',
  'pixelFlags_injected', 'pixelFlags_injectedCenter', 'pixelFlags_injected_template',
  'pixelFlags_injected_templateCenter', 'glint_trail'
]

/** A source with every field null and every flag false: one shape for all, which is what makes it fast. */
function blankSource (): Record<string, unknown> {
  const blank: Record<string, unknown> = new SourceRecord()
  for (const flag of FLAGS) blank[flag] = false
  return blank
}

const place = (random: Random): { detector: number, x: number, y: number } =>
  ({ detector: Math.floor(DETECTORS * random()), x: 4072 * random(), y: 4000 * random() })

function diaSource (seed: number, object: SimulatedObject, { visit, sourceFlux, forcedFlux, fluxErr }: Measurement): object {
  const random = randomFrom(seed, DRAW_SOURCE, object.number, visit.index)
  const snr = Math.abs(sourceFlux) / fluxErr
  const templateFlux = object.templateFlux[visit.band]
  const positionErr = CENTROID_WIDTH / snr
  return Object.assign(blankSource(), {
    diaSourceId: sourceIdOf(visit, object),
    visit: BigInt(visit.visit),
    ...place(random),
    diaObjectId: object.diaObjectId,
    midpointMjdTai: visit.midpointMjdTai,
    ra: object.ra + positionErr * normal(random) / Math.cos(object.dec * Math.PI / 180),
    raErr: positionErr / Math.cos(object.dec * Math.PI / 180),
    dec: object.dec + positionErr * normal(random),
    decErr: positionErr,
    apFlux: sourceFlux + fluxErr * normal(random),
    apFluxErr: 1.4 * fluxErr,
    snr,
    psfFlux: sourceFlux,
    psfFluxErr: fluxErr,
    isNegative: sourceFlux < 0,
    scienceFlux: templateFlux + forcedFlux,
    scienceFluxErr: fluxErr,
    templateFlux,
    templateFluxErr: 0.3 * fluxErr,
    extendedness: 0,
    reliability: object.class === 'artefact' ? 0.25 + 0.6 * random() : 1 - 0.3 * random() ** 2,
    band: visit.band,
    timeProcessedMjdTai: visit.midpointMjdTai + PROCESSING_TIME
  })
}

function diaForcedSource (seed: number, object: SimulatedObject, { visit, forcedFlux, fluxErr }: Measurement): object {
  return {
    diaForcedSourceId: sourceIdOf(visit, object),
    diaObjectId: object.diaObjectId,
    ra: object.ra,
    dec: object.dec,
    visit: BigInt(visit.visit),
    detector: place(randomFrom(seed, DRAW_SOURCE, object.number, visit.index)).detector,
    psfFlux: forcedFlux,
    psfFluxErr: fluxErr,
    midpointMjdTai: visit.midpointMjdTai,
    scienceFlux: object.templateFlux[visit.band] + forcedFlux,
    scienceFluxErr: fluxErr,
    band: visit.band,
    timeProcessedMjdTai: Math.floor(visit.midpointMjdTai) + DAY_AFTER
  }
}

/** Inverse-variance weighted mean of fluxes and what goes with it, under the names of one band's fields. */
function bandStatistics (detections: readonly Measurement[]): Record<string, number> {
  const statistics: Record<string, number> = {}
  for (const band of BANDS) {
    const ofBand = detections.filter(({ visit }) => visit.band === band)
    statistics[`${band}_psfFluxNdata`] = ofBand.length
    if (ofBand.length === 0) continue
    const weight = ofBand.reduce((sum, { fluxErr }) => sum + fluxErr ** -2, 0)
    const mean = ofBand.reduce((sum, { sourceFlux, fluxErr }) => sum + sourceFlux * fluxErr ** -2, 0) / weight
    statistics[`${band}_psfFluxMean`] = mean
    statistics[`${band}_psfFluxMeanErr`] = weight ** -0.5
    statistics[`${band}_psfFluxMin`] = Math.min(...ofBand.map(({ sourceFlux }) => sourceFlux))
    statistics[`${band}_psfFluxMax`] = Math.max(...ofBand.map(({ sourceFlux }) => sourceFlux))
    if (ofBand.length > 1) {
      statistics[`${band}_psfFluxSigma`] = Math.sqrt(ofBand.reduce((sum, { sourceFlux }) => sum + (sourceFlux - mean) ** 2, 0) / (ofBand.length - 1))
    }
  }
  return statistics
}

function diaObject (object: SimulatedObject, detections: readonly Measurement[]): object {
  const last = detections.at(-1)!.visit.midpointMjdTai
  const positionErr = CENTROID_WIDTH / (5 * Math.sqrt(detections.length))
  return {
    ...bandStatistics(detections),
    diaObjectId: object.diaObjectId,
    validityStartMjdTai: last + PROCESSING_TIME,
    ra: object.ra,
    dec: object.dec,
    raErr: positionErr / Math.cos(object.dec * Math.PI / 180),
    decErr: positionErr,
    nDiaSources: detections.length,
    firstDiaSourceMjdTai: detections[0]!.visit.midpointMjdTai,
    lastDiaSourceMjdTai: last
  }
}

/** The datum of one field of the alert: a record's datum is its fields' one after the other. */
const fieldTypes = new Map((alertType as avsc.types.RecordType).fields.map(({ name, type }) => [name, type]))
const encodeField = (name: string, value: unknown): Buffer => fieldTypes.get(name)!.toBuffer(value)
const sourceType = fieldTypes.get('diaSource')!
const forcedSourceType = ((fieldTypes.get('prvDiaForcedSources') as avsc.types.UnwrappedUnionType).types[1] as avsc.types.ArrayType).itemsType
const countType = avsc.Type.forSchema('long')
const NULL_BRANCH = Buffer.of(0)
/** Union branch 1, zigzag. */
const ARRAY_BRANCH = Buffer.of(2)
const END_OF_ARRAY = Buffer.of(0)
const REST = Buffer.concat(['ssSource', 'mpc_orbits', 'cutoutDifference', 'cutoutScience', 'cutoutTemplate'].map(name => encodeField(name, null)))

/** A nullable array of items that are encoded already: branch, one block, end. */
const encodeArray = (count: number, items: Buffer): Buffer[] =>
  count === 0 ? [NULL_BRANCH] : [ARRAY_BRANCH, countType.toBuffer(count), items, END_OF_ARRAY]

/** The sources of one object, one after the other; what one alert lists is the beginning of what the next one does. */
class EncodedSources {
  private readonly type: avsc.Type
  private readonly recordOf: (measurement: Measurement) => object
  private bytes = Buffer.alloc(2048)
  private readonly ends: number[] = [0]

  constructor (type: avsc.Type, recordOf: (measurement: Measurement) => object) {
    this.type = type
    this.recordOf = recordOf
  }

  /** The datums of sources `from` to the last one given. */
  encode (measurements: readonly Measurement[], from = 0): Buffer {
    for (let k = this.ends.length - 1; k < measurements.length; k++) this.append(this.recordOf(measurements[k]!))
    return this.bytes.subarray(this.ends[from], this.ends[measurements.length])
  }

  private append (record: object): void {
    const position = this.ends.at(-1)!
    let end = this.type.encode(record, this.bytes, position)
    if (end < 0) {
      this.bytes = Buffer.concat([this.bytes, Buffer.alloc(this.bytes.length)])
      end = this.type.encode(record, this.bytes, position)
    }
    this.ends.push(end)
  }
}

export interface Packets {
  /**
   * The packet of the last of an object's detections so far.
   * @param detections from the object's first one on, in order of time
   * @param forced its forced photometry so far
   */
  encode (object: SimulatedObject, detections: readonly Measurement[], forced: readonly Measurement[]): Uint8Array
}

/** @param keptObjects number of objects whose encoded sources are kept for their next alert */
export function createPackets (seed: number, keptObjects: number): Packets {
  const kept = new Map<number, { sources: EncodedSources, forced: EncodedSources }>()
  const encodedOf = (object: SimulatedObject): { sources: EncodedSources, forced: EncodedSources } => {
    const encoded = kept.get(object.number) ?? {
      sources: new EncodedSources(sourceType, measurement => diaSource(seed, object, measurement)),
      forced: new EncodedSources(forcedSourceType, measurement => diaForcedSource(seed, object, measurement))
    }
    kept.delete(object.number)
    kept.set(object.number, encoded)
    if (kept.size > keptObjects) kept.delete(kept.keys().next().value!)
    return encoded
  }
  return {
    encode (object, detections, forced) {
      const encoded = encodedOf(object)
      const detection = detections.at(-1)!
      const earlier = detections.slice(0, -1)
      const source = encoded.sources.encode(detections, earlier.length)
      return Buffer.concat([
        writeFrame(SCHEMA_ID),
        encodeField('diaSourceId', sourceIdOf(detection.visit, object)),
        encodeField('observation_reason', 'simulated'),
        encodeField('target_name', `field ${detection.visit.field}`),
        source,
        ...encodeArray(earlier.length, encoded.sources.encode(earlier)),
        ...encodeArray(forced.length, encoded.forced.encode(forced)),
        encodeField('diaObject', diaObject(object, detections)),
        REST
      ])
    }
  }
}
