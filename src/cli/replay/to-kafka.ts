/** `candela replay --to kafka`: sends the packets of alert files, byte for byte, whether they can be decoded or not. */
import type { ReceivedAlert } from '../../alert/alert.ts'
import { readAlertFiles } from '../../alert/input/alert-files.ts'
import type { DialectName } from '../../alert/dialect-names.ts'
import type { Given } from '../../alert/given.ts'
import { PointReport } from '../../alert/points/point-report.ts'
import { schemaSource } from '../../app.ts'
import type { Settings } from '../../config.ts'
import { describeError } from '../../errors.ts'
import type { FedPacket } from '../../stream/kafka/feeder.ts'
import { feedTopic } from './feed.ts'
import { FileReport } from '../file-report.ts'
import type { FeedRequest } from '../flags/kafka.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

const say = (line: string): void => { process.stderr.write(`candela: ${line}\n`) }

interface LeftOut {
  /** Alerts that were sent without a key, since they cannot be decoded here. */
  undecoded: number
  /** Alerts made from light curves, which never were packets. */
  withoutBytes: number
}

async function * packetsOf (alerts: AsyncIterable<ReceivedAlert>, leftOut: LeftOut, files: FileReport): AsyncGenerator<FedPacket> {
  for await (const received of alerts) {
    const { origin } = received
    files.add(received)
    if ('error' in received) {
      const has = received.bytes.length > 0
      say(`${origin}: ${describeError(received.error)}${has ? '; sent as it is, without a key' : ''}`)
      if (has) yield { bytes: received.bytes, key: null, origin }
      if (has) leftOut.undecoded++
    } else if (received.original === undefined || received.part !== undefined) {
      leftOut.withoutBytes++
    } else {
      yield { bytes: received.original(), key: received.alert.diaObjectId, origin }
    }
  }
}

/**
 * Each alert of the files is one message: a framed one and a JSON document as they stand in the file, a record of a
 * container as a container of its own. Alerts of light curve files have no bytes of their own and are left out.
 * The exit code is 1 where something could not be sent.
 * @throws CandelaError as readAlertFiles and feedTopic
 */
export async function replayToKafka (paths: readonly string[], asked: { dialect: DialectName | undefined, given: Given }, request: FeedRequest, settings: Settings): Promise<void> {
  const schemas = schemaSource(settings, say)
  const leftOut: LeftOut = { undecoded: 0, withoutBytes: 0 }
  const files = new FileReport(say)
  const ending = new AbortController()
  const end = (): void => ending.abort()
  for (const name of SIGNALS) process.once(name, end)
  try {
    const report = new PointReport(say)
    const alerts = readAlertFiles(paths, { schemas, ...asked, report, signal: ending.signal, ...files.listeners })
    const { sent } = await feedTopic(packetsOf(alerts, leftOut, files), request, settings)
    const points = report.end()
    if (points !== '') say(`${points}: they will be left out where the packets are classified, too`)
    if (leftOut.undecoded > 0) say(`${leftOut.undecoded} of them cannot be decoded here and have no key`)
    if (leftOut.withoutBytes > 0) {
      say(`${leftOut.withoutBytes} alerts have no bytes to send: light curve files hold no packets`)
      process.exitCode = 1
    }
    for (const part of files.end()) say(part)
    if (sent === 0 && leftOut.withoutBytes === 0) say('no alert in what was given')
  } finally {
    for (const name of SIGNALS) process.off(name, end)
    schemas.close?.()
  }
}
