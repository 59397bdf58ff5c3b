/** Paths on a command line → the files below them. */
import { createReadStream } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { CandelaError, reasonIn } from '../../errors.ts'
import { decompressed } from './decompress.ts'
import { formOf, TEXT_BYTES } from './forms.ts'
import { isListName } from './names.ts'

/** The path that stands for standard input. */
export const STDIN = '-'

export function unreadable (path: string, cause: unknown): CandelaError {
  return new CandelaError('file-unreadable', `${path} cannot be read: ${reasonIn(cause)}`, {
    value: path, cause, action: 'Check the file and its permissions; what else was given is read all the same.'
  })
}

const notFound = (path: string, cause: unknown): CandelaError => new CandelaError('path-not-found', `no such file or folder: ${path}`, {
  value: path, cause, action: 'Give files, folders of them, archives, or lists of paths.'
})

export interface FoundFile {
  path: string
  /** By an argument or a list; otherwise it was found in a folder. */
  isNamed: boolean
}

/**
 * The files that paths stand for, in the order given: a file; of a folder, what is in it and below, by name; '-' itself;
 * of a .txt or .list file, compressed or not, that holds no data itself, the paths in it, one a line, taken from where
 * the list is.
 * @param onUnreadable told of every folder that cannot be read, and of what is in one and is no file
 * @throws CandelaError `path-not-found` before anything is given, where a path does not exist; `file-unreadable` of a list
 */
export async function * filesBelow (paths: readonly string[], onUnreadable: (error: CandelaError) => void): AsyncGenerator<FoundFile> {
  const given: string[] = []
  for (const path of paths) given.push(...await pathsOf(path, new Set()))
  const folders = new Set<string>()
  for (const path of given) {
    if (path === STDIN) continue
    const { isDirectory } = await found(path)
    if (isDirectory) folders.add(path)
  }
  for (const path of given) {
    if (folders.has(path)) yield * filesIn(path, new Set(), onUnreadable)
    else yield { path, isNamed: true }
  }
}

const found = async (path: string): Promise<{ isDirectory: boolean }> =>
  await stat(path).then(facts => ({ isDirectory: facts.isDirectory() }), (cause: unknown) => { throw notFound(path, cause) })

/** @param around the lists that this path stands in: one that names itself is a file there */
async function pathsOf (path: string, around: ReadonlySet<string>): Promise<string[]> {
  const place = resolve(path)
  if (path === STDIN || !isListName(path) || around.has(place) || (await found(path)).isDirectory) return [path]
  const bytes = await decompressed(createReadStream(path), cause => unreadable(path, cause))
  if (formOf(await bytes.look(TEXT_BYTES)) !== undefined) {
    await bytes.close()
    return [path]
  }
  const pieces: Buffer[] = []
  for await (const piece of bytes.all()) pieces.push(piece)
  const lines = Buffer.concat(pieces).toString().replace(/^\ufeff/, '').split(/\r?\n/).map(line => line.trim())
  const named = lines.filter(line => line !== '' && !line.startsWith('#')).map(line => resolve(dirname(path), line))
  const within = new Set([...around, place])
  const all: string[] = []
  for (const path of named) all.push(...await pathsOf(path, within))
  return all
}

/** @param around the folders that this one is in, by their real paths: a link back to one of them is not followed */
async function * filesIn (folder: string, around: ReadonlySet<string>, onUnreadable: (error: CandelaError) => void): AsyncGenerator<FoundFile> {
  const failed = (path: string) => (cause: unknown): undefined => {
    onUnreadable(unreadable(path, cause))
    return undefined
  }
  const place = await realpath(folder).catch(failed(folder))
  const entries = place === undefined ? undefined : await readdir(folder).catch(failed(folder))
  if (place === undefined || entries === undefined) return
  const within = new Set([...around, place])
  for (const name of entries.sort((a, b) => a < b ? -1 : 1)) {
    const path = join(folder, name)
    const facts = await stat(path).catch(failed(path))
    if (facts?.isFile()) yield { path, isNamed: false }
    else if (facts && !facts.isDirectory()) failed(path)(new Error('it is no file'))
    else if (facts && within.has(await realpath(path))) failed(path)(new Error('it is a link to a folder that it is in'))
    else if (facts) yield * filesIn(path, within, onUnreadable)
  }
}
