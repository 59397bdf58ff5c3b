/** kafkajs's log, sorted: it logs every try of a retry, on several layers. */
import kafkajs from 'kafkajs'
import { messageOf } from '../../../errors.ts'

/** A line that is not an outage's is said again after it has not come for this long [ms]. */
const OVER_AFTER = 60_000

/**
 * Said once more in the error that whoever asked gets, or a part of the life of a group: members come and go, a consumer
 * is run again, a producer that gives up is replaced by another.
 */
const SAID_ELSEWHERE = [
  /^Limiting retries for the idempotent producer/,
  /rebalanc|re-joining|resync group|unsubscribed topics|not aware of all assigned partitions|coordinator/i,
  /^Response |^Crash: |^Restarting the consumer|^Failed to send messages|^Error when calling each|^Could not create topics/,
  /authenticat|SASL|certificate|self.signed|unable to verify|wrong version number|packet length|EPROTO|token endpoint/i
]
/** What brokers do that are away. */
const OUTAGE = /^Connection |^Failed to connect|closed connection|timed out|leader|ECONN|EPIPE|EHOSTUNREACH|ENOTFOUND|socket/i

/**
 * @param isOutage whether the line is one of those that an outage brings: told as often as it comes. Others with the
 *   same words about the same broker, whatever the numbers in them, once
 */
export type KafkaReport = (line: string, isOutage: boolean) => void

/** Errors and warnings alone. */
export function sortedLog (report: KafkaReport, now: () => number = Date.now): kafkajs.logCreator {
  const lastSeen = new Map<string, number>()
  return () => ({ level, log }) => {
    if (level > kafkajs.logLevel.WARN) return
    const { message, broker, error } = log as { message: unknown, broker?: unknown, error?: unknown }
    const words = messageOf(message)
    if (SAID_ELSEWHERE.some(known => known.test(words))) return
    const what = [words, typeof error === 'string' && error !== words ? error : ''].filter(Boolean).join(': ')
    const line = typeof broker === 'string' ? `${broker}: ${what}` : what
    if (OUTAGE.test(what)) return report(line, true)
    const incident = line.replaceAll(/\d+/g, '#')
    const time = now()
    const seen = lastSeen.get(incident)
    for (const [other, at] of lastSeen) if (time - at > OVER_AFTER) lastSeen.delete(other)
    lastSeen.set(incident, time)
    if (seen === undefined || time - seen > OVER_AFTER) report(line, false)
  }
}
