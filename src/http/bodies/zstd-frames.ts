/**
 * Finds the frames of Zstandard (RFC 8878, sec. 3.1) without decompressing: where each ends, and how large it can become at
 * most. A body that is cut off or too large is refused before memory is allocated for it.
 */
import { turns } from '../../alert/turns.ts'

export interface ZstdFrame {
  start: number
  end: number
  /** What it becomes at most [bytes]; exact where `claimed`. */
  most: number
  /** The frame itself says how much it holds. */
  claimed: boolean
}

const MAGIC = 0xfd2fb528
const SKIPPABLE = 0x184d2a50
const HEADER = 4
/** Of a block, compressed or not [bytes]. */
const LARGEST_BLOCK = 2 ** 17
const [RAW, RLE, COMPRESSED] = [0, 1, 2]
/** Blocks between two looks at the clock. */
const STRIDE = 10_000

/** Sizes of fields by their flags [bytes]. */
const ID_SIZES = [0, 1, 2, 4]
const CONTENT_SIZES = [0, 2, 4, 8]

/** @throws RangeError, Error where the bytes are not whole frames, one after the other */
export async function zstdFrames (bytes: Buffer): Promise<ZstdFrame[]> {
  const frames: ZstdFrame[] = []
  const turn = turns()
  for (let start = 0; start < bytes.length;) {
    const magic = bytes.readUInt32LE(start)
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) {
      start += HEADER + 4 + bytes.readUInt32LE(start + HEADER)
      if (start > bytes.length) throw new RangeError('a frame is cut off')
    } else {
      if (magic !== MAGIC) throw new Error('no frame of Zstandard')
      const frame = await frameAt(bytes, start, turn)
      frames.push(frame)
      start = frame.end
    }
    await turn()
  }
  return frames
}

async function frameAt (bytes: Buffer, start: number, turn: () => Promise<void> | undefined): Promise<ZstdFrame> {
  const flags = bytes.readUInt8(start + HEADER)
  const single = (flags & 0x20) !== 0
  if ((flags & 0x08) !== 0) throw new Error('a reserved bit of a frame is set')
  const sizeAt = start + HEADER + 1 + (single ? 0 : 1) + ID_SIZES[flags & 3]!
  const sizeOfSize = CONTENT_SIZES[flags >> 6]! || (single ? 1 : 0)
  const claimed = sizeOfSize > 0
  let most = 0
  let at = sizeAt + sizeOfSize
  for (let last = false, blocks = 1; !last; blocks++) {
    const block = bytes.readUIntLE(at, 3)
    last = (block & 1) === 1
    const kind = (block >> 1) & 3
    const size = block >> 3
    if (kind > COMPRESSED || (kind !== RLE && size > LARGEST_BLOCK)) throw new Error('a block of a frame is damaged')
    most += kind === RAW || kind === RLE ? size : LARGEST_BLOCK
    at += 3 + (kind === RLE ? 1 : size)
    if (blocks % STRIDE === 0) await turn()
  }
  if ((flags & 0x04) !== 0) at += 4
  if (at > bytes.length) throw new RangeError('a frame is cut off')
  return { start, end: at, most: claimed ? contentSize(bytes, sizeAt, sizeOfSize) : most, claimed }
}

function contentSize (bytes: Buffer, at: number, size: number): number {
  if (size === 8) return Number(bytes.readBigUInt64LE(at))
  // Two bytes begin at 256, as one reaches that far.
  return bytes.readUIntLE(at, size) + (size === 2 ? 256 : 0)
}
