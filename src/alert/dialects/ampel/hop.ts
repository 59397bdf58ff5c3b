/** Headers that hop, the client of SCiMMA's topics, gives its messages: https://github.com/scimma/hop-client (hop/io.py). */
import { CandelaError } from '../../../errors.ts'
import type { Carrier, Given } from '../../given.ts'

const headerOf = ({ headers }: Carrier, name: string): string | undefined => headers[name]?.toString('utf8', 0, MOST_SHOWN)

/** Of a header that is named [bytes]. */
const MOST_SHOWN = 40

/**
 * Test messages look like all others, and are of no object of the sky; a file has no headers, and is read.
 * @throws CandelaError 'test-message'
 */
export function refuseTestMessage ({ carrier, readTests }: Given): void {
  if (readTests !== true && carrier && headerOf(carrier, '_test')?.toLowerCase() === 'true') {
    throw new CandelaError('test-message', 'the header _test says that the message is a test', {
      value: 'true', action: 'Nothing is to be done. To try a source with it, replay its bytes as a file.'
    })
  }
}

/** Codes of bytes that are no alert of any form. */
const NOT_AN_ALERT = new Set(['dialect-unknown', 'alert-not-framed', 'alert-not-single', 'json-invalid', 'schema-unknown', 'schema-not-in-key'])

/**
 * What to say of a message that was no alert: the header `_format` says what it is instead (json, external, voevent, circular).
 * @returns the same error where there is no such header
 */
export function wordedByFormat (error: unknown, { carrier }: Given): unknown {
  const format = carrier && headerOf(carrier, '_format')
  if (!(error instanceof CandelaError) || !NOT_AN_ALERT.has(error.code) || format === undefined || format === 'avro') return error
  return new CandelaError('format-not-read', `the header _format says that the message is ${JSON.stringify(format)}, and it is no alert: ${error.message}`, {
    cause: error, value: format, action: 'Nothing is to be done where the topic carries such messages beside alerts. Alerts of AMPEL have the format avro.'
  })
}
