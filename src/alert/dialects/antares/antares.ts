/**
 * ANTARES's stream: a locus on the sky with the ids of its objects, in BSON that zlib has compressed, without a light curve.
 * Fields: antares-client 2.0.2, _stream/schema/locus.py; older records wrap them in data.attributes. What the service answers
 * for the light curve is in antares-light-curve.ts.
 */
import { createInflate } from 'node:zlib'
import { CandelaError, reasonIn } from '../../../errors.ts'
import { isTime } from '../../alert.ts'
import { AnnouncementError, type Announcement } from '../../announcement.ts'
import { refuseWideBson } from './bounded-bson.ts'
import { incomplete, type BytesDialect } from '../../dialect.ts'
import { assembled, unpacked } from '../../input/unpacked.ts'
import { isPosition } from '../../points/points.ts'
import { ztfMidpoint } from '../ztf-magnitudes.ts'

/** A locus takes some kilobytes [bytes]. */
const MOST_INFLATED = 2 ** 20

/** The first bytes that zlib writes, at each of its levels with the usual window (RFC 1950, 2.2). */
const HEADERS: ReadonlySet<number> = new Set([0x7801, 0x785e, 0x789c, 0x78da])
const isZlib = (head: Buffer): boolean => head.length >= 2 && HEADERS.has(head.readUInt16BE(0))

const damaged = (what: string, cause?: unknown): CandelaError => new CandelaError('antares-invalid', `the record is none of ANTARES's: ${what}`, {
  cause, action: 'The record is damaged, or of another sender: ask for it again.'
})

/** @throws CandelaError 'antares-invalid', 'antares-too-large' */
async function inflated (bytes: Buffer): Promise<Buffer> {
  const inflate = createInflate()
  try {
    const whole = await assembled(await unpacked(inflate, [bytes], MOST_INFLATED))
    if (inflate.bytesWritten < bytes.length) throw damaged(`${bytes.length - inflate.bytesWritten} bytes follow what is compressed`)
    return whole
  } catch (cause) {
    if (cause instanceof CandelaError) throw cause
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new CandelaError('antares-too-large', `the record becomes more than ${MOST_INFLATED} bytes when it is decompressed`, {
        value: bytes.length, cause, action: 'No locus has so much: the record is damaged, or of another sender.'
      })
    }
    throw damaged('it cannot be decompressed', cause)
  }
}

type Fields = Readonly<Record<string, unknown>>
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const fieldsIn = (fields: Fields, ...path: string[]): Fields => path.reduce<Fields>((inside, name) => {
  const value = Object.hasOwn(inside, name) ? inside[name] : undefined
  return isFields(value) ? value : {}
}, fields)

/** @throws CandelaError 'antares-invalid', 'antares-too-large' */
async function locusIn (bytes: Buffer): Promise<Fields> {
  const { deserialize } = await import('bson')
  await refuseWideBson(bytes)
  try {
    // As 64 bits they are exact; a Long would print as a number.
    return deserialize(bytes, { useBigInt64: true, promoteBuffers: true, validation: { utf8: false } }) as Fields
  } catch (cause) {
    throw damaged(`what is compressed is no BSON: ${reasonIn(cause)}`, cause)
  }
}

/** Ids as texts; 0, empty ones, and numbers that are not exact are none. */
function idOf (value: unknown): string | null {
  const text = typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value)) ? value.toString() : typeof value === 'string' ? value.trim() : ''
  return /^[A-Za-z0-9_-]{1,64}$/.test(text) && !/^-?0+$/.test(text) ? text : null
}

const idsOf = (value: unknown): string[] => [...new Set((Array.isArray(value) ? value as unknown[] : [value]).map(idOf).filter(id => id !== null))]

/** `ztf_candidate:1105522281015015000` */
const sourceOf = (alert: unknown): string | null => typeof alert === 'string' ? idOf(/^(?:ztf_candidate|lsst_\w+):(\d{1,20})$/.exec(alert)?.[1]) : null

const ACTION = 'Have ingest ask for the light curve (followUp in the file of sources, docs/kafka-ingest.md), or fetch the list of the locus\'s alerts from ANTARES and post it: docs/alerts.md says which address.'

function announcementOf (record: Fields): Announcement {
  const data = isFields(record['data']) ? record['data'] : record
  const locus: Fields = isFields(data['attributes']) ? { ...data['attributes'], id: data['id'] } : data
  const id = idOf(locus['id'])
  if (id === null) throw incomplete('ANTARES', 'id of the locus')
  const properties = fieldsIn(locus, 'properties')
  const lsst = fieldsIn(properties, 'survey', 'lsst')
  const lsstIds = idsOf(lsst['dia_object_id'])
  const ztfIds = [...new Set([...idsOf(fieldsIn(properties, 'survey', 'ztf')['id']), ...idsOf(properties['ztf_object_id'])])]
  const diaObjectIds = [...lsstIds, ...ztfIds]
  const [ra, dec] = [locus['ra'], locus['dec']].map(degrees => typeof degrees === 'number' ? degrees : null)
  const isPlaced = isPosition(ra, dec)
  const observed = typeof properties['newest_alert_observation_time'] === 'number' ? properties['newest_alert_observation_time'] : null
  const time = `${properties['newest_alert_id']}`.startsWith('ztf') ? ztfMidpoint(observed) : observed
  const survey = ztfIds.length === 0 && lsstIds.length > 0 ? 'LSST' : lsstIds.length === 0 && ztfIds.length > 0 ? 'ZTF' : undefined
  return {
    service: 'antares',
    id,
    ...survey !== undefined && { survey },
    diaObjectIds,
    diaSourceId: sourceOf(properties['newest_alert_id']),
    ra: isPlaced ? ra! : null,
    dec: isPlaced ? dec! : null,
    ...time !== null && isTime(time) && { midpointMjdTai: time },
    solarSystem: diaObjectIds.length === 0 && idsOf(lsst['ss_object_id']).length > 0
  }
}

export const antares: BytesDialect = {
  name: 'antares',
  matches: isZlib,
  async alerts (bytes) {
    throw new AnnouncementError(announcementOf(await locusIn(await inflated(bytes))), ACTION)
  }
}
