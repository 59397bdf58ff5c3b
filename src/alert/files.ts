/** Paths on a command line → the files below them. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { CandelaError, reasonIn } from '../errors.ts'

/** Files that name others. */
const LIST = /\.(txt|list)$/i

/** The path that stands for standard input. */
export const STDIN = '-'

export function unreadable (path: string, cause: unknown): CandelaError {
  return new CandelaError('file-unreadable', `${path} cannot be read: ${reasonIn(cause)}`, {
    value: path, cause, action: 'Check the file and its permissions; what else was given is read all the same.'
  })
}

/**
 * The files that paths stand for, in the order given: a file whatever its name; of a folder, what is in it and below
 * whose name fits, by name; '-' itself; of a .txt or .list file, the paths in it, one a line, taken from where the list is.
 * @param onUnreadable told of every folder that cannot be read
 * @throws CandelaError `path-not-found` before anything is given, where a path does not exist
 */
export async function * filesBelow (paths: readonly string[], names: RegExp, onUnreadable: (error: CandelaError) => void): AsyncGenerator<string> {
  const given = (await Promise.all(paths.map(async path => LIST.test(path) ? await pathsIn(path) : [path]))).flat()
  const folders = new Set<string>()
  for (const path of given) {
    if (path === STDIN) continue
    try {
      if ((await stat(path)).isDirectory()) folders.add(path)
    } catch (cause) {
      throw new CandelaError('path-not-found', `no such file or folder: ${path}`, {
        value: path, cause, action: 'Give files, folders of them, or .tar, .tar.gz or .tar.xz archives.'
      })
    }
  }
  for (const path of given) {
    if (folders.has(path)) yield * filesIn(path, names, onUnreadable)
    else yield path
  }
}

async function pathsIn (list: string): Promise<string[]> {
  const text = await readFile(list, 'utf8').catch((cause: unknown) => { throw unreadable(list, cause) })
  return text.split(/\r?\n/).map(line => line.trim()).filter(line => line !== '' && !line.startsWith('#')).map(line => resolve(dirname(list), line))
}

async function * filesIn (folder: string, names: RegExp, onUnreadable: (error: CandelaError) => void): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    onUnreadable(unreadable(folder, cause))
    return []
  })
  entries.sort((a, b) => a.name < b.name ? -1 : 1)
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield * filesIn(path, names, onUnreadable)
    else if (names.test(entry.name)) yield path
  }
}
