/** Ingest in a process of its own, which a test can kill: its arguments are settings as JSON. */
import type { SettingName } from '../../../src/config.ts'
import { startIngest } from './running-ingest.ts'

await startIngest({ after () {} }, { settings: JSON.parse(process.argv[2]!) as Partial<Record<SettingName, string>> })
