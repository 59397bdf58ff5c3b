/** Flags of commands that work on a data folder, or through a running service. */
import type { Command } from 'commander'
import { flagOf, type SettingName } from '../../config.ts'
import { UsageError } from '../../errors.ts'
import { addSettingFlags } from './settings.ts'

export type SourceOptions = Partial<Record<SettingName | 'config', string>> & { url?: string }

/** Adds --data-dir and further settings, and --url. */
export const addSourceFlags = (command: Command, settings: readonly SettingName[] = []): Command => addSettingFlags(command, ['dataDir', ...settings])
  .option('--url <address>', 'of a running service: ask it instead of using its data folder')

/**
 * The address of the service that is asked for, or null for a data folder.
 * @param its settings that are the service's own
 * @throws UsageError
 */
export function serviceAddress (options: SourceOptions, its: readonly SettingName[] = []): string | null {
  const { url } = options
  if (url === undefined) return null
  if (options.dataDir !== undefined) throw new UsageError('--url and --data-dir are both given', { action: 'Give one: the address of a service, or a data folder.' })
  for (const name of its) {
    if (options[name] !== undefined) throw new UsageError(`--url and ${flagOf(name)} are both given`, { action: `${flagOf(name)} is set where the service is started.` })
  }
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw new UsageError(`--url is '${url}', but an address such as http://localhost:8080 is expected`, { value: url })
  return url
}
