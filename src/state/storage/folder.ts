/** LMDB in a data folder that one process has to itself: the tables of a state store, or of a replica of some. */
import { mkdirSync } from 'node:fs'
import { pack, unpack } from 'msgpackr'
import { open, type Database, type Key, type RootDatabase } from 'lmdb'
import { CandelaError } from '../../errors.ts'
import { commitFailed, folderUnusable, prepareDataFile } from './data-file.ts'
import { lockFolder } from './folder-lock.ts'
import { LmdbDeadLetters } from './dead-letters.ts'
import { LmdbObjects, type ObjectTables } from './objects.ts'
import { beginUnsynced, checkBelievable } from './unsynced.ts'

export interface Tables extends ObjectTables {
  meta: Database<Uint8Array, string>
}

export interface FolderOptions {
  /**
   * Whether a commit waits for the disk; true where not given. Without, a folder does not outlive the system that it was
   * written on, see unsynced.ts.
   */
  synced?: boolean
}

/**
 * Opens or makes a data folder.
 * @param use what is made of it; where it throws, the folder is closed
 * @throws CandelaError `data-folder-in-use`, `data-folder-unusable`, those of `use`
 */
export function openFolder<Opened> (folder: string, { synced = true }: FolderOptions, use: (opened: LmdbFolder) => Opened): Opened {
  let release = (): void => {}
  let root: RootDatabase | undefined
  try {
    mkdirSync(folder, { recursive: true })
    const unlock = release = lockFolder(folder)
    checkBelievable(folder)
    prepareDataFile(folder)
    const toDisk = synced ? null : beginUnsynced(folder)
    root = open({ path: folder, noSubdir: false, maxDbs: 8, encoding: 'binary', eventTurnBatching: false, ...toDisk && { noSync: true } })
    return use(new LmdbFolder(folder, root, () => {
      toDisk?.()
      unlock()
    }))
  } catch (error) {
    root?.close().catch(() => {})
    release()
    throw error instanceof CandelaError ? error : folderUnusable(folder, error)
  }
}

export class LmdbFolder {
  readonly folder: string
  readonly tables: Tables
  readonly objects: LmdbObjects
  readonly deadLetters: LmdbDeadLetters
  readonly #root: RootDatabase
  readonly #release: () => void

  constructor (folder: string, root: RootDatabase, release: () => void) {
    this.folder = folder
    this.#root = root
    this.#release = release
    this.tables = {
      objects: this.table('objects'),
      blocks: this.table('blocks'),
      changes: this.table('changes'),
      meta: this.table('meta')
    }
    this.objects = new LmdbObjects(this.tables)
    this.deadLetters = new LmdbDeadLetters({ facts: this.table('dead-letters'), bytes: this.table('dead-letter-bytes') })
  }

  table<Name extends Key> (name: string): Database<Uint8Array, Name> {
    return this.#root.openDB<Uint8Array, Name>({ name, encoding: 'binary' })
  }

  meta (key: string): unknown {
    const bytes = this.tables.meta.get(key)
    return bytes === undefined ? undefined : unpack(bytes)
  }

  putMeta (key: string, value: unknown): void {
    this.tables.meta.putSync(key, pack(value))
  }

  /**
   * One LMDB transaction; on disk when this returns, where the folder is synced.
   * @param what is written, for the words of an error
   * @throws CandelaError `commit-failed`, those of `write`: nothing is stored then
   */
  write (what: string, write: () => void): void {
    try {
      // Not root.transaction(): it joins several callbacks in one LMDB transaction, which one alone cannot abort.
      this.#root.transactionSync(write)
    } catch (cause) {
      if (cause instanceof CandelaError) throw cause
      throw commitFailed(this.folder, what, cause)
    }
  }

  async close (): Promise<void> {
    await this.#root.close()
    this.#release()
  }
}
