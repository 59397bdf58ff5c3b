/** Which records of photometry are committed together. */
import type kafkajs from 'kafkajs'
import { isHandover } from './handover.ts'

/** Most alerts of one commit; outcomes do not depend on it. */
const LARGEST_BATCH = 512
/** Most handed over objects of one commit. */
const HANDOVERS = 64

/** Cuts records, in order, into batches of alerts and batches of handed over objects; a batch has each object once. */
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
