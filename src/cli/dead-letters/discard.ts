/** `candela dead-letters discard`: deletes dead letters. */
import { Command, Option } from 'commander'
import { UsageError } from '../../errors.ts'
import { createDeadLetterDiscard, type DeadLetterDiscard } from '../../state/dead-letters/discard.ts'
import { openDeadLetters } from '../../state/storage/dead-letters.ts'
import { openLmdbStore } from '../../state/storage/store.ts'
import { letterNumber, PAGE } from '../flags/dead-letters.ts'
import { withServiceHint } from '../data-folder/folder-app.ts'
import { serviceClient } from '../data-folder/service-client.ts'
import { settingsOf } from '../flags/settings.ts'
import { addSourceFlags, serviceAddress, type SourceOptions } from '../flags/source.ts'

const DAY_MS = 86_400_000

type Options = SourceOptions & { code?: string, olderThan?: number, all?: true }

interface Discarder extends Pick<DeadLetterDiscard, 'discard'> {
  close (): Promise<void>
}

export function discardCommand (): Command {
  return addSourceFlags(new Command('discard'))
    .description('delete dead letters for good: those named, or all that match; they stay counted as dead-lettered')
    .argument('[number...]', 'numbers of letters', (text: string, before: number[] | undefined) => [...before ?? [], letterNumber(text)])
    .option('--code <code>', 'all letters with this error code')
    .addOption(new Option('--older-than <days>', 'all letters received longer ago than this').argParser(days))
    .option('--all', 'all letters')
    .addHelpText('after', `
Examples:
  candela dead-letters discard 3 17
  candela dead-letters discard --code dialect-unknown --older-than 30
  candela dead-letters discard --all --url http://localhost:8080`)
    .action(discard)
}

function days (text: string): number {
  const value = Number(text)
  if (/^\d+(\.\d+)?$/.test(text)) return value
  throw new UsageError(`--older-than is '${text}', but a number of days is expected`, { value: text })
}

async function discard (numbers: number[] | undefined, { code, olderThan, all, ...options }: Options): Promise<void> {
  const some = numbers !== undefined && numbers.length > 0
  if ([some, code !== undefined || olderThan !== undefined, all].filter(Boolean).length !== 1) {
    throw new UsageError('it is not clear which letters are meant', { action: 'Give numbers, or --code or --older-than or both, or --all.' })
  }
  const receivedBefore = olderThan === undefined ? undefined : Date.now() - olderThan * DAY_MS
  const address = serviceAddress(options)
  const { url: _, ...settings } = options
  const discarder = address === null ? ofFolder(settings) : ofService(address, all)
  let letters = 0
  try {
    for (let after: number | undefined; ;) {
      const { discarded, next } = await discarder.discard({ ...some && { numbers }, code, receivedBefore, after, limit: PAGE })
      letters += discarded.length
      if (next === null) break
      after = next
    }
  } finally {
    await discarder.close()
    process.stderr.write(`discarded ${letters} dead letters\n`)
  }
}

function ofFolder (settings: Omit<SourceOptions, 'url'>): Discarder {
  const { dataDir } = settingsOf(settings)
  openDeadLetters(dataDir).close().catch(() => {})
  try {
    const store = openLmdbStore(dataDir)
    return { ...createDeadLetterDiscard({ store, processor: { inTurn: call => call() } }), close: () => store.close() }
  } catch (error) {
    throw withServiceHint(error)
  }
}

function ofService (url: string, all: true | undefined): Discarder {
  const { post } = serviceClient(url)
  return {
    async discard ({ after, receivedBefore, ...query }) {
      const { discarded, nextCursor } = await post<{ discarded: number[], nextCursor: string | null }>('/dead-letters/discard', {
        ...query,
        ...all && { all },
        ...receivedBefore !== undefined && { receivedBefore: new Date(receivedBefore).toISOString() },
        ...after !== undefined && { cursor: String(after) }
      })
      return { discarded, next: nextCursor === null ? null : Number(nextCursor) }
    },
    close: async () => {}
  }
}
