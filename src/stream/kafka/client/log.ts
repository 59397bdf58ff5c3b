/** Filters kafkajs's log, which has every attempt of a retry, on several layers. */
import kafkajs from 'kafkajs'
import { messageOf } from '../../../errors.ts'

/** A line that does not belong to an outage is repeated only after this time without it [ms]. */
const OVER_AFTER = 60_000

/**
 * Lines that also come as an error to the caller, or that belong to the normal life of a group: members join and leave, a
 * consumer restarts, a producer is replaced.
 */
const SAID_ELSEWHERE = [
  /^Limiting retries for the idempotent producer/,
  /rebalanc|re-joining|resync group|unsubscribed topics|not aware of all assigned partitions|coordinator/i,
  /^Response |^Crash: |^Restarting the consumer|^Failed to send messages|^Error when calling each|^Could not create topics/,
  /authenticat|SASL|certificate|self.signed|unable to verify|wrong version number|packet length|EPROTO|token endpoint/i
]
/** Lines that an outage of brokers causes. */
const OUTAGE = /^Connection |^Failed to connect|closed connection|timed out|leader|ECONN|EPIPE|EHOSTUNREACH|ENOTFOUND|socket/i

/**
 * @param isOutage whether an outage causes the line; such a line is reported each time. Other lines are reported once
 *   for the same words about the same broker, whatever the numbers in them
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
