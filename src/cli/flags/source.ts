/** Flags of commands that work on a data folder, or through a running service. */
import type { Command } from 'commander'
import { flagOf, type SettingName } from '../../config.ts'
import { UsageError } from '../../errors.ts'
import { addSettingFlags } from './settings.ts'

export type SourceOptions = Partial<Record<SettingName | 'config', string>> & { url?: string }

/** Adds --data-dir and further settings, and --url. */
export const addSourceFlags = (command: Command, settings: readonly SettingName[] = []): Command => addSettingFlags(command, ['dataDir', ...settings])
  .option('--url <address>', 'address of a running service to work through, in place of a data folder')

/**
 * The address of the service that is asked for, or null for a data folder.
 * @param ofService settings that only the service itself can have
 * @throws UsageError
 */
export function serviceAddress (options: SourceOptions, ofService: readonly SettingName[] = []): string | null {
  const { url } = options
  if (url === undefined) return null
  if (options.dataDir !== undefined) throw new UsageError('--url and --data-dir are both given', { action: 'Give one: the address of a service, or a data folder.' })
  for (const name of ofService) {
    if (options[name] !== undefined) throw new UsageError(`--url and ${flagOf(name)} are both given`, { action: `${flagOf(name)} is set where the service is started.` })
  }
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw new UsageError(`--url is '${url}', but an address such as http://localhost:8080 is expected`, { value: url })
  return url
}
