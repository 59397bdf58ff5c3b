/** Ingest as a process of Candela runs it, on brokers of a test. */
import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import { schemaFolders, SHIPPED_SCHEMAS, type SchemaSource } from '../../../src/alert/schemas/source.ts'
import { readSettings, type SettingName } from '../../../src/config.ts'
import { runIngest } from '../../../src/stream/kafka/ingest/ingest.ts'
import { createMeasures } from '../../../src/stream/measures.ts'
import { decodePhotometry, type Photometry } from '../../../src/stream/kafka/photometry.ts'
import { ownTopics, type RoleLog, type RunningRole } from '../../../src/stream/kafka/role.ts'
import { ingestSources } from '../../../src/stream/kafka/ingest/sources.ts'
import { clientOf, PATIENT, type Broker } from './broker.ts'

export interface IngestRequest {
  settings: Partial<Record<SettingName, string>>
  keepPackets?: boolean
  schemas?: SchemaSource
  lookEveryMs?: number
}

export interface RunningIngest extends RunningRole {
  /** Lines of the log so far. */
  log: string[]
  /** Waits for a line of the log; rejects where the role ends with an error. */
  logged (line: RegExp): Promise<void>
}

/** Every source of the settings. */
export async function startIngest (t: Pick<TestContext, 'after'>, { settings: flags, keepPackets = false, schemas = schemaFolders(SHIPPED_SCHEMAS), lookEveryMs }: IngestRequest): Promise<RunningIngest[]> {
  const settings = readSettings(flags, { env: {} })
  return await Promise.all(ingestSources(settings).map(async source => {
    const lines: string[] = []
    const waiting = new Set<() => void>()
    const say = (_: object, line: string): void => {
      lines.push(line)
      for (const look of waiting) look()
    }
    const log: RoleLog = { info: say, warn: say, error: say }
    const role = await runIngest({ source, schemas, settings, topics: ownTopics(settings.kafkaPrefix), keepPackets, measures: createMeasures(), log, ...lookEveryMs !== undefined && { lookEveryMs } })
    t.after(() => role.stop())
    return {
      ...role,
      log: lines,
      logged: wanted => new Promise<void>((resolve, reject) => {
        role.finished.catch(reject)
        const look = (): void => {
          if (!lines.some(line => wanted.test(line))) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      })
    }
  }))
}

/** Waits until what is in a topic is enough; both see every message from the first on. */
export async function reached (t: Pick<TestContext, 'after'>, { address }: Pick<Broker, 'address'>, topic: string, isEnough: (read: readonly Photometry[]) => boolean): Promise<void> {
  const consumer = clientOf(address).consumer({ groupId: randomUUID(), maxWaitTimeInMs: 100, retry: PATIENT })
  t.after(() => consumer.disconnect())
  const read: Photometry[] = []
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await new Promise<void>((resolve, reject) => {
    consumer.run({
      async eachBatch ({ batch }) {
        read.push(...batch.messages.map(({ value }) => decodePhotometry(value!)!))
        if (isEnough(read)) resolve()
      }
    }).catch(reject)
  })
  await consumer.disconnect()
}

export const hasMessages = (t: Pick<TestContext, 'after'>, broker: Pick<Broker, 'address'>, topic: string, count: number): Promise<void> => reached(t, broker, topic, read => read.length >= count)
