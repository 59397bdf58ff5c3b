/** What a schema registry answered: JSON, that there is none, or an error that says what is wrong with it. */
import { CandelaError } from '../../errors.ts'
import { refuseWideJson } from '../json/patient-json.ts'

/** A schema is one text in an answer. */
const ANSWER = { levels: 64, values: 100_000, names: 1000 }

export const isUnreachable = (error: unknown): error is CandelaError => error instanceof CandelaError && error.code === 'registry-unreachable'

/** @param cause why there was no answer; none where the answer was that it cannot answer */
export const unreachable = (registry: string, why: string, cause?: unknown): CandelaError =>
  new CandelaError('registry-unreachable', `the schema registry ${registry} cannot be reached: ${why}`, {
    value: registry, cause, canRetry: true, action: 'Check that the registry runs and that CANDELA_SCHEMA_REGISTRY names it; a schema folder (--schema-dir) can stand in for it.'
  })

export const invalidAnswer = (registry: string, what: string, cause?: unknown): CandelaError =>
  new CandelaError('registry-invalid', `the schema registry ${registry} ${what}`, {
    value: registry, cause, canRetry: true, action: 'Check that CANDELA_SCHEMA_REGISTRY is the base of an API like Confluent\'s (Apicurio\'s ends in /apis/ccompat/v7), and what answers there.'
  })

/**
 * The body as text, no more than `maximumBytes` of it.
 * @throws CandelaError 'registry-invalid' where it is longer
 */
export async function readText (response: Response, maximumBytes: number, registry: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > maximumBytes) throw invalidAnswer(registry, `answers with more than ${maximumBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/**
 * @returns the JSON of the body; undefined for Confluent's "not found" (error codes 40401 to 40403)
 * @throws CandelaError 'registry-unreachable' where it may answer later, 'registry-invalid'
 */
export function parseAnswer (status: number, text: string, registry: string): unknown {
  if (status >= 500 || status === 429 || status === 408) throw unreachable(registry, `it answers with status ${status}`)
  if (status === 401 || status === 403) {
    throw new CandelaError('registry-invalid', `the schema registry ${registry} refuses access with status ${status}`, {
      value: registry, canRetry: true, action: 'Check user and password in CANDELA_SCHEMA_REGISTRY_AUTH, and what that user may read.'
    })
  }
  let body: unknown
  try {
    refuseWideJson(Buffer.from(text), ANSWER)
    body = JSON.parse(text)
  } catch (cause) {
    throw invalidAnswer(registry, `answers with status ${status} and something that is not JSON: ${JSON.stringify(text.slice(0, 40))}`, cause)
  }
  if (status === 200) return body
  if (status === 404 && isNotFound(body)) return undefined
  throw invalidAnswer(registry, `answers with status ${status}, and not as a schema registry does: ${JSON.stringify(text.slice(0, 80))}`)
}

/** A wrong path gets a 404 as well, with other error codes: then the address is wrong, not the id. */
const isNotFound = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'error_code' in body && [40401, 40402, 40403].includes(Number(body.error_code))
