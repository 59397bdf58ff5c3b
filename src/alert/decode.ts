/** Bytes in, alerts in normal form out, whatever the survey dialect. */
import { CandelaError, reasonIn } from '../errors.ts'
import type { Alert, LostAlert, ReadAlert } from './alert.ts'
import { blocksIn, containerOfRecord, damaged, headerIn, isContainer, truncatedIn, type ContainerHeader, type ReadableBlock } from './avro/container.ts'
import { readFrame, type Frame } from './schemas/confluent.ts'
import type { AlertReader } from './dialect.ts'
import { JSON_DIALECTS, requireDialect, type DialectName } from './dialect-names.ts'
import { decodeJson, decodeJsonOf } from './json/decode-json.ts'
import { isJson } from './json/documents.ts'
import { Beginning } from './input/beginning.ts'
import { asBuffer, isPause, MORE, parsePieces, parseWhole, type More, type Window } from './input/pieces.ts'
import { readerOfId, readerOfText } from './readers.ts'
import type { SchemaSource } from './schemas/source.ts'

export interface DecodeOptions {
  /** Where the schemas of framed alerts come from. */
  schemas: SchemaSource
  /** The dialect that the alerts are said to be of; without it the bytes decide. */
  dialect?: DialectName | undefined
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
 * The alerts of a file, in its order: an Avro container of alerts, one framed LSST alert, or JSON (one alert, a list
 * of them, one after the other). Of bytes that come in pieces, a block or a document at a time is held.
 * Never throws for what the bytes are: each damaged record, or block of records, gives its own error and the
 * others their alerts. Codes: 'dialect-unknown', 'container-invalid', 'container-damaged', 'container-truncated',
 * 'codec-unknown', 'schema-invalid', 'schema-unsupported', 'alert-incomplete', 'dialect-mismatch', and those of
 * decodeAlert and decodeJson.
 */
export async function * decodeFile (bytes: Uint8Array | AsyncIterable<Uint8Array>, options: DecodeOptions): AsyncGenerator<DecodedAlert> {
  if (bytes instanceof Uint8Array) {
    const buffer = asBuffer(bytes)
    // Large documents are read in pieces, with turns of the event loop in between.
    if (isContainer(buffer)) yield * parsePieces(atOnce(buffer), containerParser(options.dialect, options.mostExpanded), options.window)
    else if (isJsonAs(buffer, options.dialect)) yield * decodeJsonOf(atOnce(buffer), options.dialect, options.window)
    else yield await decodeFramed(buffer, options).then(alert => ({ alert, original: () => bytes }), failure(bytes))
    return
  }
  const pieces = new Beginning(bytes)
  // A pipe may have no more to give for now.
  let first = await pieces.look(1)
  if (!isContainer(first) && !isJsonAs(first, options.dialect)) first = await pieces.look(FIRST_LOOK)
  if (isContainer(first)) {
    yield * parsePieces(pieces.all(), containerParser(options.dialect, options.mostExpanded), options.window)
  } else if (isJsonAs(first, options.dialect)) {
    yield * decodeJsonOf(pieces.all(), options.dialect, options.window)
  } else {
    const whole = await pieces.whole(MOST_WHOLE_BYTES)
    if (whole) yield * decodeFile(whole, options)
    else yield { error: tooLarge(), bytes: await pieces.look(0), isWholeFile: true }
  }
}

const tooExpanded = (block: number, most: number): CandelaError => new CandelaError('container-too-large', `the blocks of the container up to block ${block} become more than ${most} bytes: that one and what follows were not looked at`, {
  value: block, action: 'Send it in several parts, or replay the file with candela replay, which has no such limit.'
})

async function * atOnce (bytes: Buffer): AsyncGenerator<Buffer> { yield bytes }

/** As much of a file as tells JSON from others, where its first line is damaged. */
const FIRST_LOOK = 2 ** 16

const tooLarge = (): CandelaError => new CandelaError('dialect-unknown', `more than ${MOST_WHOLE_BYTES / 2 ** 20} MiB that begin like no survey dialect`, { action: KNOWN })

/**
 * The alert of one message of a stream: framed, or a container or JSON that holds exactly one.
 * @throws CandelaError 'alert-not-framed', 'alert-truncated', 'avro-invalid', 'alert-incomplete', 'schema-unknown',
 *   'alert-not-single', 'dialect-mismatch', those of a container and of decodeJson, and those of a schema registry
 *   (docs/schemas.md); isOutage tells which of them are worth waiting for
 */
export async function decodeAlert (bytes: Uint8Array, { schemas, dialect }: DecodeOptions): Promise<Alert> {
  const buffer = asBuffer(bytes)
  if (isContainer(buffer)) return await onlyAlert(decodeContainer(buffer, dialect))
  if (isJsonAs(buffer, dialect)) return await onlyAlert(decodeJson(buffer, dialect))
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
  return record.alert()
}

type ReadRecord = ReturnType<AlertReader['read']>

async function framedReader (schemaId: number, { schemas, dialect }: DecodeOptions): Promise<AlertReader> {
  const reader = await readerOfId(schemas, schemaId)
  requireDialect(dialect, reader.dialect)
  return reader
}

function readWhole (reader: AlertReader, buffer: Buffer, { schemaId, position }: Frame): ReadRecord {
  const record = reader.read(buffer, position)
  if (record.end === buffer.length) return record
  throw new CandelaError('avro-invalid', `${buffer.length - record.end} bytes follow the alert's record`, {
    value: schemaId, action: `The alert is damaged, or was written with another schema than ${schemaId}, which its frame names.`
  })
}

const isMisread = (error: unknown): boolean => error instanceof CandelaError && (error.code === 'avro-invalid' || error.code === 'alert-truncated')

/** The alerts of an Avro object container file; see decodeFile. */
export const decodeContainer = (bytes: Uint8Array, dialect?: DialectName): Generator<DecodedAlert> => parseWhole(asBuffer(bytes), containerParser(dialect))

const containerParser = (dialect: DialectName | undefined, mostExpanded = Infinity) => function * (window: Window): Generator<DecodedAlert | More> {
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
    } else yield * decodeBlock(block, header, reader)
  }
}

