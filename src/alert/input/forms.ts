/** What bytes are, by how they begin; names play a part only where the bytes do not tell. */
import { isContainer } from '../avro/container.ts'
import { isFits } from '../fits/header.ts'
import { isJson } from '../json/documents.ts'
import { isKnownTable } from '../table/table-form.ts'
import { isVotable } from '../table/votable.ts'

/** Bytes that tell every form but those of text. */
export const MAGIC_BYTES = 512
/** Bytes that tell a form of text, unless it has a long preface. */
export const TEXT_BYTES = 2 ** 16

export const COMPRESSIONS = ['gzip', 'xz', 'zstd'] as const
export type Compression = typeof COMPRESSIONS[number]

const MAGIC: ReadonlyArray<readonly [Compression, Buffer]> = [
  ['gzip', Buffer.from([0x1f, 0x8b])],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])]
]

export const compressionOf = (head: Buffer): Compression | undefined => MAGIC.find(([, magic]) => startsWith(head, magic))?.[0]

/** Forms that are known and not read, in words. */
const NOT_READ: ReadonlyArray<readonly [Buffer, string]> = [
  [Buffer.from('PK\x03\x04', 'latin1'), 'a ZIP archive'],
  [Buffer.from('BZh'), 'compressed with bzip2'],
  [Buffer.from('PAR1'), 'a Parquet file'],
  [Buffer.from('7z\xbc\xaf\x27\x1c', 'latin1'), 'a 7z archive'],
  [Buffer.from('Rar!'), 'a RAR archive'],
  [Buffer.from('\x89HDF', 'latin1'), 'an HDF5 file'],
  [Buffer.from('SQLite format 3'), 'an SQLite database']
]

/** What a file is that Candela does not read, where it is known. */
export const notReadForm = (head: Buffer): string | undefined => NOT_READ.find(([magic]) => startsWith(head, magic))?.[1]

export type Form = 'tar' | 'container' | 'fits' | 'json' | 'snana' | 'table'

const startsWith = (head: Buffer, magic: Buffer): boolean => head.subarray(0, magic.length).equals(magic)

/** Where a tar archive's first member says 'ustar'. */
const TAR_AT = 257
/** Keys that one of the first lines of an SNANA text file has. */
const SNANA = /^\s*(SURVEY|SNID|VARLIST|NVAR|NOBS|FILTERS|OBS)\s*:/m

/** The form of bytes by as many of them as are there; text needs more of them than others. */
export function formOf (head: Buffer): Form | undefined {
  if (isContainer(head)) return 'container'
  if (head.toString('latin1', TAR_AT, TAR_AT + 5) === 'ustar') return 'tar'
  if (isFits(head)) return 'fits'
  if (isJson(head)) return 'json'
  if (head.includes(0)) return undefined
  if (SNANA.test(head.toString('latin1'))) return 'snana'
  return isVotable(head) || isKnownTable(head) ? 'table' : undefined
}

/** The first line of the table of classes that `candela simulate` writes beside its alerts: known, and no data. */
export const TRUTH_COLUMNS = 'diaObjectId,class,redshift,peakMjdTai'

export const isTruthTable = (head: Buffer): boolean => head.toString('latin1', 0, TRUTH_COLUMNS.length) === TRUTH_COLUMNS
