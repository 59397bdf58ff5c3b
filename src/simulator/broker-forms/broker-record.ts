/** A Kafka record as a broker writes it. */
export interface BrokerRecord {
  key: Buffer | null
  headers: Readonly<Record<string, string | Buffer>>
  value: Buffer
}