/** Where a record cannot be read, the next one's beginning is not known either: the rest of the block is lost. */
function * decodeBlock (block: ReadableBlock, header: ContainerHeader, reader: AlertReader): Generator<DecodedAlert> {
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
      yield { alert: record.alert(), original, holds: read === 0 ? block.data.length : 0 }
    } catch (error) {
      yield failure(original())(error)
    }
    position = record.end
  }
  if (block.cut) yield lost(truncatedIn(block.number, `all of its ${block.count} records could be read`))
  else if (position < block.data.length) yield lost(damaged(block.number, `${block.data.length - position} bytes follow its ${block.count} records`))
}

const KNOWN = 'Known are Avro container files, single LSST alerts with Confluent\'s frame, and JSON: one alert, a list, or one after the other; see docs/alerts.md.'

async function decodeFramed (buffer: Buffer, options: DecodeOptions): Promise<Alert> {
  if (buffer[0] === 0) return decodeAlert(buffer, options)
  throw new CandelaError('dialect-unknown', buffer.length === 0 ? 'the file is empty' : `no survey dialect begins with ${JSON.stringify(buffer.toString('latin1', 0, 8))}`, {
    action: KNOWN
  })
}

async function onlyAlert (decoded: Generator<DecodedAlert> | AsyncGenerator<DecodedAlert>): Promise<Alert> {
  const first = (await decoded.next()).value as DecodedAlert | undefined
  const second = (await decoded.next()).value as DecodedAlert | undefined
  if (first && 'error' in first) throw first.error
  if (first && !second) return first.alert
  if (second && 'error' in second) throw second.error
  throw new CandelaError('alert-not-single', `a message has ${first ? 'several alerts' : 'no alert'}`, {
    action: 'Send one alert a message; files of many can be replayed or posted.'
  })
}

/** JSON by its bytes, or whatever is neither Avro nor empty where a dialect in JSON is asked for. */
const isJsonAs = (buffer: Buffer, dialect: DialectName | undefined): boolean => buffer.length > 0 && buffer[0] !== 0 &&
  (isJson(buffer) || (dialect !== undefined && JSON_DIALECTS.includes(dialect)))

/** Turns what was thrown into a decoded error; anything but a CandelaError is a fault of Candela's own. */
function failure (bytes: Uint8Array, isWholeFile?: true): (error: unknown) => DecodedAlert {
  return error => {
    if (error instanceof CandelaError) return { error, bytes, ...isWholeFile && { isWholeFile } }
    throw error
  }
}
