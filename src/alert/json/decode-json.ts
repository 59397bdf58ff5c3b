/** JSON in, alerts in normal form out: objects of brokers and of their services, tables of rows, Candela's own plain alerts. */
import { CandelaError, reworded } from '../../errors.ts'
import type { Alert, ReadAlert } from '../alert.ts'
import { AnnouncementError } from '../announcement.ts'
import { listOf, type Alerts, type Reading, type RowDialect } from '../dialect.ts'
import { requireDialect, type DialectName } from '../dialect-names.ts'
import type { Window } from '../input/pieces.ts'
import { jsonDocuments, jsonDocumentsOf, type JsonDocument } from './documents.ts'
import { parseExact, tooLarge } from './exact-json.ts'
import { JSON_READERS, ROW_READERS } from './json-dialects.ts'
import { RowTable } from './row-table.ts'

export type DecodedJson = ReadAlert | { error: CandelaError, bytes: Buffer }

/**
 * The alerts of a JSON document, of a list of alerts, or of documents one after the other (one a line, or over several),
 * in order; documents that are rows of a table give their alerts at the end. Each document that is no alert gives its own
 * error, which says its line or element, and the others their alerts.
 * Codes: 'json-invalid', 'json-too-deep', 'json-too-large', 'json-too-many-values', 'alert-invalid', 'alert-incomplete', 'dialect-unknown',
 * 'dialect-mismatch', 'light-curve-elsewhere', 'table-too-large'.
 * @param asked the dialect that they are said to be of
 */
export const decodeJson = (bytes: Buffer, reading: Reading, asked?: DialectName): AsyncGenerator<DecodedJson> => decodeDocuments(jsonDocuments(bytes), reading, asked)

/** The same of bytes that come in pieces. */
export const decodeJsonOf = (pieces: AsyncIterable<Uint8Array>, reading: Reading, asked?: DialectName, window?: Window): AsyncGenerator<DecodedJson> =>
  decodeDocuments(jsonDocumentsOf(pieces, window), reading, asked)

async function * decodeDocuments (documents: Iterable<JsonDocument> | AsyncIterable<JsonDocument>, reading: Reading, asked: DialectName | undefined): AsyncGenerator<DecodedJson> {
  const tables = new Map<RowDialect, RowTable>()
  for await (const document of documents) {
    const { bytes } = document
    try {
      const value = await valueOf(document)
      const rows = value === undefined ? undefined : rowsAs(value, asked)
      if (rows) {
        let table = tables.get(rows)
        if (!table) tables.set(rows, table = new RowTable(rows))
        table.add(value!, bytes)
      } else yield * ofOne(listOf(await alertsOf(value, reading, asked)), bytes)
    } catch (error) {
      if (!(error instanceof CandelaError)) throw error
      yield { error: at(document, error), bytes }
    }
  }
  for (const table of tables.values()) yield * table.alerts(reading.given)
}

function * ofOne (alerts: readonly Alert[], bytes: Buffer): Generator<DecodedJson> {
  for (const [part, alert] of alerts.entries()) yield { alert, original: () => bytes, holds: part === 0 ? bytes.length : 0, ...alerts.length > 1 && { part } }
}

/** @returns undefined where the document is no object */
async function valueOf ({ bytes, tooLong }: JsonDocument): Promise<object | undefined> {
  if (tooLong !== undefined) throw tooLarge(tooLong)
  const value = await parseExact(bytes)
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
}

async function alertsOf (document: object | undefined, reading: Reading, asked: DialectName | undefined): Promise<Alerts> {
  // Whatever is no other dialect is to be a plain alert where one is asked for: its error then says what is missing.
  const dialect = document && (JSON_READERS.find(dialect => dialect.matches(document)) ?? JSON_READERS.find(({ name }) => name === 'json' && asked === 'json'))
  if (document === undefined || dialect === undefined) {
    throw new CandelaError('dialect-unknown', 'the JSON document is no alert', {
      action: 'Known are Candela\'s own alerts (diaObjectId and points), and the streams and light curves of brokers that docs/alerts.md names.'
    })
  }
  if (!dialect.isEnvelope) requireDialect(asked, dialect.name)
  return await dialect.alerts(document, reading)
}

/** The dialect of tables that a document is a row of; documents of other dialects are none. A row may have a name of a plain alert's, but no points. */
function rowsAs (document: object, asked: DialectName | undefined): RowDialect | undefined {
  if ('points' in document || JSON_READERS.some(dialect => dialect.name !== 'json' && dialect.matches(document))) return undefined
  const columns = new Set(Object.keys(document))
  const found = ROW_READERS.find(dialect => dialect.matches(columns))
  if (found) requireDialect(asked, found.name)
  return found
}

function at ({ place }: JsonDocument, error: CandelaError): CandelaError {
  return place === undefined || error instanceof AnnouncementError ? error : reworded(error, `${place}: ${error.message}`)
}
