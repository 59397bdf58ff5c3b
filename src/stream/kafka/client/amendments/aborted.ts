/**
 * Records of aborted transactions, which a reader of what is committed must not see. kafkajs 2.2.4 takes a fetch's list
 * of them as if it were in the order in which they began, and enters one with each record at most; brokers give it in the
 * order in which they ended. Where two overlap in a partition it hands out records of an aborted one. Kafka's Java client
 * sorts the list (CompletedFetch.abortedTransactions), and so does this.
 */

export interface FetchedRecord {
  /** In digits. */
  offset: string
  key: Uint8Array | null
  /** Of the transactions' coordinator: readers do not get it. */
  isControlRecord: boolean
  batchContext: { producerId: string, inTransaction: boolean }
}

export interface FetchedPartition {
  messages: FetchedRecord[]
  /** Those that overlap what was fetched; of each the offset of its first record. Null where all is read. */
  abortedTransactions: Array<{ producerId: string, firstOffset: string }> | null
}

/** Version 0 and type 0, for aborted, of a control record's key. */
const ABORTED = Buffer.alloc(4)

/** Makes records of aborted transactions control records: readers do not get them, and their offsets are passed. */
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

/** Has every fetch hide them. @param Broker kafkajs's class */
export function makeHiding (Broker: { prototype: FetchingBroker }): void {
  const { fetch } = Broker.prototype
  Broker.prototype.fetch = async function (this: FetchingBroker, request) {
    const response = await fetch.call(this, request)
    for (const { partitions } of response.responses) partitions.forEach(hideAborted)
    return response
  }
}
