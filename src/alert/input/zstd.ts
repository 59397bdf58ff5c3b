/** Zstandard: streamed where Node has it (22.15 and later), as a whole elsewhere. */
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import zlib from 'node:zlib'
import { decompress, loadZstd } from './zstd-wasm.ts'
import { asBuffer } from './pieces.ts'

/** What a whole frame may become [bytes]. */
const MOST_BYTES = 256 * 2 ** 20

/**
 * Decompresses a frame. Of one that does not say how much it holds, as the Java client's, room is doubled until it is enough.
 * @param most bytes that room is made for
 * @throws Error where it is damaged, or holds more
 */
export async function decompressZstd (bytes: Buffer, most: number): Promise<Buffer> {
  await loadZstd()
  for (let room = Math.max(2 ** 20, 4 * bytes.length); ; room *= 2) {
    try {
      return asBuffer(decompress(bytes, { defaultHeapSize: room }))
    } catch (error) {
      const isTooSmall = error instanceof Error && error.message.endsWith(' -70')
      if (!isTooSmall || room >= most) throw error
    }
  }
}

/** A stream that decompresses, or undefined where this Node has none. */
export const zstdStream = (): NodeJS.ReadWriteStream | undefined =>
  typeof zlib.createZstdDecompress === 'function' ? zlib.createZstdDecompress() : undefined

/** Decompresses all pieces at once. */
export async function * zstdWhole (pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield await decompressZstd(await buffer(Readable.from(pieces)), MOST_BYTES)
}
