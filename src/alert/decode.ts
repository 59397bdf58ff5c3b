/** Bytes in, alerts in normal form out, whatever the survey dialect. */
import { CandelaError, reasonIn } from '../errors.ts'
import type { Alert, LostAlert, ReadAlert } from './alert.ts'
import { AnnouncementError } from './announcement.ts'
import { declinedBody, isBody } from './declined-body.ts'
import { blocksIn, containerOfRecord, damaged, headerIn, isContainer, truncatedIn, type ContainerHeader, type ReadableBlock } from './avro/container.ts'
import { readFrame, type Frame } from './schemas/confluent.ts'
import { BYTES_READERS } from './bytes-dialects.ts'
import { listOf, type AlertReader, type BytesDialect, type Reading } from './dialect.ts'
import { JSON_DIALECTS, TABLE_DIALECTS, requireDialect, type DialectName } from './dialect-names.ts'
import { NOTHING_GIVEN, type Given } from './given.ts'
import { wordedByFormat } from './dialects/ampel/hop.ts'
import { decodeJson, decodeJsonOf } from './json/decode-json.ts'
import { isJson } from './json/documents.ts'
import { Beginning } from './input/beginning.ts'
import { asBuffer, isPause, MORE, parsePieces, parseWhole, type More, type Window } from './input/pieces.ts'
import { readerOfId, readerOfText } from './readers.ts'
import { readerOfKey, refuseVersionKey } from './schemas/schema-key.ts'
import type { SchemaSource } from './schemas/source.ts'
import { decodeTable } from './table/decode-table.ts'
import { tableForm, type TableForm } from './table/table-form.ts'

export interface DecodeOptions {
  /** Where the schemas of framed alerts come from. */
  schemas: SchemaSource
  /** The dialect that the alerts are said to be of; without it the bytes decide. */
  dialect?: DialectName | undefined
  /** What is known beside the bytes. */
  given?: Given | undefined
  /** What the blocks of a container may become in all [bytes]; any length where not given. */
  mostExpanded?: number | undefined
  /** Says how far bytes that come in pieces are read; a new one for each file. */
  window?: Window | undefined
}

/** An alert, or why there is none; `bytes` can be given to decodeFile again. */
export type DecodedAlert = ReadAlert | LostAlert

/** Bytes up to this length are held as a whole: those of one alert, of a light curve, or of what has no known form [bytes]. */
export const MOST_WHOLE_BYTES = 64 * 2 ** 20

/**
 * The alerts of a file, in its order: an Avro container of alerts, one alert in Confluent's frame or of a schema that is
 * given, JSON (one alert, a list of them, one after the other, rows of a table), or another form of a broker. Of bytes that
 * come in pieces, a block or a document at a time is held.
 * Never throws for what the bytes are: each damaged record, or block of records, gives its own error and the
 * others their alerts. Codes: 'dialect-unknown', 'container-invalid', 'container-damaged', 'container-truncated',
 * 'codec-unknown', 'schema-invalid', 'schema-unsupported', 'alert-incomplete', 'dialect-mismatch', and those of
 * decodeMessage, decodeJson and decodeTable. A known body of the solar system that is only named is an alert without points:
 * no light curve would change that it is declined.
 */
export async function * decodeFile (bytes: Uint8Array | AsyncIterable<Uint8Array>, options: DecodeOptions): AsyncGenerator<DecodedAlert> {
  for await (const decoded of decodeParts(bytes, options)) yield 'error' in decoded && isBody(decoded.error) ? { alert: declinedBody(decoded.error.announcement), original: () => decoded.bytes } : decoded
}

async function * decodeParts (bytes: Uint8Array | AsyncIterable<Uint8Array>, options: DecodeOptions): AsyncGenerator<DecodedAlert> {
  if (bytes instanceof Uint8Array) {
    const buffer = asBuffer(bytes)
    // Large documents are read in pieces, with turns of the event loop in between.
    if (isContainer(buffer)) yield * parsePieces(atOnce(buffer), containerParser(options), options.window)
    else if (isJsonAs(buffer, options)) yield * decodeJsonOf(atOnce(buffer), readingOf(options), options.dialect, options.window)
    else yield * decodeWhole(buffer, options)
    return
  }
  const pieces = new Beginning(bytes)
  // A pipe may have no more to give for now.
  let first = await pieces.look(1)
  if (!isContainer(first) && !isJsonAs(first, options)) first = await pieces.look(FIRST_LOOK)
  if (isContainer(first)) {
    yield * parsePieces(pieces.all(), containerParser(options), options.window)
  } else if (isJsonAs(first, options)) {
    yield * decodeJsonOf(pieces.all(), readingOf(options), options.dialect, options.window)
  } else {
    const whole = await pieces.whole(MOST_WHOLE_BYTES)
    if (whole) yield * decodeParts(whole, options)
    else yield { error: tooLarge(first, options), bytes: await pieces.look(0), isWholeFile: true }
  }
}

