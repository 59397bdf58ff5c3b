/** Cursors of the list of objects: opaque text for clients, a position in the list for the service. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { CandelaError } from '../../errors.ts'
import type { CandidatePosition } from '../../state/views.ts'

const contents = z.tuple([z.string(), z.string(), z.int().min(0), z.int().min(0), z.number(), z.int().min(0)])

function decoded (text: string): z.infer<typeof contents> | undefined {
  try {
    return contents.parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
  } catch {
    return undefined
  }
}

const expected = 'the nextCursor of an earlier page'

/** A cursor in a query string. */
export const cursorParameter = z.string({ error: expected }).regex(/^[A-Za-z0-9_-]{8,300}$/, { error: expected, abort: true })
  .refine(text => decoded(text) !== undefined, expected)
  .describe('nextCursor of the page before, with the same parameters; treat it as opaque')

/** Digest of the parameters that decide what is in a list, and in which order. */
function digestOf (parameters: object): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined).sort(([a], [b]) => a < b ? -1 : 1)
  return createHash('sha256').update(JSON.stringify(given)).digest('base64url').slice(0, 10)
}

/** @param numbering of the reader that made the page */
export const cursorOf = ({ newest, moves, key, sequence }: CandidatePosition, numbering: string, parameters: object): string =>
  Buffer.from(JSON.stringify([numbering, digestOf(parameters), newest, moves, key, sequence])).toString('base64url')

/**
 * @param text as the parameter's schema lets it pass
 * @param newest number of the newest change
 * @throws CandelaError `cursor-unknown`, `cursor-mismatch`
 */
export function positionOf (text: string, numbering: string, newest: number, parameters: object): CandidatePosition {
  const [of, digest, since, moves, key, sequence] = decoded(text)!
  const again = 'Read the list again from its beginning, without a cursor.'
  if (of !== numbering || since > newest) throw new CandelaError('cursor-unknown', 'The cursor is of another process, or of a copy of the data that is gone.', { value: text, action: again })
  if (digest !== digestOf(parameters)) throw new CandelaError('cursor-mismatch', 'The cursor is of a list with other parameters.', { value: text, action: `Send the parameters of the first page with it; limit, fields and format may differ. ${again}` })
  return { newest: since, moves, key, sequence }
}
