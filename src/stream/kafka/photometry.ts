/**
 * The record that ingest writes and classify reads: schemas/photometry.avsc, in Avro's single-object encoding. The packet
 * is the last field of the schema, so that reading neither copies nor parses it.
 */
import avsc from 'avsc'
import { isTime, OMISSION_REASONS, type Alert, type OmittedSource, type PhotometricPoint, type ReceivedAlert } from '../../alert/alert.ts'
import { boundedType } from '../../alert/avro/bounded-types.ts'
import { contextOf, type ContextFacts } from '../../alert/context/known-context.ts'
import { isUnknownPosition } from '../../alert/points/points.ts'
import { CandelaError, DamageError, reasonIn } from '../../errors.ts'
import { singleObjectHeader } from '../outputs/single-object.ts'
import { contextlessSchema, photometrySchema } from './photometry-schema.ts'

/** Exactly one of alert and error is set. */
export interface Photometry {
  /** Where the alert came from: TOPIC/PARTITION@OFFSET. */
  origin: string
  /** Timestamp of the survey's Kafka record [ms since 1970, UTC]. */
  surveyPublishedAt: number | null
  /** [ms since 1970, UTC] */
  ingestedAt: number
  alert: Alert | null
  /** Why it could not be decoded; carries code, message and action. */
  error: CandelaError | null
  /** The survey's bytes as they came: always with an error, with an alert only where asked for. */
  packet: Uint8Array | null
}

/** Null stands for what is not known. */
type AlertRead = Omit<Alert, 'context'> & { context?: ContextFacts | null }

interface Head {
  origin: string
  surveyPublishedAt: number | null
  ingestedAt: number
  alert: AlertRead | null
  error: { code: string, message: string, action: string | null } | null
}

/** A schema, read up to the packet. */
interface Version { header: Buffer, headType: avsc.Type }

const versionOf = (schema: typeof photometrySchema): Version =>
  ({ header: singleObjectHeader(avsc.Type.forSchema(schema as avsc.Schema)), headType: boundedType({ ...schema, fields: schema.fields.slice(0, -1) }) })

const PRESENT_VERSION = versionOf(photometrySchema)
const { header: HEADER, headType } = PRESENT_VERSION
/** Those that are read. */
const VERSIONS = [PRESENT_VERSION, versionOf(contextlessSchema)]
const packetLength = avsc.Type.forSchema('long')
const MARKER = HEADER.subarray(0, 2)
/** Avro's index of a branch, in front of an optional value. */
const ABSENT = 0
const PRESENT = 2
/** A branch's index and a length at most. */
const PACKET_PREFIX = 1 + 10

let scratch = Buffer.alloc(64 * 1024)

/** @throws RangeError where not exactly one of alert and error is set, or an error has no packet */
export function encodePhotometry ({ origin, surveyPublishedAt, ingestedAt, alert, error, packet }: Photometry): Buffer {
  if ((alert === null) === (error === null) || (error !== null && packet === null)) throw new RangeError(`${origin}: an alert, or an error with a packet, is to be written`)
  const head: Head = { origin, surveyPublishedAt, ingestedAt, alert, error: error && { code: error.code, message: error.message, action: error.action ?? null } }
  let end = headType.encode(head, scratch, HEADER.length)
  // A negative result is how many bytes were missing.
  if (end < 0 || end + PACKET_PREFIX > scratch.length) {
    scratch = Buffer.alloc(2 * (scratch.length + Math.max(-end, PACKET_PREFIX)))
    end = headType.encode(head, scratch, HEADER.length)
  }
  HEADER.copy(scratch)
  scratch[end++] = packet === null ? ABSENT : PRESENT
  if (packet === null) return Buffer.from(scratch.subarray(0, end))
  end = packetLength.encode(packet.length, scratch, end)
  return Buffer.concat([scratch.subarray(0, end), packet])
}

/**
 * @returns null where the bytes are not in this encoding, as a survey's packet; its packet is a part of `bytes`, not a copy
 * @throws CandelaError 'photometry-invalid' where they are damaged or of another version of the schema
 */
