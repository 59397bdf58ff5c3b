/** Bodies as they are received, within a limit. */
import type { Readable } from 'node:stream'
import { assembled } from '../../alert/input/unpacked.ts'
import { CandelaError } from '../../errors.ts'

/** Thrown where a body becomes larger than what is taken. */
export class BodyTooLarge extends Error {
  readonly statusCode = 413

  constructor (limit: number) {
    super(`The body is larger than ${limit} bytes.`)
  }
}

/** @throws BodyTooLarge; CandelaError 'client-gone' */
export async function received (payload: Readable, limit: number): Promise<{ pieces: Buffer[], length: number }> {
  const pieces: Buffer[] = []
  let length = 0
  try {
    // The connection is still needed for the answer.
    for await (const chunk of payload.iterator({ destroyOnReturn: false })) {
      pieces.push(chunk as Buffer)
      length += (chunk as Buffer).length
      if (length > limit) throw new BodyTooLarge(limit)
    }
  } catch (cause) {
    if (cause instanceof BodyTooLarge) throw cause
    throw new CandelaError('client-gone', 'The client closed the connection before its body was there.', { cause })
  }
  return { pieces, length }
}

/** A large body as one buffer. @throws as received */
export const wholeBody = async (payload: Readable, limit: number): Promise<Buffer> => await assembled((await received(payload, limit)).pieces)
