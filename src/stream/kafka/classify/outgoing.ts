/** What a commit publishes: outcomes in every format, dead letters, the changelog. */
import type { PublicationFacts } from '../../../alert/alert.ts'
import { isPosition } from '../../../alert/points/points.ts'
import { placeOf } from '../../../state/sky.ts'
import { changelogOf } from '../../../state/storage/changelog.ts'
import { newProbability, type ProcessedAlert } from '../../../state/outcome.ts'
import type { PackedCommit } from '../../../state/storage/packed-commit.ts'
import type { DeadLetter } from '../../../state/store.ts'
import type { Candidate, Classification } from '../../../state/views.ts'
import type { Encoder, PublishedAlert } from '../../outputs/outputs.ts'
import type { OwnTopics } from '../role.ts'
import type { OutgoingRecord } from './transactions.ts'

/** A format with the topic that it goes to. */
export interface TopicOutput {
  topic: string
  encode: Encoder
}

export interface OutgoingOptions {
  own: OwnTopics
  partition: number
  outputs: readonly TopicOutput[]
  /** [ms since 1970, UTC] */
  now: number
}

/** Most partitions of Candela's own topics. The number of a dead letter contains its partition. */
const PARTITIONS = 4096

/** The number of a dead letter among those of all partitions. @param number among those of the partition, from 1 */
export const letterNumber = (number: number, partition: number): number => number * PARTITIONS + partition

/** What a classification is known by among those of a commit. */
const publicationOf = ({ diaObjectId, publishedAt, midpointMjdTai, epochs }: Classification): string => [diaObjectId, publishedAt, midpointMjdTai, epochs].join(' ')

export function outgoing (packed: PackedCommit, options: OutgoingOptions): OutgoingRecord[] {
  const { own, partition, outputs, now } = options
  const { alerts, candidates, deadLetters, counters } = packed
  const firstDetections = new Map(candidates.map(candidate => [publicationOf(candidate), candidate.firstDetectionMjdTai]))
  const published = alerts.length > 0
    ? alerts.map(alert => ({ ...ofAlert(alert, now), firstDetectionMjdTai: alert.standing && firstDetections.get(publicationOf(alert.standing)) }))
    : candidates.map(candidate => ofRevision(candidate, now))
  const records: OutgoingRecord[] = []
  for (const { topic, encode } of outputs) {
    for (const alert of published) {
      const message = encode(alert)
      if (message) records.push({ topic, ...message })
    }
  }
  const first = counters.letterNumber - deadLetters.length + 1
  deadLetters.forEach((letter, k) => records.push(ofDeadLetter(letter, letterNumber(first + k, partition), own.deadLetters, partition)))
  for (const { key, value } of changelogOf(packed)) {
    records.push({ topic: own.objectRecords, partition, key, value: value && Buffer.from(value.buffer, value.byteOffset, value.byteLength) })
  }
  return records
}

const UNKNOWN: PublicationFacts = { surveyPublishedAt: null, ingestedAt: null, packet: null }

function ofAlert ({ received, outcome, standing }: ProcessedAlert, now: number): PublishedAlert {
  const position = 'alert' in received && isPosition(received.alert.ra, received.alert.dec) ? { ra: received.alert.ra, dec: received.alert.dec } : null
  return { outcome, standing, position, origin: received.origin, ...received.publication ?? UNKNOWN, processedAt: now }
}

/** A classification without an alert: for another model, or an object that moved to this partition. */
function ofRevision (candidate: Candidate, now: number): PublishedAlert {
  const { ra, dec, firstDetectionMjdTai: _firstDetection, rise: _rise, sequence: _sequence, ...standing } = candidate
  return {
    outcome: { diaObjectId: standing.diaObjectId, diaSourceId: null, midpointMjdTai: null, outcome: 'revised', ...newProbability(standing) },
    standing,
    position: placeOf({ ra, dec }) ?? null,
    origin: '',
    ...UNKNOWN,
    processedAt: now
  }
}

/** The original bytes as the value and everything else in headers, so that any tool can forward them. */
function ofDeadLetter ({ bytes, code, message, action, origin, time, part }: DeadLetter, number: number, topic: string, partition: number): OutgoingRecord {
  return {
    topic,
    partition,
    key: String(number),
    value: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    headers: {
      code,
      message,
      origin,
      time: new Date(time).toISOString(),
      ...action !== undefined && { action },
      ...part !== undefined && { part: String(part) }
    }
  }
}