export function decodePhotometry (bytes: Buffer): Photometry | null {
  if (!bytes.subarray(0, MARKER.length).equals(MARKER)) return null
  const header = bytes.subarray(0, HEADER.length)
  const version = VERSIONS.find(version => version.header.equals(header))
  if (!version) {
    throw invalid(`its schema has the fingerprint ${bytes.toString('hex', MARKER.length, HEADER.length)}, not ${HEADER.toString('hex', MARKER.length)}`,
      'Run a classify that is as new as the ingest: see docs/kafka-ingest.md.')
  }
  let head: Head
  let packet: Buffer | null
  try {
    const read = version.headType.decode(bytes, HEADER.length)
    head = read.value as Head
    packet = readPacket(bytes, read.offset)
  } catch (cause) {
    throw invalid(reasonIn(cause), DAMAGED, cause)
  }
  const { origin, surveyPublishedAt, ingestedAt, alert, error } = head
  if ((alert === null) === (error === null) || (error !== null && packet === null)) throw invalid('it has not one of alert and error with its packet', DAMAGED)
  return {
    origin,
    surveyPublishedAt,
    ingestedAt,
    alert: alert && checked(alert),
    error: error && new CandelaError(error.code, error.message, error.action === null ? {} : { action: error.action }),
    packet
  }
}

/** As every source of alerts hands them over. */
export function toReceived ({ origin, alert, error, packet }: Photometry): ReceivedAlert {
  if (alert !== null) return { alert, origin, ...packet !== null && { original: () => packet } }
  return { error: error!, bytes: packet!, origin }
}

function readPacket (bytes: Buffer, position: number): Buffer | null {
  const branch = position < 0 ? undefined : bytes[position]
  let start = position + 1
  let end = start
  if (branch === PRESENT) {
    const { value, offset } = packetLength.decode(bytes, start)
    start = offset
    end = start + value
  } else if (branch !== ABSENT) {
    throw new DamageError('the bytes end inside it')
  }
  if (start < 0 || end !== bytes.length) throw new DamageError(`it ends at byte ${end}, and there are ${bytes.length}`)
  return branch === PRESENT ? bytes.subarray(start, end) : null
}

/** Copies into plain objects; values that no dialect's reader gives are damage. */
function checked ({ diaObjectId, diaSourceId, midpointMjdTai, ra, dec, points, omitted, host, solarSystem, context: said }: AlertRead): Alert {
  const { redshift, redshiftErr, mwebv } = host
  const place = isUnknownPosition(ra, dec) ? [] : [ra, dec]
  if (![midpointMjdTai, ...place, redshift ?? 0, redshiftErr ?? 0, mwebv ?? 0].every(Number.isFinite)) throw invalid('a number of its alert is not finite', DAMAGED)
  const context = said && contextOf(said)
  return {
    diaObjectId,
    diaSourceId,
    midpointMjdTai,
    ra,
    dec,
    points: points.map(checkedPoint),
    omitted: omitted.map(checkedOmission),
    host: { redshift, redshiftErr, mwebv },
    solarSystem,
    ...context && { context }
  }
}

function checkedPoint ({ midpointMjdTai, band, psfFlux, psfFluxErr, kind, visit, timeProcessedMjdTai, withdrawn }: PhotometricPoint): PhotometricPoint {
  const possible = isTime(midpointMjdTai) && Number.isFinite(psfFlux) && psfFluxErr > 0 && psfFluxErr < Infinity &&
    (visit === null || (Number.isSafeInteger(visit) && visit >= 0)) && (timeProcessedMjdTai === null || Number.isFinite(timeProcessedMjdTai))
  if (!possible) throw invalid(`a point of its alert has time ${midpointMjdTai}, flux ${psfFlux} ± ${psfFluxErr}, visit ${visit}, processed ${timeProcessedMjdTai}`, DAMAGED)
  return { midpointMjdTai, band, psfFlux, psfFluxErr, kind, visit, timeProcessedMjdTai, withdrawn }
}

function checkedOmission ({ diaSourceId, reason }: OmittedSource): OmittedSource {
  if (!OMISSION_REASONS.includes(reason)) throw invalid(`a source of its alert was left out because of '${reason.slice(0, 40)}'`, DAMAGED)
  return { diaSourceId, reason }
}

const DAMAGED = 'The record is damaged: read the alert again from the survey\'s topic, or replay it from a file.'

const invalid = (what: string, action: string, cause?: unknown): CandelaError =>
  new CandelaError('photometry-invalid', `a record of candela.photometry cannot be read: ${what}`, { cause, action })
