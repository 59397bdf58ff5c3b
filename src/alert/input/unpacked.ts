/** Large bytes out of a decoder of Node's, in turns with others: one copy of 64 MiB holds the event loop for some 50 ms. */
import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { turns } from '../turns.ts'

/** Bytes do not fit: as zlib names it. */
export const tooLarge = (): Error => Object.assign(new RangeError('larger than the limit'), { code: 'ERR_BUFFER_TOO_LARGE' })

/**
 * @param limit of what the pieces become together [bytes]
 * @throws Error with code ERR_BUFFER_TOO_LARGE beyond the limit; the decoder's errors
 */
export async function unpacked (decoder: Transform, pieces: readonly Buffer[], limit: number): Promise<Buffer[]> {
  const out: Buffer[] = []
  let length = 0
  try {
    await pipeline(Readable.from(pieces), decoder, async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        length += chunk.length
        if (length > limit) throw tooLarge()
        out.push(chunk)
      }
    })
  } catch (error) {
    // A decoder that is stopped has errors of its own.
    throw length > limit ? tooLarge() : error
  }
  return out
}

/** Copied between two looks at the clock [bytes]. */
const STRIDE = 2 ** 21

/** Pieces as one buffer. */
export async function assembled (pieces: readonly Buffer[]): Promise<Buffer> {
  const whole = Buffer.allocUnsafeSlow(pieces.reduce((sum, { length }) => sum + length, 0))
  const turn = turns()
  let at = 0
  for (const piece of pieces) {
    for (let from = 0; from < piece.length; from += STRIDE) {
      at += piece.copy(whole, at, from, Math.min(from + STRIDE, piece.length))
      await turn()
    }
  }
  return whole
}
