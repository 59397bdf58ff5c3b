/**
 * What comes behind a fetch is fetched while its records are in work: kafkajs 2.2.4 asks for it only when all of them are
 * done, and its process and the brokers wait for each other. It is so where a partition gave as many bytes as its broker
 * need not wait for, and has as many records more: no batch becomes smaller by it. Where kafkajs wants other records next,
 * what was fetched is thrown away; a failure is kafkajs's to meet anew.
 */

export interface WantedPartition { partition: number, fetchOffset: string }

export interface AheadRequest {
  /** The broker answers at once when it has so much [B]. */
  minBytes: number
  topics: ReadonlyArray<{ topic: string, partitions: readonly WantedPartition[] }>
}

export interface AheadResponse {
  responses: ReadonlyArray<{ topicName: string, partitions: ReadonlyArray<{ partition: number, highWatermark: string, messages: ReadonlyArray<{ offset: string, value: Uint8Array | null }> }> }>
}

export interface AheadBroker { fetch (request: AheadRequest): Promise<AheadResponse> }

const wantedOf = ({ topics }: AheadRequest): string =>
  topics.flatMap(({ topic, partitions }) => partitions.map(({ partition, fetchOffset }) => `${topic}/${partition}@${fetchOffset}`)).sort().join(' ')

const bytesOf = (messages: ReadonlyArray<{ value: Uint8Array | null }>): number => messages.reduce((sum, { value }) => sum + (value?.length ?? 0), 0)

/** The fetch behind one; null where hardly anything is there yet. */
function following (request: AheadRequest, { responses }: AheadResponse): AheadRequest | null {
  const next = new Map<string, string>()
  let lags = false
  for (const { topicName, partitions } of responses) {
    for (const { partition, highWatermark, messages } of partitions) {
      const last = messages.at(-1)
      if (!last) continue
      const offset = BigInt(last.offset) + 1n
      next.set(`${topicName}/${partition}`, String(offset))
      lags ||= BigInt(highWatermark) - offset >= BigInt(messages.length) && bytesOf(messages) >= request.minBytes
    }
  }
  if (!lags) return null
  return {
    ...request,
    topics: request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(one => ({ ...one, fetchOffset: next.get(`${topic}/${one.partition}`) ?? one.fetchOffset }))
    }))
  }
}

/** @param Broker kafkajs's class; each consumer has brokers of its own */
export function makeReadAhead (Broker: { prototype: AheadBroker }): void {
  const ahead = new WeakMap<AheadBroker, { wanted: string, response: Promise<AheadResponse | null> }>()
  const { fetch } = Broker.prototype
  Broker.prototype.fetch = async function (request) {
    const kept = ahead.get(this)
    ahead.delete(this)
    const response = (kept?.wanted === wantedOf(request) ? await kept.response : null) ?? await fetch.call(this, request)
    const next = following(request, response)
    if (next) ahead.set(this, { wanted: wantedOf(next), response: fetch.call(this, next).catch(() => null) })
    return response
  }
}
