/** What the names of files say: what is data, what plainly is none, what is left when a compression is taken off. */
import { extname } from 'node:path'

const COMPRESSED = /\.(gz|xz|zst)$/i
const COMPRESSED_TAR = /\.(tgz|txz|tzst)$/i
export const FITS_NAME = /\.fits(\.gz)?$/i
/** HEAD and PHOT files of SNANA. */
export const SNANA_FITS_NAME = /(HEAD|PHOT)\.FITS(\.gz)?$/i
/** Texts, which may be tables all the same. */
const TEXT_NAME = /\.(txt|asc|log)$/i
/** Files that name others. */
const LIST = /\.(txt|list)$/i

/** The name alone, of a member of an archive too. */
const nameOf = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('!'), path.lastIndexOf('\\')) + 1)

/** The name of what is in a file, as `a.tar` of `a.TGZ`. */
export const withoutCompression = (path: string): string => path.replace(COMPRESSED_TAR, '.tar').replace(COMPRESSED, '')

export const isTarName = (path: string): boolean => /\.tar$/i.test(withoutCompression(path))
export const isLightCurveName = (path: string): boolean => /\.dat$/i.test(withoutCompression(path))
export const isAlertName = (path: string): boolean => /\.(avro|json|ndjson|jsonl)$/i.test(withoutCompression(path))
const isTextName = (path: string): boolean => TEXT_NAME.test(withoutCompression(path)) && !nameOf(path).startsWith('.')
export const isListName = (path: string): boolean => LIST.test(withoutCompression(path))

/**
 * Endings of files that plainly are no data: texts, pictures, programs, settings, checksums, signatures, schemas, and
 * what SNANA puts beside its light curves.
 */
const NO_DATA = new RegExp(`\\.(${[
  'md', 'txt', 'list', 'rst', 'tex', 'bib', 'log', 'html?', 'css', 'js', 'ts', 'pdf', 'ps', 'eps', 'png', 'jpe?g', 'gif', 'svg', 'py', 'pyc', 'sh', 'ipynb',
  'ya?ml', 'toml', 'ini', 'cfg', 'conf', 'input', 'nml', 'avsc', 'md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'crc', 'asc', 'sig', 'readme', 'ignore', 'dump', 'bak', 'swp'
].join('|')})$`, 'i')
/** Names of such files without an ending. */
const NO_DATA_NAMES = /^(readme|licen[cs]e|copying|notice|authors|changelog|changes|makefile|dockerfile|list|(md5|sha\d*)sums?|checksums?|_success|_metadata|_common_metadata|thumbs\.db|desktop\.ini)$/i

/** Whether a file that nobody named, in a folder or an archive, plainly holds no data; hidden files count as such. */
export function isNoData (path: string): boolean {
  const name = nameOf(path)
  return name.startsWith('.') || NO_DATA_NAMES.test(name) || NO_DATA.test(withoutCompression(name))
}

/** A text, whose bytes say whether it is a table. */
export const mayBeTable = (path: string): boolean => isTextName(path) && !NO_DATA_NAMES.test(nameOf(path))

/** The name of a file without folders, compression and ending. */
export function stemOf (path: string): string {
  const name = withoutCompression(nameOf(path))
  return name.slice(0, name.length - extname(name).length)
}

/** How a file that is passed over is counted: by its ending, or its whole name where it has none. */
export function endingOf (path: string): string {
  const name = nameOf(path)
  return name.startsWith('.') ? 'hidden' : extname(name).toLowerCase() || name
}
