/** Names of the compressions of Kafka's record batches. */
export const COMPRESSIONS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export type Compression = typeof COMPRESSIONS[number]
