/** A context as bytes at rest: flags of what is known, then each of that; a context of LSST's own facts takes some 40 bytes. */
import { readFloat32, readFloat64, readUint8, readVarString, readVarUint, type Decoder } from 'lib0/decoding'
import { writeFloat32, writeFloat64, writeUint8, writeVarString, writeVarUint, type Encoder } from 'lib0/encoding'
import { REDSHIFT_KINDS, SCORE_NAMES, type AlertContext, type CatalogueClass, type HostRedshift, type NearestSource, type RealBogusScore } from '../../alert/context/context.ts'
import type { FirstContext } from '../../light-curve/features/context.ts'
import { readOptional, readTime, writeOptional, writeTime } from './packed-values.ts'

// Names of scores and kinds of redshifts lie as their places in their lists: new ones go to the end.
const REAL_BOGUS = 0x001
const TEMPLATE_FLUX = 0x002
const EXTENDEDNESS = 0x004
const DIPOLE_KNOWN = 0x008
const DIPOLE = 0x010
const NEAREST = 0x020
const CLASSES = 0x040
const DETECTIONS = 0x080
const FIRST_DETECTION = 0x100
const HOST_REDSHIFTS = 0x200
const MATCHES = 0x400

function writeList<Entry> (encoder: Encoder, entries: readonly Entry[], write: (entry: Entry) => void): void {
  writeVarUint(encoder, entries.length)
  for (const entry of entries) write(entry)
}

const readList = <Entry>(decoder: Decoder, read: () => Entry): Entry[] => Array.from({ length: readVarUint(decoder) }, read)

/** @param context as contextOf makes it, its time as keptTime does */
export function writeContext (encoder: Encoder, context: AlertContext): void {
  const { realBogus, templateFlux, extendedness, isDipole, nearest, classes, detections, firstDetectionMjdTai, hostRedshifts, matches } = context
  writeVarUint(encoder, (realBogus ? REAL_BOGUS : 0) | (templateFlux === undefined ? 0 : TEMPLATE_FLUX) | (extendedness === undefined ? 0 : EXTENDEDNESS) |
    (isDipole === undefined ? 0 : DIPOLE_KNOWN) | (isDipole ? DIPOLE : 0) | (nearest ? NEAREST : 0) | (classes ? CLASSES : 0) |
    (detections === undefined ? 0 : DETECTIONS) | (firstDetectionMjdTai === undefined ? 0 : FIRST_DETECTION) | (hostRedshifts ? HOST_REDSHIFTS : 0) | (matches ? MATCHES : 0))
  if (realBogus) {
    writeUint8(encoder, SCORE_NAMES.indexOf(realBogus.name))
    writeFloat64(encoder, realBogus.score)
  }
  if (templateFlux !== undefined) writeFloat64(encoder, templateFlux)
  if (extendedness !== undefined) writeFloat64(encoder, extendedness)
  if (nearest) {
    writeVarString(encoder, nearest.catalogue)
    writeOptional(encoder, [nearest.starScore, nearest.separation])
  }
  if (classes) {
    writeList(encoder, classes, ({ catalogue, class: name, name: there = '' }) => {
      for (const text of [catalogue, name, there]) writeVarString(encoder, text)
    })
  }
  if (detections !== undefined) writeVarUint(encoder, detections)
  if (firstDetectionMjdTai !== undefined) writeTime(encoder, firstDetectionMjdTai)
  if (hostRedshifts) {
    writeList(encoder, hostRedshifts, ({ redshift, redshiftErr, kind, catalogue, separation = null }) => {
      writeUint8(encoder, REDSHIFT_KINDS.indexOf(kind))
      writeVarString(encoder, catalogue)
      writeOptional(encoder, [redshift, redshiftErr, separation])
    })
  }
  if (matches) {
    writeList(encoder, matches, ({ survey, diaObjectId }) => {
      writeVarString(encoder, survey)
      writeVarString(encoder, diaObjectId)
    })
  }
}

