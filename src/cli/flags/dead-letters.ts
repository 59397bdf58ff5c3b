/** Arguments that the commands of `candela dead-letters` share: the source of the letters, and their numbers. */
import { UsageError } from '../../errors.ts'
import { folderSource, serviceSource, type DeadLetterReplayer, type DeadLetterSource } from '../dead-letters/source.ts'
import { settingsOf } from './settings.ts'
import { serviceAddress, type SourceOptions } from './source.ts'

/** Letters listed or replayed at a time. */
export const PAGE = 100

/** @throws UsageError */
export function letterNumber (text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value > 0) return value
  throw new UsageError(`'${text}' is not the number of a dead letter: a whole number of at least 1 is expected`, { value: text })
}

/** @returns null where no service is named */
export function serviceOf (options: SourceOptions): (DeadLetterSource & DeadLetterReplayer) | null {
  const address = serviceAddress(options)
  return address === null ? null : serviceSource(address)
}

export function sourceOf (options: SourceOptions): DeadLetterSource {
  const { url: _, ...settings } = options
  return serviceOf(options) ?? folderSource(settingsOf(settings).dataDir)
}
