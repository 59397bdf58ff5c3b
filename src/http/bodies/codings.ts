/** Content codings of request bodies (RFC 9110, sec. 8.4.1): decoded within a limit, in turn with others. */
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib'
import { CandelaError } from '../../errors.ts'
import { unzstd } from './zstd.ts'

/** @param limit of what the bytes become [bytes] */
type Decode = (bytes: Buffer, limit: number) => Promise<Buffer>

const [gunzipped, inflated, inflatedRaw, unbrotlied] = [gunzip, inflate, inflateRaw, brotliDecompress].map(decode =>
  promisify<Buffer, { maxOutputLength: number, chunkSize: number }, Buffer>(decode)) as [Unpack, Unpack, Unpack, Unpack]
type Unpack = (bytes: Buffer, options: { maxOutputLength: number, chunkSize: number }) => Promise<Buffer>

const CHUNK = 2 ** 16
const within = (unpack: Unpack): Decode => async (bytes, limit) => await unpack(bytes, { maxOutputLength: limit, chunkSize: CHUNK })

/** zlib's frame (RFC 1950) begins with its method, which is 8; some senders leave the frame out. */
const isFramed = (bytes: Buffer): boolean => (bytes[0]! & 0x0f) === 8 && bytes.length > 1 && bytes.readUInt16BE(0) % 31 === 0

const DECODERS: Readonly<Record<string, Decode>> = {
  gzip: within(gunzipped),
  deflate: async (bytes, limit) => await within(isFramed(bytes) ? inflated : inflatedRaw)(bytes, limit),
  br: within(unbrotlied),
  zstd: unzstd
}
/** Names of old. */
const ALIASES: ReadonlyMap<string, string> = new Map([['x-gzip', 'gzip']])

/** Codings on top of each other: nobody needs two. */
const MOST_CODINGS = 4

/** What is taken, for Accept-Encoding. */
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

/** Thrown where a body becomes larger than what is taken. */
export class BodyTooLarge extends Error {
  readonly statusCode = 413
}

/**
 * Undoes codings, the last one first; each is stopped as soon as it goes beyond the limit.
 * @param limit of the body, and of what it is in between [bytes]
 * @throws BodyTooLarge; CandelaError 'coding-invalid'
 */
export async function decoded (bytes: Buffer, codings: readonly string[], limit: number): Promise<Buffer> {
  for (const coding of codings.toReversed()) {
    try {
      bytes = await DECODERS[coding]!(bytes, limit)
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new BodyTooLarge(`The body is larger than ${limit} bytes.`)
      throw new CandelaError('coding-invalid', `The body is not ${coding}, as its Content-Encoding says: it is damaged or cut off.`, { cause, value: coding, action: 'Send it again, or leave the header out where the body is not compressed.' })
    }
  }
  return bytes
}
