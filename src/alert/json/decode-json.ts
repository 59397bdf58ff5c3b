/** JSON in, alerts in normal form out: Lasair's objects and Candela's own plain alerts. */
import { CandelaError } from '../../errors.ts'
import type { Alert, ReadAlert } from '../alert.ts'
import { requireDialect, type DialectName } from '../dialect-names.ts'
import { jsonDocuments, jsonDocumentsOf, type JsonDocument } from './documents.ts'
import { parseExact } from './exact-json.ts'
import { isLasair, lasairAlert } from './lasair.ts'
import { isPlain, plainAlert } from './plain.ts'

export type DecodedJson = ReadAlert | { error: CandelaError, bytes: Buffer }

/**
 * The alerts of a JSON document, of a list of alerts, or of documents one after the other (one a line, or over several),
 * in order. Each document that is no alert gives its own error, which says its line or element, and the others their alerts.
 * Codes: 'json-invalid', 'json-too-deep', 'json-too-large', 'alert-invalid', 'alert-incomplete', 'dialect-unknown',
 * 'dialect-mismatch'.
 * @param asked the dialect that they are said to be of
 */
export function * decodeJson (bytes: Buffer, asked?: DialectName): Generator<DecodedJson> {
  for (const document of jsonDocuments(bytes)) yield decodeDocument(document, asked)
}

/** The same of bytes that come in pieces. */
export async function * decodeJsonOf (pieces: AsyncIterable<Uint8Array>, asked?: DialectName): AsyncGenerator<DecodedJson> {
  for await (const document of jsonDocumentsOf(pieces)) yield decodeDocument(document, asked)
}

function decodeDocument (document: JsonDocument, asked: DialectName | undefined): DecodedJson {
  const { bytes } = document
  try {
    return { alert: alertOf(document, asked), original: () => bytes, holds: bytes.length }
  } catch (error) {
    if (!(error instanceof CandelaError)) throw error
    return { error: at(document, error), bytes }
  }
}

function alertOf ({ bytes }: JsonDocument, asked: DialectName | undefined): Alert {
  const document = parseExact(bytes)
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) {
    if (isLasair(document)) {
      requireDialect(asked, 'lasair')
      return lasairAlert(document)
    }
    if (asked === 'json' || isPlain(document)) {
      requireDialect(asked, 'json')
      return plainAlert(document)
    }
  }
  throw new CandelaError('dialect-unknown', 'the JSON document is no alert', {
    action: 'Known are Candela\'s own alerts (diaObjectId and points) and Lasair\'s objects (diaObject and diaSourcesList), alone or as `alert` of a filter stream; see docs/alerts.md.'
  })
}

function at ({ place }: JsonDocument, error: CandelaError): CandelaError {
  if (place === undefined) return error
  const { code, message, value, action, canRetry, cause } = error
  return new CandelaError(code, `${place}: ${message}`, { value, canRetry, cause, ...action !== undefined && { action } })
}
