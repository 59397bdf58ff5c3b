/**
 * The record that ingest writes and classify reads: schemas/photometry.avsc, in Avro's single-object encoding. The packet
 * is the last field of the schema, so that reading neither copies nor parses it.
 */
import avsc from 'avsc'
import { BANDS, isTime, OMISSION_REASONS, type Alert, type OmittedSource, type PhotometricPoint, type ReceivedAlert } from '../../alert/alert.ts'
import { boundedType } from '../../alert/avro/bounded-types.ts'
import { CandelaError, DamageError, reasonIn } from '../../errors.ts'
import { singleObjectHeader } from '../outputs/single-object.ts'

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

const optional = (name: string, type: unknown, doc: string) => ({ name, type: ['null', type], default: null, doc })
const time = { type: 'long', logicalType: 'timestamp-millis' }

const point = {
  type: 'record',
  name: 'PhotometricPoint',
  fields: [
    { name: 'midpointMjdTai', type: 'double', doc: '[d, MJD TAI]' },
    { name: 'band', type: { type: 'enum', name: 'Band', symbols: [...BANDS] } },
    { name: 'psfFlux', type: 'double', doc: 'Difference-image PSF flux [nJy, AB]' },
    { name: 'psfFluxErr', type: 'double', doc: 'Its 1σ error [nJy]' },
    { name: 'kind', type: { type: 'enum', name: 'PointKind', symbols: ['detection', 'forced'] } },
    optional('visit', 'double', 'The survey\'s visit number: whole, 0 to 2^53 − 1, all of which a double holds'),
    optional('timeProcessedMjdTai', 'double', 'When the survey processed it [d, MJD TAI]'),
    { name: 'withdrawn', type: 'boolean', doc: 'The survey took this point back' }
  ]
}

const alert = {
  type: 'record',
  name: 'Alert',
  fields: [
    optional('diaObjectId', 'string', 'Null where the survey gives none'),
    { name: 'diaSourceId', type: 'string', doc: 'Of the source that triggered the alert' },
    { name: 'midpointMjdTai', type: 'double', doc: 'Its time [d, MJD TAI]' },
    { name: 'ra', type: 'double', doc: '[deg, ICRS]' },
    { name: 'dec', type: 'double', doc: '[deg, ICRS]' },
    { name: 'points', type: { type: 'array', items: point }, doc: 'In the packet\'s order' },
    {
      name: 'omitted',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'OmittedSource',
          fields: [optional('diaSourceId', 'string', 'Null for forced photometry'), { name: 'reason', type: 'string', doc: OMISSION_REASONS.join(', ') }]
        }
      },
      doc: 'Sources that gave no point'
    },
    {
      name: 'host',
      type: {
        type: 'record',
        name: 'HostFacts',
        fields: [optional('redshift', 'double', 'Photometric redshift of the host galaxy'), optional('redshiftErr', 'double', 'Its 1σ error'), optional('mwebv', 'double', 'Milky Way E(B−V) [mag]')]
      }
    },
    { name: 'solarSystem', type: 'boolean', doc: 'The survey found a known body of the solar system there' }
  ]
}

const headFields = [
  { name: 'origin', type: 'string', doc: 'Where the alert came from: TOPIC/PARTITION@OFFSET' },
  optional('surveyPublishedAt', time, 'Timestamp of the survey\'s Kafka record [ms since 1970, UTC]'),
  { name: 'ingestedAt', type: time, doc: '[ms since 1970, UTC]' },
  optional('alert', alert, 'Null where it could not be decoded'),
  optional('error', {
    type: 'record',
    name: 'IngestError',
    fields: [{ name: 'code', type: 'string', doc: 'See docs/accounting.md' }, { name: 'message', type: 'string' }, optional('action', 'string', 'What to do about it')]
  }, 'Why it could not be decoded; exactly one of alert and error is set')
]

export const photometrySchema = {
  type: 'record',
  name: 'Photometry',
  namespace: 'candela',
  doc: 'One alert of a survey in normal form, or why it could not be decoded.',
  fields: [...headFields, optional('packet', 'bytes', 'The survey\'s bytes as they came: with every error, with an alert where asked for')]
}

interface Head {
  origin: string
  surveyPublishedAt: number | null
  ingestedAt: number
  alert: Alert | null
  error: { code: string, message: string, action: string | null } | null
}

const headType = boundedType({ ...photometrySchema, fields: headFields })
const packetLength = avsc.Type.forSchema('long')
const HEADER = singleObjectHeader(avsc.Type.forSchema(photometrySchema as avsc.Schema))
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
  if (!bytes.subarray(0, HEADER.length).equals(HEADER)) {
    throw invalid(`its schema has the fingerprint ${bytes.toString('hex', MARKER.length, HEADER.length)}, not ${HEADER.toString('hex', MARKER.length)}`,
      'Run ingest and classify of the same version of Candela: see docs/kafka-ingest.md.')
  }
  let head: Head
  let packet: Buffer | null
  try {
    const read = headType.decode(bytes, HEADER.length)
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
function checked ({ diaObjectId, diaSourceId, midpointMjdTai, ra, dec, points, omitted, host, solarSystem }: Alert): Alert {
  const { redshift, redshiftErr, mwebv } = host
  if (![midpointMjdTai, ra, dec, redshift ?? 0, redshiftErr ?? 0, mwebv ?? 0].every(Number.isFinite)) throw invalid('a number of its alert is not finite', DAMAGED)
  return {
    diaObjectId,
    diaSourceId,
    midpointMjdTai,
    ra,
    dec,
    points: points.map(checkedPoint),
    omitted: omitted.map(checkedOmission),
    host: { redshift, redshiftErr, mwebv },
    solarSystem
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
