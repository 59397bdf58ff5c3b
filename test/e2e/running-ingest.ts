/** Ingest as a process of Candela runs it, on brokers of a test. */
import type { TestContext } from 'node:test'
import { schemaFolders, SHIPPED_SCHEMAS, type SchemaSource } from '../../src/alert/schema-source.ts'
import { readSettings, type SettingName } from '../../src/config.ts'
import { runIngest } from '../../src/stream/kafka/ingest.ts'
import { createMeasures } from '../../src/stream/measures.ts'
import { ownTopics, type RoleLog, type RunningRole } from '../../src/stream/kafka/role.ts'
import { ingestSources } from '../../src/stream/kafka/sources.ts'

export interface IngestRequest {
  settings: Partial<Record<SettingName, string>>
  keepPackets?: boolean
  schemas?: SchemaSource
}

export interface RunningIngest extends RunningRole {
  /** Lines of the log so far. */
  log: string[]
  /** Waits for a line of the log. */
  logged (line: RegExp): Promise<void>
}

/** Every source of the settings. */
export async function startIngest (t: Pick<TestContext, 'after'>, { settings: flags, keepPackets = false, schemas = schemaFolders(SHIPPED_SCHEMAS) }: IngestRequest): Promise<RunningIngest[]> {
  const settings = readSettings(flags, { env: {} })
  return await Promise.all(ingestSources(settings).map(async source => {
    const lines: string[] = []
    const waiting = new Set<() => void>()
    const say = (_: object, line: string): void => {
      lines.push(line)
      for (const look of waiting) look()
    }
    const log: RoleLog = { info: say, warn: say, error: say }
    const role = await runIngest({ source, schemas, settings, topics: ownTopics(settings.kafkaPrefix), keepPackets, measures: createMeasures(), log })
    t.after(() => role.stop())
    return {
      ...role,
      log: lines,
      logged: wanted => new Promise<void>(resolve => {
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
