/** What the commands of `candela dead-letters` have in common: whose letters, and their numbers. */
import type { Command } from 'commander'
import type { SettingName } from '../config.ts'
import { UsageError } from '../errors.ts'
import { folderSource, serviceSource, type DeadLetterReplayer, type DeadLetterSource } from './dead-letter-source.ts'
import { checkServiceUrl } from './service.ts'
import { addSettingFlags, settingsOf } from './setting-flags.ts'

/** Letters asked for, or put through, at once. */
export const PAGE = 100

export type SourceOptions = Partial<Record<SettingName | 'config', string>> & { url?: string }

/** Adds --data-dir and further settings, and --url. */
export const addSourceFlags = (command: Command, settings: readonly SettingName[] = []): Command => addSettingFlags(command, ['dataDir', ...settings])
  .option('--url <address>', 'of a running service: ask it instead of reading its data folder')

/** @throws UsageError */
export function letterNumber (text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value > 0) return value
  throw new UsageError(`'${text}' is not the number of a dead letter: a whole number of at least 1 is expected`, { value: text })
}

/** @returns null where no service is named */
export function serviceOf ({ url, dataDir }: SourceOptions): (DeadLetterSource & DeadLetterReplayer) | null {
  if (url === undefined) return null
  return serviceSource(checkServiceUrl({ url, dataDir }))
}

export function sourceOf (options: SourceOptions): DeadLetterSource {
  const { url: _, ...settings } = options
  return serviceOf(options) ?? folderSource(settingsOf(settings).dataDir)
}
