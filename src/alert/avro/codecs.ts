/** The compressions of a container's blocks. */
import { constants, createInflateRaw, inflateRawSync } from 'node:zlib'
import { CandelaError } from '../../errors.ts'
import { Later } from '../input/pieces.ts'
import { assembled, unpacked } from '../input/unpacked.ts'
import { readSnappy } from './snappy.ts'

/** A block may not grow beyond this when decompressed [bytes]; writers make blocks of some 10 KB, an alert has some 100 KB. */
export const MAXIMUM_BLOCK_BYTES = 64 * 2 ** 20

/** The same of snappy, which is decompressed at once, and holds up others meanwhile. */
const MAXIMUM_SNAPPY_BYTES = 16 * 2 ** 20
/** Shorter blocks are inflated at once: they become 16 MiB at most [bytes]. */
const SHORT = 2 ** 14

/** Decompresses a block; with `cut` set, as much as there is of one whose end is missing (none of snappy's). The result throws where it cannot. */
export type Codec = (data: Buffer, cut: boolean) => Buffer | Later<Buffer>

const codecs: Record<string, Codec> = {
  null: data => data,
  deflate (data, cut) {
    const options = cut ? { finishFlush: constants.Z_SYNC_FLUSH } : {}
    const now = (): Buffer => inflateRawSync(data, { ...options, maxOutputLength: MAXIMUM_BLOCK_BYTES })
    const later = async (): Promise<Buffer> => await assembled(await unpacked(createInflateRaw({ ...options, chunkSize: 2 ** 18 }), [data], MAXIMUM_BLOCK_BYTES))
    return data.length <= SHORT ? now() : new Later(now, later)
  },
  snappy: data => readSnappy(data, MAXIMUM_SNAPPY_BYTES)
}

/** @throws CandelaError 'codec-unknown' */
export function codecOf (name: string): Codec {
  const codec = Object.hasOwn(codecs, name) ? codecs[name] : undefined
  if (codec) return codec
  throw new CandelaError('codec-unknown', `the container is compressed with '${name.slice(0, 40)}'`, {
    value: name.slice(0, 40), action: `Write it with one of the codecs ${Object.keys(codecs).join(', ')}.`
  })
}
