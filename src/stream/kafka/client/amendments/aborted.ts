/**
 * Hides records of aborted transactions from readers of committed records. kafkajs 2.2.4 expects the aborted transactions
 * of a fetch in the order in which they began, and takes up at most one with each record. Brokers list them in the order
 * in which they ended, so where two overlap in a partition, kafkajs hands out records of an aborted one. Kafka's Java
 * client sorts the list (CompletedFetch.abortedTransactions), and so does this module.
 */

export interface FetchedRecord {
  /** In digits. */
  offset: string
  key: Uint8Array | null
  /** Written by the transaction coordinator; readers do not get it. */
  isControlRecord: boolean
  batchContext: { producerId: string, inTransaction: boolean }
}

export interface FetchedPartition {
  messages: FetchedRecord[]
  /** Aborted transactions that overlap the fetched records, each with the offset of its first record; null for readers of uncommitted records. */
  abortedTransactions: Array<{ producerId: string, firstOffset: string }> | null
}

/** Version 0 and type 0, for aborted, of a control record's key. */
const ABORTED = Buffer.alloc(4)

/** Marks records of aborted transactions as control records: readers do not get them, and their offsets are skipped. */
export function hideAborted (partition: FetchedPartition): void {
  const { messages, abortedTransactions } = partition
  if (!abortedTransactions || abortedTransactions.length === 0) return
  const coming = abortedTransactions.map(({ producerId, firstOffset }) => ({ producerId, from: BigInt(firstOffset) })).sort((a, b) => a.from < b.from ? -1 : 1)
  const aborted = new Set<string>()
  let begun = 0
  for (const record of messages) {
    const { producerId, inTransaction } = record.batchContext
    for (; begun < coming.length && coming[begun]!.from <= BigInt(record.offset); begun++) aborted.add(coming[begun]!.producerId)
    if (record.isControlRecord) {
      if (record.key && ABORTED.equals(record.key)) aborted.delete(producerId)
    } else if (inTransaction && aborted.has(producerId)) record.isControlRecord = true
  }
  partition.abortedTransactions = []
}

export interface FetchingBroker {
  fetch (request: unknown): Promise<{ responses: Array<{ partitions: FetchedPartition[] }> }>
}

/** Applies hideAborted to every fetch. @param Broker kafkajs's class */
export function makeHiding (Broker: { prototype: FetchingBroker }): void {
  const { fetch } = Broker.prototype
  Broker.prototype.fetch = async function (this: FetchingBroker, request) {
    const response = await fetch.call(this, request)
    for (const { partitions } of response.responses) partitions.forEach(hideAborted)
    return response
  }
}
