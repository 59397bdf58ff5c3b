/**
 * How long a broker lets records wait for more. It is worth the time where they come one upon the other; where a fetch
 * came back empty, the next record is handed over at once, and the broker is asked less often until then.
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

/** Of a fetch where nothing comes, at least [ms]; a stop, or a partition that is added, can wait as long. */
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
