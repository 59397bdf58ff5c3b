/**
 * Fetches the next records while those of the last fetch are processed. kafkajs 2.2.4 fetches only when all records are
 * done, so that the process and the brokers wait for each other. The module reads ahead where a partition filled its fetch
 * and has at least as many records left, so no batch becomes smaller. Where kafkajs then asks for other records, the
 * response is discarded; where the fetch failed, kafkajs repeats it.
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

/** The fetch that follows; null where there is little left to fetch. */
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
