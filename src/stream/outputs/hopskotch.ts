/**
 * Announcements of classifications for SCiMMA's Hopskotch: JSON as hop-client's JSONBlob has it, the content alone as the
 * value and hop's words in headers that begin with `_`. https://github.com/scimma/hop-client (hop/io.py, hop/models.py)
 */
import { createHash } from 'node:crypto'
import { headersOf, keyOf, besideProbability, type Encoder, type Publisher } from './published.ts'

export interface HopskotchSettings {
  /** Who sends, the SCiMMA user; hop leaves it out where there is none. */
  sender?: string | undefined
  /** Address of this Candela for people, or of its API: '/v1/objects/ID' is put behind it. */
  url?: string | undefined
}

/** What the content is, and which version of it: fields may be added under this name, and none leaves or changes. */
const SCHEMA = 'candela.classification/1'

/** Of a URL (RFC 9562, 6.6). */
const NAMESPACE = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex')

/** A UUID of version 5 (RFC 9562, 5.5), 16 bytes: the same text has the same one, so that what is sent again can be told. */
export function uuidOf (text: string): Buffer {
  const id = createHash('sha1').update(NAMESPACE).update(text).digest().subarray(0, 16)
  id[6] = (id[6]! & 0x0f) | 0x50
  id[8] = (id[8]! & 0x3f) | 0x80
  return id
}

/** Only for alerts that were classified: a replay for another model would announce every object again. */
export const hopskotchAnnouncement = ({ sender, url }: HopskotchSettings) => ({ brokerName, brokerVersion }: Publisher): Encoder => alert => {
  const { outcome: { outcome, diaObjectId, diaSourceId }, standing, position, firstDetectionMjdTai = null } = alert
  if (outcome !== 'classified' || standing === null || diaObjectId === null) return null
  const { probabilityIa, epochs, revision, midpointMjdTai, classifierName, classifierVersion, publishedAt } = standing
  const content = {
    schema: SCHEMA,
    diaObjectId,
    diaSourceId,
    ra: position?.ra ?? null,
    dec: position?.dec ?? null,
    probabilityIa,
    epochs,
    revision,
    firstDetectionMjdTai,
    lastPointMjdTai: midpointMjdTai,
    daysSinceFirstDetection: firstDetectionMjdTai === null ? null : Number((midpointMjdTai - firstDetectionMjdTai).toFixed(5)),
    brokerName,
    brokerVersion,
    classifierName,
    classifierVersion,
    url: url === undefined ? null : `${url.replace(/\/+$/, '')}/v1/objects/${diaObjectId}`,
    publishedAt,
    ...besideProbability(standing)
  }
  const headers = {
    ...headersOf('application/json', alert),
    _id: uuidOf([SCHEMA, diaObjectId, diaSourceId, classifierName, classifierVersion, revision, publishedAt].join(' ')),
    ...sender !== undefined && { _sender: sender },
    _format: 'json'
  }
  return { key: keyOf(alert), value: Buffer.from(JSON.stringify(content)), headers }
}
