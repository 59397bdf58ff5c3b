/** The compressions of a container's blocks. */
import { constants, inflateRawSync } from 'node:zlib'
import { CandelaError } from '../../errors.ts'
import { readSnappy } from './snappy.ts'

/** A block may not grow beyond this when decompressed [bytes]; writers make blocks of some 10 KB, an alert has some 100 KB. */
export const MAXIMUM_BLOCK_BYTES = 64 * 2 ** 20

/** Decompresses a block; with `cut` set, as much as there is of one whose end is missing (none of snappy's). Throws where it cannot. */
export type Codec = (data: Buffer, cut: boolean) => Buffer

const codecs: Record<string, Codec> = {
  null: data => data,
  deflate: (data, cut) => inflateRawSync(data, {
    maxOutputLength: MAXIMUM_BLOCK_BYTES,
    ...(cut && { finishFlush: constants.Z_SYNC_FLUSH })
  }),
  snappy: data => readSnappy(data, MAXIMUM_BLOCK_BYTES)
}

/** @throws CandelaError 'codec-unknown' */
export function codecOf (name: string): Codec {
  const codec = Object.hasOwn(codecs, name) ? codecs[name] : undefined
  if (codec) return codec
  throw new CandelaError('codec-unknown', `the container is compressed with '${name.slice(0, 40)}'`, {
    value: name.slice(0, 40), action: `Write it with one of the codecs ${Object.keys(codecs).join(', ')}.`
  })
}
