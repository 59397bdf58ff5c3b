/** Schemas from a registry with Confluent's API: Confluent's own, Apicurio's (/apis/ccompat/v7), Karapace, Redpanda. */
import { z } from 'zod'
import { CandelaError, reasonIn } from '../../errors.ts'
import { parseSchema as parseSchemaText } from '../avro/bounded-schema.ts'
import { writerType } from '../avro/writer-type.ts'
import { assembleSchema, fullName, isNode } from './source.ts'
import { invalidAnswer } from './registry-answer.ts'
import { openRegistryHttp, type Patience, type RegistryHttp, type RegistryHttpOptions } from './registry-http.ts'

export interface SchemaRegistry {
  /** Its address, without credentials. */
  shown: string
  /**
   * The Avro schema of an id, its references written out; undefined where the registry has none.
   * @throws CandelaError 'registry-unreachable', 'registry-invalid', 'schema-invalid'
   */
  fetch (id: number, patience?: Patience): Promise<object | undefined>
  /** Ends what is under way. */
  close (): void
}

/** Ids are a Java int in every registry, and four bytes in an alert's frame. */
const LARGEST_ID = 2 ** 31 - 1
/** A schema that refers to more others, in all, is a loop or damaged. */
const MOST_REFERENCES = 100

const answerSchema = z.object({
  schema: z.string(),
  schemaType: z.string().nullish(),
  references: z.array(z.object({ subject: z.string(), version: z.int() })).nullish()
})
type Answer = z.output<typeof answerSchema>

export function openSchemaRegistry (options: RegistryHttpOptions): SchemaRegistry {
  const http = openRegistryHttp(options)
  return {
    shown: http.shown,
    async fetch (id, patience) {
      if (id > LARGEST_ID) return undefined
      const answer = await ask(http, `schemas/ids/${id}`, patience)
      if (answer === undefined) return undefined
      const where = `schema ${id} of the registry ${http.shown}`
      const schema = await withReferences(http, answer, where, patience)
      try {
        writerType(schema)
      } catch (cause) {
        throw invalidSchema(where, `is ${reasonIn(cause)}`, cause)
      }
      return schema
    },
    close: () => http.close()
  }
}

async function ask (http: RegistryHttp, path: string, patience: Patience | undefined): Promise<Answer | undefined> {
  const body = await http.get(path, patience)
  if (body === undefined) return undefined
  const parsed = answerSchema.safeParse(body)
  if (parsed.success) return parsed.data
  throw invalidAnswer(http.shown, `answers to /${path} with JSON that holds no schema: ${z.prettifyError(parsed.error).replaceAll(/\s*\n\s*/g, ' ')}`, parsed.error)
}

async function withReferences (http: RegistryHttp, answer: Answer, where: string, patience: Patience | undefined): Promise<object> {
  const root = parseSchema(answer, where)
  const definitions = new Map<string, object>()
  const asked = new Set<string>()
  async function collect ({ references }: Answer): Promise<void> {
    for (const { subject, version } of references ?? []) {
      const path = `subjects/${encodeURIComponent(subject)}/versions/${version}`
      if (asked.has(path)) continue
      asked.add(path)
      if (asked.size > MOST_REFERENCES) throw invalidSchema(where, `refers to more than ${MOST_REFERENCES} others`)
      const referred = await ask(http, path, patience)
      if (referred === undefined) throw invalidSchema(where, `refers to version ${version} of subject '${subject}', which the registry does not have`)
      define(definitions, parseSchema(referred, `version ${version} of subject '${subject}'`))
      await collect(referred)
    }
  }
  await collect(answer)
  const name = define(definitions, root)
  return name === undefined || asked.size === 0 ? root : assembleSchema(name, definitions)
}

function define (definitions: Map<string, object>, schema: object): string | undefined {
  if (!isNode(schema) || schema.name === undefined) return undefined
  const name = fullName(schema, schema.namespace ?? '')
  definitions.set(name, schema)
  return name
}

function parseSchema ({ schema: text, schemaType }: Answer, where: string): object {
  if (schemaType != null && schemaType !== 'AVRO') throw invalidSchema(where, `is ${schemaType.slice(0, 40)}, not Avro`)
  let schema: unknown
  try {
    schema = parseSchemaText(text)
  } catch (cause) {
    if (cause instanceof CandelaError) throw cause
    throw invalidSchema(where, 'is not JSON, as Avro schemas are', cause)
  }
  if (typeof schema === 'string') return { type: schema }
  if (typeof schema === 'object' && schema !== null) return schema
  throw invalidSchema(where, 'is not an Avro schema')
}

const invalidSchema = (where: string, what: string, cause?: unknown): CandelaError =>
  new CandelaError('schema-invalid', `${where} ${what}`, {
    value: where, cause, action: 'Where the alert is not damaged, register its schema again and have it sent with the new id, then replay the dead letter.'
  })