const readRealBogus = (decoder: Decoder): RealBogusScore => {
  const name = SCORE_NAMES[readUint8(decoder)]
  if (name === undefined) throw new Error('its real–bogus score has no name')
  return { score: readFloat64(decoder), name }
}

const readNearest = (decoder: Decoder): NearestSource => {
  const catalogue = readVarString(decoder)
  const [starScore = null, separation = null] = readOptional(decoder, 2)
  return { catalogue, starScore, separation }
}

const readClass = (decoder: Decoder): CatalogueClass => {
  const [catalogue, name, there] = [readVarString(decoder), readVarString(decoder), readVarString(decoder)]
  return { catalogue, class: name, ...there !== '' && { name: there } }
}

const readRedshift = (decoder: Decoder): HostRedshift => {
  const kind = REDSHIFT_KINDS[readUint8(decoder)]
  const catalogue = readVarString(decoder)
  const [redshift = null, redshiftErr = null, separation = null] = readOptional(decoder, 3)
  if (kind === undefined || redshift === null) throw new Error('a redshift of its context has no kind, or no value')
  return { redshift, redshiftErr, kind, catalogue, ...separation !== null && { separation } }
}

/** @returns its fields in the order of contextOf */
export function readContext (decoder: Decoder): AlertContext {
  const flags = readVarUint(decoder)
  const has = (flag: number): boolean => (flags & flag) !== 0
  const context: AlertContext = {}
  if (has(REAL_BOGUS)) context.realBogus = readRealBogus(decoder)
  if (has(TEMPLATE_FLUX)) context.templateFlux = readFloat64(decoder)
  if (has(EXTENDEDNESS)) context.extendedness = readFloat64(decoder)
  if (has(DIPOLE_KNOWN)) context.isDipole = has(DIPOLE)
  if (has(NEAREST)) context.nearest = readNearest(decoder)
  if (has(CLASSES)) context.classes = readList(decoder, () => readClass(decoder))
  if (has(DETECTIONS)) context.detections = readVarUint(decoder)
  if (has(FIRST_DETECTION)) context.firstDetectionMjdTai = readTime(decoder)!
  if (has(HOST_REDSHIFTS)) context.hostRedshifts = readList(decoder, () => readRedshift(decoder))
  if (has(MATCHES)) context.matches = readList(decoder, () => ({ survey: readVarString(decoder), diaObjectId: readVarString(decoder) }))
  return context
}

const FIRST_TEMPLATE_FLUX = 0x01
const FIRST_STAR_SCORE = 0x02
const FIRST_SEPARATION = 0x04
const FIRST_REAL_BOGUS = 0x08
const FIRST_DETECTIONS = 0x10

/** @param context as firstContextOf makes it */
export function writeFirstContext (encoder: Encoder, { templateFlux, starScore, separation, realBogus, detections }: FirstContext): void {
  writeUint8(encoder, (templateFlux === null ? 0 : FIRST_TEMPLATE_FLUX) | (starScore === null ? 0 : FIRST_STAR_SCORE) | (separation === null ? 0 : FIRST_SEPARATION) |
    (realBogus === null ? 0 : FIRST_REAL_BOGUS) | (detections === null ? 0 : FIRST_DETECTIONS))
  for (const value of [templateFlux, starScore, separation, realBogus]) if (value !== null) writeFloat32(encoder, value)
  if (detections !== null) writeVarUint(encoder, detections)
}

export function readFirstContext (decoder: Decoder): FirstContext {
  const flags = readUint8(decoder)
  const value = (flag: number): number | null => (flags & flag) === 0 ? null : readFloat32(decoder)
  return {
    templateFlux: value(FIRST_TEMPLATE_FLUX),
    starScore: value(FIRST_STAR_SCORE),
    separation: value(FIRST_SEPARATION),
    realBogus: value(FIRST_REAL_BOGUS),
    detections: (flags & FIRST_DETECTIONS) === 0 ? null : readVarUint(decoder)
  }
}
