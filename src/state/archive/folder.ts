/** The folder of a running service's archives. */
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CandelaError } from '../../errors.ts'
import { archiveHeader, openArchive, type ArchiveHeader } from './reader.ts'
import type { ArchivePage, Archiver } from './archiver.ts'
import type { Restoration, Restorer } from './restorer.ts'
import type { StateStore } from '../store.ts'
import { surveyClock, type Breathe } from './walk.ts'

/** Names of archives; none leads out of the folder. */
export const ARCHIVE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,100}\.avro$/

/** Unfinished archives, as writeArchive names them. */
const UNFINISHED = /^objects-[\dTZ.]+\.avro\.\d+\.unfinished$/
const DAY_MS = 86_400_000

/** Most objects that one call looks at, in about ten seconds. */
const LONGEST_LOOK = 1_000_000

export interface ArchiveQuery {
  /** Objects last seen longer ago than this leave, by the survey's clock [d]. */
  notSeenDays: number
  /** `next` of an earlier page. */
  cursor?: string | undefined
  breathe?: Breathe | undefined
}

export interface ArchiveFolder {
  readonly folder: string
  /** Oldest name first; other files are left out. */
  list (): Promise<Array<ArchiveHeader & { name: string }>>
  /**
   * One step of archiving: at most one file.
   * @throws CandelaError as Archiver.archive does; `archive-cursor` for a cursor that no page gave
   */
  archive (query: ArchiveQuery): Promise<ArchivePage>
  /** @throws CandelaError `archive-not-found`, and as openArchive and Restorer.restore do */
  restore (name: string): Promise<Restoration>
}

export interface ArchiveFolderOptions {
  folder: string
  store: StateStore
  archiver: Archiver
  restorer: Restorer
  /** [ms since 1970, UTC] */
  now?: () => number
}

/** objects-20260501T120000.000Z.avro */
const nameAt = (now: number): string => `objects-${new Date(now).toISOString().replace(/[-:]/g, '')}.avro`

export function openArchiveFolder ({ folder, store, archiver, restorer, now = Date.now }: ArchiveFolderOptions): ArchiveFolder {
  let latest = 0
  return {
    folder,
    async list () {
      const names = (await readdir(folder).catch(() => [])).filter(name => ARCHIVE_NAME.test(name)).sort()
      const headers = await Promise.all(names.map(async name => ({ name, header: await archiveHeader(join(folder, name)).catch(() => null) })))
      return headers.flatMap(({ name, header }) => header ? [{ name, ...header }] : [])
    },
    async archive ({ notSeenDays, cursor, breathe }) {
      if (cursor === undefined) await removeLeftovers(folder, now())
      const [from, after] = cursor === undefined ? [await surveyClock(store, breathe) - notSeenDays] : readCursor(cursor)
      latest = Math.max(now(), latest + 1)
      const page = await archiver.archive({ before: from, after, path: join(folder, nameAt(latest)), limit: LONGEST_LOOK, breathe })
      return { ...page, next: page.next === null ? null : `${from}/${page.next}` }
    },
    async restore (name) {
      const names: string[] = ARCHIVE_NAME.test(name) ? await readdir(folder).catch(() => []) : []
      if (!names.includes(name)) throw new CandelaError('archive-not-found', `there is no archive ${name.slice(0, 100)} in ${folder}`, { value: name.slice(0, 100), action: 'GET /v1/archives lists them.' })
      return await restorer.restore(await openArchive(join(folder, name)))
    }
  }
}

/** Unfinished files of killed processes; no file takes a day to write. */
async function removeLeftovers (folder: string, now: number): Promise<void> {
  const leftovers = (await readdir(folder).catch(() => [])).filter(name => UNFINISHED.test(name))
  for (const path of leftovers.map(name => join(folder, name))) {
    const left = await stat(path).catch(() => null)
    if (left && left.mtimeMs < now - DAY_MS) await rm(path, { force: true }).catch(() => {})
  }
}

function readCursor (cursor: string): [number, string] {
  const [before, after] = cursor.split('/')
  if (before && after && Number.isFinite(Number(before))) return [Number(before), after]
  throw new CandelaError('archive-cursor', `'${cursor.slice(0, 100)}' is no cursor of an earlier page`, { value: cursor.slice(0, 100), action: 'Begin without a cursor.' })
}