const tooExpanded = (block: number, most: number): CandelaError => new CandelaError('container-too-large', `the blocks of the container up to block ${block} become more than ${most} bytes: that one and what follows were not looked at`, {
  value: block, action: 'Send it in several parts, or replay the file with candela replay, which has no such limit.'
})

async function * atOnce (bytes: Buffer): AsyncGenerator<Buffer> { yield bytes }

/** As much of a file as tells JSON from others, where its first line is damaged. */
const FIRST_LOOK = 2 ** 16

function tooLarge (head: Buffer, options: DecodeOptions): CandelaError {
  const most = `more than ${MOST_WHOLE_BYTES / 2 ** 20} MiB`
  if (formOfTable(head, options) === undefined) return new CandelaError('dialect-unknown', `${most} that begin like no survey dialect`, { action: KNOWN })
  return new CandelaError('table-too-large', `the table has ${most}`, { action: 'Write the objects in several files, or leave out columns.' })
}

/** @throws CandelaError 'table-invalid' */
const formOfTable = (head: Buffer, { given = NOTHING_GIVEN, dialect }: DecodeOptions): TableForm | undefined =>
  tableForm(head.subarray(0, FIRST_LOOK), given, given.columns !== undefined || (dialect !== undefined && TABLE_DIALECTS.includes(dialect)))

/**
 * The alerts of one message of a stream: a record in Confluent's frame, or of the schema that its key holds or that is given;
 * a container or JSON with exactly one record; or another form of a broker. Most records are of one object.
 * @throws CandelaError 'alert-not-framed', 'alert-truncated', 'avro-invalid', 'alert-incomplete', 'schema-unknown',
 *   'schema-not-in-key', 'alert-not-single', 'dialect-mismatch', 'light-curve-elsewhere', 'test-message', 'format-not-read', those of a container and of
 *   decodeJson, and those of a schema registry (docs/schemas.md); isOutage tells which of them are worth waiting for
 */
export async function decodeMessage (bytes: Uint8Array, options: DecodeOptions): Promise<readonly Alert[]> {
  try {
    return await decodeRecord(bytes, options)
  } catch (error) {
    throw wordedByFormat(error, options.given ?? NOTHING_GIVEN)
  }
}

async function decodeRecord (bytes: Uint8Array, options: DecodeOptions): Promise<readonly Alert[]> {
  const { schemas, dialect, given = NOTHING_GIVEN } = options
  const buffer = asBuffer(bytes)
  if (isContainer(buffer)) return await ofOnlyRecord(parseWhole(buffer, containerParser(options)))
  const bare = bareReader(given, dialect)
  if (bare) return listOf(readWhole(bare, buffer, { position: 0 }).alerts(given))
  if (isJsonAs(buffer, options)) return await ofOnlyRecord(decodeJson(buffer, readingOf(options), dialect))
  const other = await decodeOther(buffer, options)
  if (other) return other
  if (given.carrier) refuseVersionKey(given.carrier)
  const { schemaId, position } = readFrame(buffer)
  const read = async (): Promise<ReadRecord> => readWhole(await framedReader(schemaId, { schemas, dialect }), buffer, { schemaId, position })
  let record: ReadRecord
  try {
    record = await read()
  } catch (error) {
    // The source may find that the schema is another one now.
    if (!isMisread(error) || !await schemas.doubt?.(schemaId)) throw error
    record = await read()
  }
  return listOf(record.alerts(given))
}

/**
 * The alert of a message that is of one object.
 * @throws CandelaError as decodeMessage, and 'alert-not-single' where it is of several
 */
export async function decodeAlert (bytes: Uint8Array, options: DecodeOptions): Promise<Alert> {
  const [alert, ...others] = await decodeMessage(bytes, options)
  if (alert === undefined || others.length > 0) throw notSingle(alert ? 'several alerts' : 'no alert')
  return alert
}

