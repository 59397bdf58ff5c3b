/** How Candela's own topics are fetched, by whoever follows them. */
import type kafkajs from 'kafkajs'

/** @param lingerMs how long a broker waits for more records before it hands over what it has [ms], see idle-fetches.ts */
export const fetching = (lingerMs: number): Omit<kafkajs.ConsumerConfig, 'groupId'> => ({
  allowAutoTopicCreation: false,
  // What a broker need not wait longer for.
  minBytes: 2 ** 20,
  maxWaitTimeInMs: lingerMs,
  maxBytesPerPartition: 8 * 2 ** 20,
  maxBytes: 32 * 2 ** 20,
  metadataMaxAge: 30_000
})
