/** Feeds a topic of Kafka from the command line: makes the topic, reports progress on stderr, stops at Ctrl-C. */
import { describeError } from '../../errors.ts'
import { Incidents } from '../../stream/incidents.ts'
import { kafkaClient, type KafkaSettings } from '../../stream/kafka/client/client.ts'
import { reportTo } from '../../stream/kafka/subjects.ts'
import { feed, type FedPacket, type FeedCounts } from '../../stream/kafka/feeder.ts'
import { subjectOf } from '../../stream/kafka/subjects.ts'
import { ensureTopic, topicAsItIs } from '../../stream/kafka/client/topics.ts'
import type { FeedRequest } from '../flags/kafka.ts'

const PROGRESS_EVERY = 5000
/** What waits, see Incidents.begin. */
const FEEDING = 'the feeding'

const say = (line: string): void => { process.stderr.write(`candela: ${line}\n`) }

/**
 * Feeds a topic and reports the result; the exit code is 1 where packets were refused or the feed was ended early.
 * @throws CandelaError as ensureTopic and feed
 */
export async function feedTopic (packets: AsyncIterable<FedPacket>, request: FeedRequest, settings: KafkaSettings): Promise<FeedCounts> {
  const { topic, pace, compression, partitions, replication } = request
  const { kafkaBrokers: brokers } = settings
  const sayLine = (_about: object, line: string): void => say(line)
  const incidents = new Incidents({ log: { info: sayLine, error: sayLine } })
  const report = reportTo(incidents, { warn: sayLine }, brokers)
  let connected = false
  // An error before the first connection is the command's own.
  const kafka = kafkaClient(settings, (...line) => { if (connected) report(...line) })
  const stopping = new AbortController()
  const stop = (name: NodeJS.Signals): void => stopping.abort(name)
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, stop)
  try {
    if (await ensureTopic(kafka, { topic, partitions, replication }, brokers) === 'made') say(`topic ${topic} was missing and has been made`)
    const made = await topicAsItIs(kafka, topic, brokers)
    connected = true
    const began = performance.now()
    let shown = began
    const rateOf = ({ sent }: FeedCounts): string => `${(sent / (performance.now() - began) * 1000).toFixed(0)} alerts/s`
    const counts = await feed(kafka, packets, {
      topic,
      brokers,
      compression,
      pace,
      signal: stopping.signal,
      async makeAgain () {
        if (made === undefined || await topicAsItIs(kafka, topic, brokers) !== undefined) return false
        await ensureTopic(kafka, made, brokers)
        say(`topic ${topic} was gone and has been made again, with ${made.partitions} partitions`)
        return true
      },
      onWaiting: error => incidents.begin(FEEDING, subjectOf(error, brokers, FEEDING), error),
      onSent (counts) {
        incidents.end(FEEDING)
        if (performance.now() - shown < PROGRESS_EVERY) return
        shown = performance.now()
        say(`${counts.sent} alerts, ${rateOf(counts)}`)
      },
      onRefused: (packet, error) => say(`${packet.origin}: ${packet.bytes.length} bytes: ${describeError(error)}`)
    })
    say(`${counts.sent} alerts, ${(counts.bytes / 2 ** 20).toFixed(1)} MiB → topic ${topic}; ${rateOf(counts)}`)
    if (counts.refused > 0) say(`${counts.refused} alerts were refused by the broker`)
    if (counts.unconfirmed > 0) say(`${counts.unconfirmed} more were on their way and not confirmed: they may be in the topic or not`)
    if (stopping.signal.aborted) say(`stopped by ${String(stopping.signal.reason)}`)
    if (counts.refused > 0 || stopping.signal.aborted) process.exitCode = 1
    // kafkajs goes on trying.
    if (counts.unconfirmed > 0) process.exit(1)
    return counts
  } finally {
    incidents.close()
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, stop)
  }
}
