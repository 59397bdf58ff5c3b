/** Bytes in, alerts in normal form out, whatever the survey dialect. */
import { CandelaError } from '../errors.ts'
import type { Alert, ReadAlert } from './alert.ts'
import { containerOfRecord, damaged, isContainer, readBlocks, readHeader, truncatedIn, type ContainerHeader, type ReadableBlock } from './avro/container.ts'
import { readFrame } from './confluent.ts'
import type { AlertReader } from './dialect.ts'
import { readerOfId, readerOfText } from './readers.ts'
import type { SchemaSource } from './schema-source.ts'

export interface DecodeOptions {
  /** Where the schemas of framed alerts come from. */
  schemas: SchemaSource
}

/** An alert, or why there is none; `bytes` can be given to decodeFile again. */
export type DecodedAlert = ReadAlert | { error: CandelaError, bytes: Uint8Array }

/**
 * The alerts of a file, in its order: an Avro container of ELAsTiCC or LSST alerts, or one framed LSST alert.
 * Never throws for what the bytes are: each damaged record, or block of records, gives its own error and the
 * others their alerts. Codes: 'dialect-unknown', 'container-invalid', 'container-damaged', 'container-truncated',
 * 'codec-unknown', 'schema-invalid', 'schema-unsupported', 'alert-incomplete', and those of decodeAlert.
 */
export async function * decodeFile (bytes: Uint8Array, options: DecodeOptions): AsyncGenerator<DecodedAlert> {
  const buffer = asBuffer(bytes)
  if (isContainer(buffer)) yield * decodeContainer(buffer)
  else yield await decodeFramed(buffer, options).then(alert => ({ alert, original: () => bytes }), failure(bytes))
}

/**
 * The alert of one message of a stream: framed, or a container that holds exactly one.
 * @throws CandelaError 'alert-not-framed', 'alert-truncated', 'avro-invalid', 'alert-incomplete', 'schema-unknown'
 *   (can be tried again), 'alert-not-single', and those of a container
 */
export async function decodeAlert (bytes: Uint8Array, { schemas }: DecodeOptions): Promise<Alert> {
  const buffer = asBuffer(bytes)
  if (isContainer(buffer)) return onlyAlert(buffer)
  const { schemaId, position } = readFrame(buffer)
  const reader = await readerOfId(schemas, schemaId)
  const { alert, end } = reader.read(buffer, position)
  if (end !== buffer.length) {
    throw new CandelaError('avro-invalid', `${buffer.length - end} bytes follow the alert's record`, {
      value: schemaId, action: `The alert is damaged, or was written with another schema than ${schemaId}, which its frame names.`
    })
  }
  return alert()
}

/** The alerts of an Avro object container file; see decodeFile. */
export function * decodeContainer (bytes: Uint8Array): Generator<DecodedAlert> {
  const buffer = asBuffer(bytes)
  let header: ContainerHeader
  let reader: AlertReader
  try {
    header = readHeader(buffer)
    reader = readerOfText(header.schemaText)
  } catch (error) {
    yield failure(bytes)(error)
    return
  }
  for (const block of readBlocks(buffer, header)) {
    if ('error' in block) yield { error: block.error, bytes: Buffer.concat([header.bytes, block.bytes]) }
    else yield * decodeBlock(block, header, reader)
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
      yield lost(block.cut ? truncatedIn(block.number, what) : damaged(block.number, `${what}: ${(cause as Error).message}`, cause))
      return
    }
    const start = position
    const original = (): Buffer => containerOfRecord(header, block.data.subarray(start, record.end))
    try {
      yield { alert: record.alert(), original }
    } catch (error) {
      yield failure(original())(error)
    }
    position = record.end
  }
  if (block.cut) yield lost(truncatedIn(block.number, `all of its ${block.count} records could be read`))
  else if (position < block.data.length) yield lost(damaged(block.number, `${block.data.length - position} bytes follow its ${block.count} records`))
}

async function decodeFramed (buffer: Buffer, options: DecodeOptions): Promise<Alert> {
  if (buffer[0] === 0) return decodeAlert(buffer, options)
  throw new CandelaError('dialect-unknown', buffer.length === 0 ? 'the file is empty' : `no survey dialect begins with ${JSON.stringify(buffer.toString('latin1', 0, 8))}`, {
    action: 'Known are Avro container files of ELAsTiCC and LSST alerts, and single LSST alerts with Confluent\'s frame.'
  })
}

function onlyAlert (buffer: Buffer): Alert {
  const [first, second] = decodeContainer(buffer)
  if (first && 'error' in first) throw first.error
  if (first && !second) return first.alert
  if (second && 'error' in second) throw second.error
  throw new CandelaError('alert-not-single', `a message is a container of ${first ? 'several alerts' : 'no alert'}`, {
    action: 'Send one alert a message; container files of many can be replayed or posted as files.'
  })
}

/** Turns what was thrown into a decoded error; anything but a CandelaError is a fault of Candela's own. */
function failure (bytes: Uint8Array): (error: unknown) => DecodedAlert {
  return error => {
    if (error instanceof CandelaError) return { error, bytes }
    throw error
  }
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
