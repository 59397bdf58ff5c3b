/** How the roles fetch Candela's own topics. */
import type kafkajs from 'kafkajs'

/** @param lingerMs how long a broker waits for more records before it hands over what it has [ms], see idle-fetches.ts */
export const fetching = (lingerMs: number): Omit<kafkajs.ConsumerConfig, 'groupId'> => ({
  allowAutoTopicCreation: false,
  // With so much a broker answers at once.
  minBytes: 2 ** 20,
  maxWaitTimeInMs: lingerMs,
  maxBytesPerPartition: 8 * 2 ** 20,
  maxBytes: 32 * 2 ** 20,
  metadataMaxAge: 30_000
})
