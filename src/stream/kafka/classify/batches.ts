/** What of photometry is committed together. */
import type kafkajs from 'kafkajs'
import { isHandover } from './handover.ts'

/** Alerts of one commit at most: their outcomes do not depend on it. */
const LARGEST_BATCH = 512
/** Handed over objects of one commit at most. */
const HANDOVERS = 64

/** Records in order, cut into alerts and handed over objects, each object once. */
export function * batchesOf (records: readonly kafkajs.KafkaMessage[]): Generator<kafkajs.KafkaMessage[]> {
  let batch: kafkajs.KafkaMessage[] = []
  let handovers = false
  const keys = new Set<string>()
  for (const record of records) {
    const handover = isHandover(record)
    if (batch.length > 0 && (handover !== handovers || batch.length === (handover ? HANDOVERS : LARGEST_BATCH) || (handover && keys.has(String(record.key))))) {
      yield batch
      batch = []
      keys.clear()
    }
    handovers = handover
    if (handover) keys.add(String(record.key))
    batch.push(record)
  }
  if (batch.length > 0) yield batch
}
