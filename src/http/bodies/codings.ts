/** Content codings of request bodies (RFC 9110, sec. 8.4.1): decoded within a limit, in turn with others. */
import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'
import { CandelaError } from '../../errors.ts'
import { assembled, unpacked } from '../../alert/input/unpacked.ts'
import { BodyTooLarge } from './pieces.ts'
import { unzstd } from './zstd.ts'

/**
 * A body stays in pieces until it is parsed.
 * @param limit of what the pieces become together [bytes]
 */
type Decode = (pieces: readonly Buffer[], limit: number) => Promise<Buffer[]>

const CHUNK = { chunkSize: 2 ** 17 }

/** zlib's frame (RFC 1950) begins with its method, 8; some senders leave the frame out. */
const isFramed = (bytes: Buffer): boolean => (bytes[0]! & 0x0f) === 8 && bytes.length > 1 && bytes.readUInt16BE(0) % 31 === 0

/** @throws Error where bytes follow the end of what is compressed, which zlib passes over without a word */
const wholly = async (decoder: Transform & { readonly bytesWritten: number }, pieces: readonly Buffer[], limit: number): Promise<Buffer[]> => {
  const out = await unpacked(decoder, pieces, limit)
  if (decoder.bytesWritten < pieces.reduce((sum, { length }) => sum + length, 0)) throw new Error('bytes follow its end')
  return out
}

const DECODERS: Readonly<Record<string, Decode>> = {
  gzip: async (pieces, limit) => await wholly(createGunzip(CHUNK), pieces, limit),
  deflate: async (pieces, limit) => await wholly(isFramed(Buffer.concat(pieces.slice(0, 2))) ? createInflate(CHUNK) : createInflateRaw(CHUNK), pieces, limit),
  br: async (pieces, limit) => await wholly(createBrotliDecompress(CHUNK), pieces, limit),
  zstd: async (pieces, limit) => await unzstd(await assembled(pieces), limit)
}
/** Old names. */
const ALIASES: ReadonlyMap<string, string> = new Map([['x-gzip', 'gzip']])

/** Codings applied one after the other; no honest sender needs two. */
const MOST_CODINGS = 4

/** The accepted codings, for Accept-Encoding. */
export const CODINGS = Object.keys(DECODERS).join(', ')

/**
 * @param header Content-Encoding, in the order in which the codings were applied
 * @returns their names, without those that change nothing
 * @throws CandelaError 'coding-not-supported'
 */
export function codingsOf (header: string): string[] {
  const names = header.split(',').map(name => name.trim().toLowerCase()).filter(name => name !== '' && name !== 'identity').map(name => ALIASES.get(name) ?? name)
  const unknown = names.find(name => !Object.hasOwn(DECODERS, name))
  const action = `Send it as it is, or in one of these codings: ${CODINGS} (Accept-Encoding).`
  if (unknown !== undefined) throw new CandelaError('coding-not-supported', `The Content-Encoding is ${unknown.slice(0, 40)}.`, { value: unknown.slice(0, 40), action })
  if (names.length > MOST_CODINGS) throw new CandelaError('coding-not-supported', `The Content-Encoding names ${names.length} codings, the most is ${MOST_CODINGS}.`, { value: names.length, action })
  return names
}

/**
 * Undoes codings, the last one first; each is stopped as soon as it goes beyond the limit.
 * @param limit of the body, and of what it is in between [bytes]
 * @throws BodyTooLarge; CandelaError 'coding-invalid'
 */
export async function decoded (pieces: readonly Buffer[], codings: readonly string[], limit: number): Promise<readonly Buffer[]> {
  for (const coding of codings.toReversed()) {
    try {
      pieces = await DECODERS[coding]!(pieces, limit)
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new BodyTooLarge(limit)
      throw new CandelaError('coding-invalid', `The body is not ${coding}, as its Content-Encoding says: it is damaged or cut off.`, { cause, value: coding, action: 'Send it again, or leave the header out where the body is not compressed.' })
    }
  }
  return pieces
}
