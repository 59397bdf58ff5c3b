/** JSON in, alerts in normal form out: Lasair's objects and Candela's own plain alerts. */
import { CandelaError } from '../../errors.ts'
import type { Alert, ReadAlert } from '../alert.ts'
import { requireDialect, type DialectName } from '../dialect-names.ts'
import { jsonDocuments, type JsonDocument } from './documents.ts'
import { parseExact } from './exact-json.ts'
import { isLasair, lasairAlert } from './lasair.ts'
import { isPlain, plainAlert } from './plain.ts'

/**
 * The alerts of a JSON document, of a list of alerts, or of one alert a line, in order. Each document that is no
 * alert gives its own error, which says its line or element, and the others their alerts.
 * Codes: 'json-invalid', 'json-too-deep', 'json-too-large', 'alert-invalid', 'alert-incomplete', 'dialect-unknown',
 * 'dialect-mismatch'.
 * @param asked the dialect that they are said to be of
 */
export function * decodeJson (bytes: Buffer, asked?: DialectName): Generator<ReadAlert | { error: CandelaError, bytes: Buffer }> {
  for (const document of jsonDocuments(bytes)) {
    try {
      yield { alert: alertOf(document, asked), original: () => document.bytes }
    } catch (error) {
      if (!(error instanceof CandelaError)) throw error
      yield { error: at(document, error), bytes: document.bytes }
    }
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