const readingOf = (options: DecodeOptions): Reading => ({ given: options.given ?? NOTHING_GIVEN, decode: (bytes, given) => decodeMessage(bytes, { ...options, given }) })

/** The reader of records that come without container and frame. */
function bareReader ({ carrier, writerSchema }: Given, dialect: DialectName | undefined): AlertReader | undefined {
  const reader = (carrier?.key ? readerOfKey(carrier.key) : undefined) ?? (writerSchema === undefined ? undefined : readerOfText(writerSchema))
  if (reader) requireDialect(dialect, reader.dialect)
  return reader
}

function otherDialect (buffer: Buffer): BytesDialect | undefined {
  const head = buffer.subarray(0, FIRST_LOOK)
  return BYTES_READERS.find(dialect => dialect.matches(head))
}

/** Bytes that are neither Avro nor JSON, where a dialect knows them. */
async function decodeOther (buffer: Buffer, options: DecodeOptions): Promise<readonly Alert[] | undefined> {
  const found = otherDialect(buffer)
  if (found === undefined) return undefined
  requireDialect(options.dialect, found.name)
  return listOf(await found.alerts(buffer, readingOf(options)))
}

type ReadRecord = ReturnType<AlertReader['read']>

async function framedReader (schemaId: number, { schemas, dialect }: DecodeOptions): Promise<AlertReader> {
  const reader = await readerOfId(schemas, schemaId)
  requireDialect(dialect, reader.dialect)
  return reader
}

function readWhole (reader: AlertReader, buffer: Buffer, { schemaId, position }: Pick<Frame, 'position'> & Partial<Frame>): ReadRecord {
  const record = reader.read(buffer, position)
  if (record.end === buffer.length) return record
  throw new CandelaError('avro-invalid', `${buffer.length - record.end} bytes follow the alert's record`, {
    value: schemaId, action: `The alert is damaged, or was written with another schema than ${schemaId === undefined ? 'the one that comes with it' : `${schemaId}, which its frame names`}.`
  })
}

const isMisread = (error: unknown): boolean => error instanceof CandelaError && (error.code === 'avro-invalid' || error.code === 'alert-truncated')

/** The alerts of an Avro object container file; see decodeFile. */
export const decodeContainer = (bytes: Uint8Array, options: ContainerOptions = {}): Generator<DecodedAlert> => parseWhole(asBuffer(bytes), containerParser(options))

type ContainerOptions = Pick<DecodeOptions, 'dialect' | 'given' | 'mostExpanded'>

const containerParser = ({ dialect, given = NOTHING_GIVEN, mostExpanded = Infinity }: ContainerOptions) => function * (window: Window): Generator<DecodedAlert | More> {
  let header: ContainerHeader
  let reader: AlertReader
  try {
    header = yield * headerIn(window)
    reader = readerOfText(header.schemaText)
    requireDialect(dialect, reader.dialect)
  } catch (error) {
    while (!window.ended && window.bytes.length <= MOST_WHOLE_BYTES) yield MORE
    yield failure(window.ended ? window.bytes : new Uint8Array(), true)(error)
    return
  }
  window.skip(header.bytes.length)
  let expanded = 0
  for (const block of blocksIn(window, header)) {
    if (isPause(block)) yield block
    else if ('error' in block) yield { error: block.error, bytes: Buffer.concat([header.bytes, block.bytes]) }
    else if ((expanded += block.data.length) > mostExpanded) {
      yield { error: tooExpanded(block.number, mostExpanded), bytes: new Uint8Array(), isWholeFile: true }
      return
    } else yield * decodeBlock(block, header, reader, given)
  }
}

/** Where a record cannot be read, the next one's beginning is not known either: the rest of the block is lost. */
function * decodeBlock (block: ReadableBlock, header: ContainerHeader, reader: AlertReader, given: Given): Generator<DecodedAlert> {
  let position = 0
  const lost = (error: CandelaError): DecodedAlert => ({ error, bytes: Buffer.concat([header.bytes, block.bytes]) })
  for (let read = 0; read < block.count; read++) {
    let record: ReturnType<AlertReader['read']>
    try {
      record = reader.read(block.data, position)
    } catch (cause) {
      const what = `${read} of its ${block.count} records could be read`
      yield lost(block.cut ? truncatedIn(block.number, what) : damaged(block.number, `${what}: ${reasonIn(cause)}`, cause))
      return
    }
    const start = position
    const original = (): Buffer => containerOfRecord(header, block.data.subarray(start, record.end))
    try {
      yield * ofOneRecord(listOf(record.alerts(given)), original, read === 0 ? block.data.length : 0)
    } catch (error) {
      yield failure(original())(error)
    }
    position = record.end
  }
  if (block.cut) yield lost(truncatedIn(block.number, `all of its ${block.count} records could be read`))
  else if (position < block.data.length) yield lost(damaged(block.number, `${block.data.length - position} bytes follow its ${block.count} records`))
}

