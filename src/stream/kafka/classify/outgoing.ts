/** What a commit publishes: outcomes in every format, dead letters, the changelog. */
import { changelogOf } from '../../../state/storage/changelog.ts'
import type { ProcessedAlert } from '../../../state/outcome.ts'
import type { PackedCommit } from '../../../state/storage/packed-commit.ts'
import type { DeadLetter } from '../../../state/store.ts'
import type { Candidate } from '../../../state/views.ts'
import type { Encoder, PublishedAlert } from '../../outputs/outputs.ts'
import type { AlertPacket } from '../../outputs/published.ts'
import type { OwnTopics } from '../role.ts'
import type { OutgoingRecord } from './transactions.ts'

/** A format with the topic that it goes to. */
export interface TopicOutput {
  topic: string
  encode: Encoder
}

/** What is known of an alert beside itself. */
export interface AlertFacts {
  surveyPublishedAt: number | null
  ingestedAt: number | null
  packet: AlertPacket | null
}

export interface OutgoingOptions {
  own: OwnTopics
  partition: number
  outputs: readonly TopicOutput[]
  /** [ms since 1970, UTC] */
  now: number
}

/** Most partitions of Candela's own topics: the number of a dead letter tells its partition. */
const PARTITIONS = 4096

/** The number of a dead letter among those of all partitions. @param number among those of the partition, from 1 */
export const letterNumber = (number: number, partition: number): number => number * PARTITIONS + partition

/** @param facts of the commit's alerts, in their order */
export function outgoing (packed: PackedCommit, facts: readonly AlertFacts[], options: OutgoingOptions): OutgoingRecord[] {
  const { own, partition, outputs, now } = options
  const { alerts, candidates, deadLetters, counters } = packed
  const published = alerts.length > 0
    ? alerts.map((alert, index) => ofAlert(alert, facts[index]!, now))
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

function ofAlert ({ received, outcome, standing }: ProcessedAlert, facts: AlertFacts, now: number): PublishedAlert {
  const position = 'alert' in received ? { ra: received.alert.ra, dec: received.alert.dec } : null
  return { outcome, standing, position, origin: received.origin, ...facts, processedAt: now }
}

/** A classification for another reason than an alert: another model, a partition that was divided. */
function ofRevision (candidate: Candidate, now: number): PublishedAlert {
  const { ra, dec, firstDetectionMjdTai: _firstDetection, rise: _rise, sequence: _sequence, ...standing } = candidate
  const { diaObjectId, probabilityIa, epochs, revision } = standing
  return {
    outcome: { diaObjectId, diaSourceId: null, midpointMjdTai: null, outcome: 'revised', probabilityIa, epochs, revision },
    standing,
    position: { ra, dec },
    origin: '',
    surveyPublishedAt: null,
    ingestedAt: null,
    processedAt: now,
    packet: null
  }
}

/** The bytes as they came; everything else in headers, so that any tool can pass them on. */
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
