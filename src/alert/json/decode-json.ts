/** JSON in, alerts in normal form out: Lasair's objects and Candela's own plain alerts. */
import { CandelaError } from '../../errors.ts'
import type { Alert, ReadAlert } from '../alert.ts'
import { turns } from '../turns.ts'
import { requireDialect, type DialectName } from '../dialect-names.ts'
import { jsonDocuments, type JsonDocument } from './documents.ts'
import { parseExact } from './exact-json.ts'
import { isLasair, lasairAlert } from './lasair.ts'
import { isPlain, plainAlert } from './plain.ts'

/**
 * The alerts of a JSON document, of a list of alerts, or of one alert a line, in order. Each document that is no
 * alert gives its own error, which says its line or element, and the others their alerts.
 * Codes: 'json-invalid', 'json-too-deep', 'json-too-large', 'json-too-many-values', 'alert-invalid', 'alert-incomplete', 'dialect-unknown',
 * 'dialect-mismatch'.
 * @param asked the dialect that they are said to be of
 */
export async function * decodeJson (bytes: Buffer, asked?: DialectName): AsyncGenerator<ReadAlert | { error: CandelaError, bytes: Buffer }> {
  const turn = turns()
  for (const document of jsonDocuments(bytes)) {
    const pause = turn()
    if (pause) await pause
    if (document === undefined) continue
    try {
      yield { alert: await alertOf(document, asked), original: () => document.bytes }
    } catch (error) {
      if (!(error instanceof CandelaError)) throw error
      yield { error: at(document, error), bytes: document.bytes }
    }
  }
}

async function alertOf ({ bytes }: JsonDocument, asked: DialectName | undefined): Promise<Alert> {
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
    action: 'Known are Candela\'s own alerts (diaObjectId and points) and Lasair\'s objects (diaObject and diaSourcesList); see docs/alerts.md.'
  })
}

function at ({ place }: JsonDocument, error: CandelaError): CandelaError {
  if (place === undefined) return error
  const { code, message, value, action, canRetry, cause } = error
  return new CandelaError(code, `${place}: ${message}`, { value, canRetry, cause, ...action !== undefined && { action } })
}