const KNOWN = 'Known are Avro container files, single LSST alerts with Confluent\'s frame, JSON (one alert, a list, or one after the other), and tables (CSV, ECSV, VOTable, FITS); see docs/alerts.md.'

/** Bytes that are neither a container nor JSON. */
async function * decodeWhole (buffer: Buffer, options: DecodeOptions): AsyncGenerator<DecodedAlert> {
  const { given = NOTHING_GIVEN, dialect } = options
  try {
    const table = isMessage(buffer, options) ? undefined : formOfTable(buffer, options)
    if (table === undefined) {
      yield * ofOneRecord(await decodeOne(buffer, options), () => buffer)
      return
    }
    const { alerts, damage } = await decodeTable(buffer, table, given, dialect)
    yield * ofOneRecord(alerts, () => buffer, buffer.length)
    if (damage) yield { error: damage, bytes: buffer }
  } catch (error) {
    yield failure(buffer)(error)
  }
}

/** One record, framed or bare, or bytes that a dialect of a broker knows. */
const isMessage = (buffer: Buffer, { given = NOTHING_GIVEN, dialect }: DecodeOptions): boolean =>
  buffer[0] === 0 || bareReader(given, dialect) !== undefined || otherDialect(buffer) !== undefined

async function decodeOne (buffer: Buffer, options: DecodeOptions): Promise<readonly Alert[]> {
  if (isMessage(buffer, options)) return await decodeMessage(buffer, options)
  throw new CandelaError('dialect-unknown', buffer.length === 0 ? 'the file is empty' : `no survey dialect begins with ${JSON.stringify(buffer.toString('latin1', 0, 8))}`, {
    action: KNOWN
  })
}

/** Alerts of one record share its bytes. @param holds bytes that `original` keeps in memory, those of the first */
function * ofOneRecord (alerts: readonly Alert[], original: () => Uint8Array, holds?: number): Generator<DecodedAlert> {
  for (const [part, alert] of alerts.entries()) yield { alert, original, ...holds !== undefined && { holds: part === 0 ? holds : 0 }, ...alerts.length > 1 && { part } }
}

async function ofOnlyRecord (decoded: Iterable<DecodedAlert> | AsyncIterable<DecodedAlert>): Promise<readonly Alert[]> {
  const alerts: Alert[] = []
  let first: CandelaError | undefined
  let [records, whole] = [0, 0]
  for await (const one of decoded) {
    // An announcement is a record as whole as an alert.
    if ('alert' in one || one.error instanceof AnnouncementError) whole++
    if ('alert' in one) alerts.push(one.alert)
    else first ??= one.error
    if (!('alert' in one) || (one.part ?? 0) === 0) records++
    if (records > 1) break
  }
  if (records === 1 && first === undefined) return alerts
  throw (first instanceof AnnouncementError && whole > 1 ? undefined : first) ?? notSingle(records > 0 ? 'several alerts' : 'no alert')
}

const notSingle = (what: string): CandelaError => new CandelaError('alert-not-single', `a message has ${what}`, {
  action: 'Send one alert a message; files of many can be replayed or posted.'
})

/** JSON by its bytes, or whatever is neither Avro nor empty where a dialect in JSON is asked for. */
const isJsonAs = (buffer: Buffer, { dialect, given }: DecodeOptions): boolean => buffer.length > 0 && buffer[0] !== 0 && given?.writerSchema === undefined &&
  (isJson(buffer) || (dialect !== undefined && JSON_DIALECTS.includes(dialect)))

/** Turns what was thrown into a decoded error; anything but a CandelaError is a fault of Candela's own. */
function failure (bytes: Uint8Array, isWholeFile?: true): (error: unknown) => DecodedAlert {
  return error => {
    if (error instanceof CandelaError) return { error, bytes, ...isWholeFile && { isWholeFile } }
    throw error
  }
}
