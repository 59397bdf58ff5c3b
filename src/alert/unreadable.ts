/** A body or a file of rubbish ends as one dead letter, not as a million of them that push out what others need. */
import { CandelaError, reworded } from '../errors.ts'
import type { DecodedAlert } from './decode.ts'
import type { Window } from './input/pieces.ts'
import { turns } from './turns.ts'

export interface UnreadableBounds {
  /** Alerts that cannot be read, where they are more than those that can. A survey's file with some bad alerts has fewer. */
  most: number
  /** What the dead letters of one body or file may take on disk [bytes]. */
  bytes: number
  /** Bytes that one dead letter keeps; those of a larger one are not kept. They are written at once, and hold up others meanwhile. */
  largest?: number
}

/** What a dead letter takes beside its bytes: its facts, and its share of a page [bytes]. */
const LETTER = 1024

/**
 * The same alerts, up to the one that goes beyond the bounds: it and all that follow are one lost alert without bytes. Others
 * have a turn in between.
 * @param window says how far the bytes are read
 * @param size of the body or file [bytes]; undefined where it is not known
 */
export async function * boundedUnreadable (alerts: AsyncIterable<DecodedAlert>, { most, bytes: room, largest = Infinity }: UnreadableBounds, window: Window, size?: number): AsyncGenerator<DecodedAlert> {
  const turn = turns()
  let readable = 0
  let unreadable = 0
  let taken = 0
  let read = 0
  for await (const decoded of alerts) {
    if ('alert' in decoded) {
      readable++
      yield decoded
    } else {
      unreadable++
      const isTooLarge = decoded.bytes.length > largest || decoded.bytes.length + LETTER > room
      taken += LETTER + (isTooLarge ? 0 : decoded.bytes.length)
      if ((unreadable > most && unreadable > readable) || taken > room) {
        yield { error: refused({ readable, unreadable: unreadable - 1, read, size }), bytes: new Uint8Array(), isWholeFile: true }
        return
      }
      yield isTooLarge ? withoutBytes(decoded) : decoded
    }
    read = window.read
    const pause = turn()
    if (pause) await pause
  }
}

function refused ({ readable, unreadable, read, size }: { readable: number, unreadable: number, read: number, size: number | undefined }): CandelaError {
  const rest = size === undefined ? `what follows byte ${read}` : `${size - read} of ${size} bytes`
  return new CandelaError('too-many-unreadable', `${unreadable} of the first ${readable + unreadable} alerts cannot be read; the rest, ${rest}, was not looked at`, {
    value: unreadable, action: 'Mend what the first ones have in common and send the rest again. CANDELA_UNREADABLE_ALERTS says how many may be unreadable.'
  })
}

/** Of what is too large to be kept. */
function withoutBytes ({ error, bytes }: Extract<DecodedAlert, { error: CandelaError }>): DecodedAlert {
  return { error: reworded(error, `${error.message}; its ${bytes.length} bytes are too many to keep`), bytes: new Uint8Array() }
}
