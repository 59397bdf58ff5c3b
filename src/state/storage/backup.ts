/** Copies a data folder as of one commit, while its process goes on. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { flushToDisk } from '../../durable-files.ts'
import { CandelaError, reasonIn } from '../../errors.ts'
import { openReadOnly } from './read-only.ts'
import { openLmdbStore } from './store.ts'
import type { StoreStatistics } from '../views.ts'

export interface Backup {
  path: string
  objects: number
  /** Alerts that were received by then. */
  received: number
  archives: number
  /** [bytes] */
  bytes: number
}

/**
 * The state store is copied first: an object archived meanwhile is in both copies, and is merged when the archive is taken
 * back.
 * @param to a folder that does not exist yet; it appears when it is whole
 * @param archives the folder of archives
 * @throws CandelaError `data-folder-missing`, `data-folder-unusable`, `data-folder-version`, `backup-exists`, `backup-unwritable`
 */
export async function backUp ({ folder, to, archives }: { folder: string, to: string, archives: string }): Promise<Backup> {
  if (existsSync(to)) throw new CandelaError('backup-exists', `${to} is there already`, { value: to, action: 'Nothing is overwritten: name a folder that is not there yet.' })
  const opened = openReadOnly(folder)
  let unfinished: string | undefined
  try {
    mkdirSync(dirname(to), { recursive: true })
    unfinished = mkdtempSync(join(dirname(to), `${basename(to)}.unfinished-`))
    await opened.copyTo(unfinished)
    const { objects, accounting } = await statisticsOf(unfinished)
    for (const [name, source] of [['archive', archives], ['tokens', join(folder, 'tokens')]] as const) {
      if (existsSync(source)) cpSync(source, join(unfinished, name), { recursive: true, preserveTimestamps: true, filter: path => !path.endsWith('.unfinished') })
    }
    const paths = readdirSync(unfinished, { recursive: true, encoding: 'utf8' }).map(name => join(unfinished!, name))
    for (const path of [...paths, unfinished]) flushToDisk(path)
    const bytes = paths.reduce((sum, path) => sum + statSync(path).size, 0)
    renameSync(unfinished, to)
    unfinished = undefined
    flushToDisk(dirname(to))
    return { path: to, objects, received: accounting.received, archives: paths.filter(path => path.endsWith('.avro')).length, bytes }
  } catch (cause) {
    if (cause instanceof CandelaError) throw cause
    throw new CandelaError('backup-unwritable', `${to} could not be written: ${reasonIn(cause)}`, {
      cause, value: to, canRetry: true, action: 'Check the free space and the permissions there; nothing is left of it.'
    })
  } finally {
    await opened.close()
    if (unfinished !== undefined) rmSync(unfinished, { recursive: true, force: true })
  }
}

/** Opens the copy as a service would, to make sure that it can be used. */
async function statisticsOf (copy: string): Promise<StoreStatistics> {
  const store = openLmdbStore(copy)
  try {
    return store.reader.statistics()
  } finally {
    await store.close()
    for (const name of readdirSync(copy)) if (name !== 'data.mdb') rmSync(join(copy, name))
  }
}
