/** `candela archive`: objects that were not seen for long leave the store for files. */
import { Command, Option } from 'commander'
import { existsSync } from 'node:fs'
import { join, parse } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { UsageError } from '../../errors.ts'
import { archiveHeader, openArchive } from '../../state/archive/reader.ts'
import { createArchiver, type ArchivePage } from '../../state/archive/archiver.ts'
import { folderMissing } from '../../state/storage/data-file.ts'
import { openLmdbStore } from '../../state/storage/store.ts'
import { surveyClock } from '../../state/archive/walk.ts'
import { withServiceHint } from './folder-app.ts'
import { stdoutUntilStopped, type Output } from '../output.ts'
import { serviceClient } from './service-client.ts'
import { settingsOf } from '../flags/settings.ts'
import { addSourceFlags, serviceAddress, type SourceOptions } from '../flags/source.ts'

/** A service looks at a million objects before it answers [ms]. */
const PATIENCE = 280_000

type Options = SourceOptions & { notSeen?: number, to?: string }

export function archiveCommand (): Command {
  return addSourceFlags(new Command('archive'))
    .description('move objects that were not seen for long from the state store into files; candela restore brings them back')
    .addOption(new Option('--not-seen <days>', 'objects whose newest point and alert are older than this leave; counted from the newest time in the store (MJD TAI), not from now').argParser(days))
    .option('--to <file>', 'the archive, an Avro container; objects that do not fit into one file go to FILE-2 and so on; no file is overwritten')
    .addHelpText('after', `
A service (--url) archives into its own folder, CANDELA_ARCHIVE_DIR.

Examples:
  candela archive --not-seen 200 --to archive/2026.avro
  candela archive --not-seen 200 --url http://localhost:8080
  candela archive list archive/2026.avro | jq -c 'select(.probabilityIa > 0.9)'`)
    .action(archive)
    .addCommand(listCommand())
}

function listCommand (): Command {
  return new Command('list')
    .description('list the objects in archives as NDJSON: position, newest time, newest P(Ia), numbers of points and publications')
    .argument('<file...>', 'archives')
    .addHelpText('after', `
Example:
  candela archive list archive/2026.avro`)
    .action(list)
}

function days (text: string): number {
  const value = Number(text)
  if (/^\d+(\.\d+)?$/.test(text) && value > 0) return value
  throw new UsageError(`--not-seen is '${text}', but a number of days above 0 is expected`, { value: text })
}

/** FILE, then FILE-2 and so on, before the ending. */
function numbered (path: string, number: number): string {
  const { dir, name, ext } = parse(path)
  return number === 1 ? path : join(dir, `${name}-${number}${ext}`)
}

async function archive ({ notSeen, to, ...options }: Options): Promise<void> {
  if (notSeen === undefined) throw new UsageError('--not-seen is missing', { action: 'Say how many days: --not-seen 200.' })
  if ((to === undefined) === (options.url === undefined)) {
    throw new UsageError(to === undefined ? '--to is missing' : '--to and --url are both given', { action: 'Give --to and a file for a data folder, or --url for a service, which has its own folder.' })
  }
  const address = serviceAddress(options)
  const { url: _, ...settings } = options
  const output = stdoutUntilStopped()
  const sum = { files: 0, objects: 0, damaged: 0 }
  for await (const { archive, damaged } of address === null ? ofFolder({ notSeen, to: to!, dataDir: settingsOf(settings).dataDir }, output) : ofService(notSeen, address)) {
    for (const id of damaged) process.stderr.write(`candela: object ${id} stays: its record is damaged [record-damaged]\n`)
    sum.damaged += damaged.length
    if (archive) {
      sum.files++
      sum.objects += archive.objects - archive.stayed
      const { path: file, objects, stayed, bytes } = archive
      await output.write(`${JSON.stringify({ file, objects, stayed, bytes })}\n`)
    }
    if (output.signal.aborted) break
  }
  process.stderr.write(`archived ${sum.objects} objects in ${sum.files} files\n`)
  if (output.stoppedBy !== null) process.stderr.write(`candela: stopped by ${output.stoppedBy}\n`)
  if (sum.damaged > 0 || output.stoppedBy !== null) process.exitCode = 1
}

async function * ofFolder ({ notSeen, to, dataDir }: { notSeen: number, to: string, dataDir: string }, { signal }: Output): AsyncGenerator<ArchivePage> {
  if (!existsSync(join(dataDir, 'data.mdb'))) throw folderMissing(dataDir)
  const store = openFolder(dataDir)
  try {
    const archiver = createArchiver({ store, processor: { inTurn: call => call() } })
    const breathe = async (): Promise<void> => {
      await setImmediate()
      signal.throwIfAborted()
    }
    const clock = await surveyClock(store, breathe)
    process.stderr.write(`the newest time in the store is MJD ${clock.toFixed(3)}: what was last seen before ${(clock - notSeen).toFixed(3)} leaves\n`)
    let number = 1
    let after: string | undefined
    do {
      const page = await archiver.archive({ before: clock - notSeen, path: numbered(to, number), after, breathe })
      if (page.archive) number++
      yield page
      after = page.next ?? undefined
    } while (after !== undefined)
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    await store.close()
  }
}

function openFolder (dataDir: string): ReturnType<typeof openLmdbStore> {
  try {
    return openLmdbStore(dataDir)
  } catch (error) {
    throw withServiceHint(error)
  }
}

async function * ofService (notSeenDays: number, url: string): AsyncGenerator<ArchivePage> {
  const { post } = serviceClient(url, PATIENCE)
  let cursor: string | undefined
  do {
    const { archive, damaged, nextCursor } = await post<{ archive: { name: string, objects: number, stayed: number, bytes: number } | null, damaged: string[], nextCursor: string | null }>('/archives', { notSeenDays, ...cursor !== undefined && { cursor } })
    yield { archive: archive && { ...archive, path: archive.name }, damaged, next: nextCursor }
    cursor = nextCursor ?? undefined
  } while (cursor !== undefined)
}

async function list (files: string[]): Promise<void> {
  const output = stdoutUntilStopped()
  for (const file of files) await archiveHeader(file)
  for (const file of files) {
    for (const { diaObjectId, ra, dec, lastMjdTai, points, publications, probabilityIa, epochs, revision, classifierName, classifierVersion, publishedAt } of (await openArchive(file)).read()) {
      const published = publishedAt === null ? null : new Date(publishedAt).toISOString()
      await output.write(`${JSON.stringify({ diaObjectId, ra, dec, lastMjdTai, points, publications, probabilityIa, epochs, revision, classifierName, classifierVersion, publishedAt: published })}\n`)
      if (output.signal.aborted) break
    }
    if (output.signal.aborted) break
  }
  if (output.stoppedBy !== null) process.exitCode = 1
}
