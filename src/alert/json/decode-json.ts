/** JSON in, alerts in normal form out: Lasair's objects and Candela's own plain alerts. */
import { CandelaError, reworded } from '../../errors.ts'
import type { Alert, ReadAlert } from '../alert.ts'
import { requireDialect, type DialectName } from '../dialect-names.ts'
import type { Window } from '../input/pieces.ts'
import { jsonDocuments, jsonDocumentsOf, type JsonDocument } from './documents.ts'
import { parseExact, tooLarge } from './exact-json.ts'
import { isLasair, lasairAlert } from '../dialects/lasair.ts'
import { isPlain, plainAlert } from '../dialects/plain.ts'

export type DecodedJson = ReadAlert | { error: CandelaError, bytes: Buffer }

/**
 * The alerts of a JSON document, of a list of alerts, or of documents one after the other (one a line, or over several),
 * in order. Each document that is no alert gives its own error, which says its line or element, and the others their alerts.
 * Codes: 'json-invalid', 'json-too-deep', 'json-too-large', 'json-too-many-values', 'alert-invalid', 'alert-incomplete', 'dialect-unknown',
 * 'dialect-mismatch'.
 * @param asked the dialect that they are said to be of
 */
export async function * decodeJson (bytes: Buffer, asked?: DialectName): AsyncGenerator<DecodedJson> {
  for (const document of jsonDocuments(bytes)) yield await decodeDocument(document, asked)
}

/** The same of bytes that come in pieces. */
export async function * decodeJsonOf (pieces: AsyncIterable<Uint8Array>, asked?: DialectName, window?: Window): AsyncGenerator<DecodedJson> {
  for await (const document of jsonDocumentsOf(pieces, window)) yield await decodeDocument(document, asked)
}

async function decodeDocument (document: JsonDocument, asked: DialectName | undefined): Promise<DecodedJson> {
  const { bytes } = document
  try {
    return { alert: await alertOf(document, asked), original: () => bytes, holds: bytes.length }
  } catch (error) {
    if (!(error instanceof CandelaError)) throw error
    return { error: at(document, error), bytes }
  }
}

async function alertOf ({ bytes, tooLong }: JsonDocument, asked: DialectName | undefined): Promise<Alert> {
  if (tooLong !== undefined) throw tooLarge(tooLong)
  const document = await parseExact(bytes)
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) {
    if (isLasair(document)) {
      requireDialect(asked, 'lasair')
      return await lasairAlert(document)
    }
    if (asked === 'json' || isPlain(document)) {
      requireDialect(asked, 'json')
      return await plainAlert(document)
    }
  }
  throw new CandelaError('dialect-unknown', 'the JSON document is no alert', {
    action: 'Known are Candela\'s own alerts (diaObjectId and points) and Lasair\'s objects (diaObject and diaSourcesList), alone or as `alert` of a filter stream; see docs/alerts.md.'
  })
}

function at ({ place }: JsonDocument, error: CandelaError): CandelaError {
  return place === undefined ? error : reworded(error, `${place}: ${error.message}`)
}
