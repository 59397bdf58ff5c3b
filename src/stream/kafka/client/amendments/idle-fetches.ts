/**
 * How long a broker collects records before it answers a fetch. Collecting trades latency for throughput, which pays while
 * records keep coming. After an empty fetch the broker answers with the next record at once, and may wait longer for it.
 */

export interface FetchRequest {
  /** The broker answers when it has so much [B], */
  minBytes: number
  /** or after this time [ms]. */
  maxWaitTime: number
}

export interface FetchingBroker {
  fetch (request: FetchRequest): Promise<{ responses: ReadonlyArray<{ partitions: ReadonlyArray<{ messages: readonly unknown[] }> }> }>
}

/** Least wait of a fetch while nothing comes [ms]; a stop or a new partition is noticed that much later. */
const IDLE_WAIT = 200

/** @param Broker kafkajs's class; each consumer has brokers of its own */
export function makePromptWhenIdle (Broker: { prototype: FetchingBroker }): void {
  const idle = new WeakSet<FetchingBroker>()
  const { fetch } = Broker.prototype
  Broker.prototype.fetch = async function (request) {
    const response = await fetch.call(this, idle.has(this) ? { ...request, minBytes: 1, maxWaitTime: Math.max(request.maxWaitTime, IDLE_WAIT) } : request)
    const came = response.responses.some(({ partitions }) => partitions.some(({ messages }) => messages.length > 0))
    if (came) idle.delete(this)
    else idle.add(this)
    return response
  }
}
