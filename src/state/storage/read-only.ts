/** A data folder opened for reading alone, also beside the process that writes there. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { unpack } from 'msgpackr'
import { open, type Database, type RootDatabase, type Transaction } from 'lmdb'
import { CandelaError } from '../../errors.ts'
import type { OrderKey } from './candidates/orders.ts'
import { checkDataFile, checkFormat, folderMissing, folderUnusable } from './data-file.ts'
import { checkBelievable } from './unsynced.ts'

export type TableKey = string | number | OrderKey

export interface ReadOnlyFolder {
  /** Undefined where the folder was written before there was this table. */
  table <K extends TableKey>(name: string): Database<Uint8Array, K> | undefined
  /** All that is read with this transaction is of one commit, the last one; it holds up no writer. `done()` ends it. */
  transaction (): Transaction
  /** The last commit, without what is free in the file, into a folder that is there. */
  copyTo (folder: string): Promise<void>
  close (): Promise<void>
}

/**
 * LMDB's readers see the last commit and hold up no writer.
 * @throws CandelaError `data-folder-missing`, `data-folder-version`, `data-folder-unusable`
 */
export function openReadOnly (folder: string): ReadOnlyFolder {
  if (!existsSync(join(folder, 'data.mdb'))) throw folderMissing(folder)
  let root: RootDatabase | undefined
  try {
    checkBelievable(folder)
    checkDataFile(folder)
    root = open({ path: folder, noSubdir: false, maxDbs: 8, encoding: 'binary', readOnly: true })
    const opened = root
    // A reader that was killed would keep the pages that it saw from being used again.
    opened.readerCheck()
    const table = <K extends TableKey>(name: string) => opened.openDB<Uint8Array, K>({ name, encoding: 'binary' }) as Database<Uint8Array, K> | undefined
    const format = table<string>('meta')?.get('format')
    if (format === undefined) throw new Error('it does not say its format')
    checkFormat(folder, unpack(format))
    return { table, transaction: () => opened.useReadTransaction(), copyTo: to => opened.backup(to, true), close: () => opened.close() }
  } catch (error) {
    root?.close().catch(() => {})
    throw error instanceof CandelaError ? error : folderUnusable(folder, error)
  }
}
