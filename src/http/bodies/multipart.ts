/** multipart/form-data (RFC 7578): the parts of a body, in turns with others. */
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy'
import { assembled } from '../../alert/input/unpacked.ts'
import { turns } from '../../alert/turns.ts'
import { CandelaError } from '../../errors.ts'

export interface Part {
  /** Of the field in the form. */
  name: string
  /** Null where the part has none. */
  fileName: string | null
  bytes: Buffer
}

/** Parts of one body. */
const MOST_PARTS = 100
/** Given to the parser at once [bytes]. */
const PIECE = 2 ** 14

export const isMultipart = (contentType: string | undefined): contentType is string => contentType !== undefined && /^\s*multipart\/form-data\b/i.test(contentType)

const invalid = (what: string, cause?: unknown): CandelaError =>
  new CandelaError('multipart-invalid', `The body is no multipart/form-data: ${what}.`, { cause, action: 'Send files as curl does: curl -F file=@NAME.' })

/** @throws CandelaError 'multipart-invalid' */
export async function partsOf (body: Buffer, contentType: string): Promise<Part[]> {
  const parts: Array<Omit<Part, 'bytes'> & { pieces: Buffer[] }> = []
  const failures: CandelaError[] = []
  const parser = parserOf(contentType)
  const finished = new Promise<void>(resolve => parser.once('finish', resolve).once('error', (cause: unknown) => {
    failures.push(invalid('it is cut off, or damaged', cause))
    resolve()
  }))
  parser.on('file', (name: string, stream: BusboyFileStream, fileName: string | undefined) => {
    const pieces: Buffer[] = []
    stream.on('data', (piece: Buffer) => pieces.push(piece))
    stream.on('end', () => parts.push({ name, fileName: fileName || null, pieces }))
    // The parser has the same error.
    stream.on('error', () => {})
  })
  parser.on('partsLimit', () => failures.push(invalid(`it has more than ${MOST_PARTS} parts`)))
  const turn = turns()
  for (let at = 0; at < body.length && failures.length === 0; at += PIECE) {
    await new Promise<unknown>(resolve => parser.write(body.subarray(at, at + PIECE), resolve))
    const pause = turn()
    if (pause) await pause
  }
  if (failures.length === 0) {
    parser.end()
    await finished
  }
  const [failure] = failures
  if (failure !== undefined) {
    parser.destroy()
    throw failure
  }
  const whole: Part[] = []
  for (const { name, fileName, pieces } of parts) whole.push({ name, fileName, bytes: await assembled(pieces) })
  return whole
}

function parserOf (contentType: string): BusboyInstance {
  try {
    // A field without a name of a file is one all the same.
    return new Busboy({ headers: { 'content-type': contentType }, limits: { parts: MOST_PARTS }, isPartAFile: () => true })
  } catch (cause) {
    throw invalid('its Content-Type names no boundary', cause)
  }
}
