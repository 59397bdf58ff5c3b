/** kafkajs's log, one line an incident: it logs every try of a retry, on several layers. */
import kafkajs from 'kafkajs'

/** An incident is over when nothing has been logged of it for this long [ms]; kafkajs's longest pause between tries is 30 s. */
const OVER_AFTER = 60_000

/** A producer that gives up after some tries is replaced by another; that its messages may come twice is known. */
const KNOWN = 'Limiting retries for the idempotent producer may invalidate EoS guarantees'

export type KafkaReport = (line: string) => void

/** @param report is told of the first line of each incident: errors and warnings with the same words about the same broker */
export function incidentLog (report: KafkaReport, now: () => number = Date.now): kafkajs.logCreator {
  const lastSeen = new Map<string, number>()
  return () => ({ level, log }) => {
    if (level > kafkajs.logLevel.WARN) return
    const { message, broker, error } = log as { message: string, broker?: unknown, error?: unknown }
    if (message === KNOWN) return
    const what = [message, typeof error === 'string' && error !== message ? error : ''].filter(Boolean).join(': ')
    const line = typeof broker === 'string' ? `${broker}: ${what}` : what
    const time = now()
    const seen = lastSeen.get(line)
    for (const [other, at] of lastSeen) if (time - at > OVER_AFTER) lastSeen.delete(other)
    lastSeen.set(line, time)
    if (seen === undefined || time - seen > OVER_AFTER) report(line)
  }
}
