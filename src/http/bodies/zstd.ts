/** Decodes Zstandard bodies: by Node's own decoder (since 22.15), or by WebAssembly. */
import zlib from 'node:zlib'
import { asBuffer } from '../../alert/input/pieces.ts'
import { turns } from '../../alert/turns.ts'
import { decompress, loadZstd } from '../../alert/input/zstd-wasm.ts'
import { tooLarge, unpacked } from '../../alert/input/unpacked.ts'
import { zstdFrames } from './zstd-frames.ts'

/** RFC 9659: the largest window that a sender may use, as a power of two [bytes]. */
const WINDOW_LOG = 23

const hasNative = 'createZstdDecompress' in zlib

/**
 * @param limit of what it becomes [bytes]
 * @throws Error where it is damaged or cut off; with code ERR_BUFFER_TOO_LARGE beyond the limit
 */
export async function unzstd (bytes: Buffer, limit: number): Promise<Buffer[]> {
  const frames = await zstdFrames(bytes)
  if (frames.some(({ most, claimed }) => claimed && most > limit)) throw tooLarge()
  if (hasNative) return await unpacked(zlib.createZstdDecompress({ params: { [zlib.constants.ZSTD_d_windowLogMax]: WINDOW_LOG } }), [bytes], limit)
  await loadZstd()
  const turn = turns()
  const parts: Buffer[] = []
  let room = limit
  for (const { start, end, most, claimed } of frames) {
    const frame = bytes.subarray(start, end)
    if (claimed && most > room) throw tooLarge()
    const part = claimed ? decompress(frame) : undeclared(frame, Math.min(most, room))
    room -= part.length
    if (room < 0) throw tooLarge()
    parts.push(asBuffer(part))
    // A frame is decompressed at once: 64 MiB hold the event loop for some 50 ms where Node has no decoder of its own.
    await turn()
  }
  return parts
}

/** Of a frame that does not say how much it holds. */
function undeclared (frame: Buffer, most: number): Uint8Array {
  try {
    // Of nothing there is no memory.
    return decompress(frame, { defaultHeapSize: Math.max(1, most) })
  } catch (error) {
    if (error instanceof Error && error.message.endsWith(' -70')) throw tooLarge()
    throw error
  }
}
