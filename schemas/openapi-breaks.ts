/** What of an OpenAPI 3.1 document would break clients of an earlier one: /v1 only grows. */

/** The parts of JSON Schema that Candela's documents use. */
interface Schema {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  items?: Schema
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  pattern?: string
}

interface Content { content?: Record<string, { schema: Schema }> }

interface Operation {
  parameters?: Array<{ in: string, name: string, required?: boolean, schema: Schema }>
  requestBody?: Content & { required?: boolean }
  responses: Record<string, Content>
}

export interface OpenApi {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

/** Who has to cope with a schema: a client that sends, or one that reads. */
type Direction = 'request' | 'response'

const LOWER = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems'] as const
const UPPER = ['maximum', 'maxLength', 'maxItems'] as const

/**
 * Fields of answers that may be null since they were released: of an object whose source tells no position. A client
 * that reads only Rubin's and ZTF's alerts never meets one.
 */
const NULLABLE_SINCE = ['ra', 'dec']

class Comparison {
  readonly breaks: string[] = []
  readonly #before: OpenApi
  readonly #after: OpenApi
  /** Pairs that are being compared: a schema can be a part of itself. */
  readonly #open = new Set<string>()

  constructor (before: OpenApi, after: OpenApi) {
    this.#before = before
    this.#after = after
  }

  run (): string[] {
    for (const [path, operations] of Object.entries(this.#before.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        const name = `${method.toUpperCase()} ${path}`
        const now = this.#after.paths[path]?.[method]
        if (now) this.#operation(name, operation, now)
        else this.breaks.push(`${name} is gone`)
      }
    }
    return this.breaks
  }

  #operation (name: string, before: Operation, after: Operation): void {
    const keyOf = (parameter: { in: string, name: string }): string => `${parameter.in} parameter ${parameter.name}`
    const now = new Map((after.parameters ?? []).map(parameter => [keyOf(parameter), parameter]))
    for (const parameter of before.parameters ?? []) {
      const key = keyOf(parameter)
      const other = now.get(key)
      if (!other) this.breaks.push(`${name}: ${key} is gone`)
      else {
        if (other.required && !parameter.required) this.breaks.push(`${name}: ${key} is required now`)
        this.#schema(`${name}: ${key}`, parameter.schema, other.schema, 'request')
      }
      now.delete(key)
    }
    for (const [key, { required }] of now) if (required) this.breaks.push(`${name}: ${key} is new, and required`)
    if (after.requestBody?.required && !before.requestBody?.required) this.breaks.push(`${name}: a body is required now`)
    this.#content(`${name}: body`, before.requestBody, after.requestBody, 'request')
    for (const [status, response] of Object.entries(before.responses)) {
      const other = after.responses[status]
      if (other) this.#content(`${name}: ${status}`, response, other, 'response')
      else this.breaks.push(`${name}: answer ${status} is gone`)
    }
  }

  #content (name: string, before: Content | undefined, after: Content | undefined, direction: Direction): void {
    for (const [type, { schema }] of Object.entries(before?.content ?? {})) {
      const other = after?.content?.[type]
      if (other) this.#schema(`${name} as ${type}`, schema, other.schema, direction)
      else this.breaks.push(`${name} as ${type} is gone`)
    }
  }

  #resolved (schema: Schema, document: OpenApi): Schema {
    const name = schema.$ref?.split('/').at(-1)
    return name === undefined ? schema : this.#resolved(document.components.schemas[name] ?? {}, document)
  }

  #schema (name: string, before: Schema, after: Schema, direction: Direction): void {
    const pair = `${direction} ${before.$ref} ${after.$ref}`
    if (before.$ref && after.$ref) {
      if (this.#open.has(pair)) return
      this.#open.add(pair)
    }
    this.#compare(name, this.#resolved(before, this.#before), this.#resolved(after, this.#after), direction)
    this.#open.delete(pair)
  }

  #compare (name: string, before: Schema, after: Schema, direction: Direction): void {
    if (branchesOf(before).length > 1 || branchesOf(after).length > 1) {
      this.#branches(name, branchesOf(before), branchesOf(after), direction)
      return
    }
    this.#types(name, before, after, direction)
    this.#values(name, before, after)
    this.#bounds(name, before, after, direction)
    this.#fields(name, before, after, direction)
    if (before.items) this.#schema(`${name}[]`, before.items, after.items ?? {}, direction)
    const [values, otherValues] = [before.additionalProperties, after.additionalProperties]
    if (typeof values === 'object') this.#schema(`${name}.*`, values, typeof otherValues === 'object' ? otherValues : {}, direction)
    if (direction === 'request' && otherValues === false && values !== false) this.breaks.push(`${name} refuses other fields now`)
  }

  /** Each branch must be one that the other side knew: of a request the earlier ones, of an answer those of now; and none may be lost. */
  #branches (name: string, before: Schema[], after: Schema[], direction: Direction): void {
    const fits = (one: Schema, other: Schema): boolean => {
      const inner = new Comparison(this.#before, this.#after)
      for (const pair of this.#open) inner.#open.add(pair)
      inner.#schema('', one, other, direction)
      return inner.breaks.length === 0
    }
    if (!before.every(one => after.some(other => fits(one, other)))) this.breaks.push(`${name}: one of the forms that it could have is gone, or another`)
    if (direction === 'response' && !after.every(other => before.some(one => fits(one, other)))) this.breaks.push(`${name}: it can have a form that it could not have`)
  }

  #types (name: string, before: Schema, after: Schema, direction: Direction): void {
    const [old, now] = [typesOf(before), typesOf(after)]
    const [narrow, wide] = direction === 'request' ? [old, now] : [now, old]
    if (wide && !(narrow ?? ['anything']).every(type => wide.includes(type) || (type === 'integer' && wide.includes('number')))) this.breaks.push(`${name}: type ${old?.join('|') ?? 'any'} is ${now?.join('|') ?? 'any'} now`)
  }

  /** New values may come: a list of them only grows. */
  #values (name: string, before: Schema, after: Schema): void {
    const [old, now] = [valuesOf(before), valuesOf(after)]
    const gone = now ? (old ?? []).filter(value => !now.includes(value)) : []
    if (gone.length > 0) this.breaks.push(`${name}: value ${gone.map(value => JSON.stringify(value)).join(', ')} is gone`)
    if (!old && now) this.breaks.push(`${name}: any value is one of ${now.length} now`)
  }

  #bounds (name: string, before: Schema, after: Schema, direction: Direction): void {
    const [narrow, wide] = direction === 'request' ? [before, after] : [after, before]
    for (const bound of LOWER) if ((narrow[bound] ?? -Infinity) < (wide[bound] ?? -Infinity)) this.breaks.push(`${name}: ${bound} ${before[bound] ?? 'none'} is ${after[bound] ?? 'none'} now`)
    for (const bound of UPPER) if ((narrow[bound] ?? Infinity) > (wide[bound] ?? Infinity)) this.breaks.push(`${name}: ${bound} ${before[bound] ?? 'none'} is ${after[bound] ?? 'none'} now`)
    if (wide.pattern !== undefined && narrow.pattern !== wide.pattern) this.breaks.push(`${name}: pattern ${before.pattern ?? 'none'} is ${after.pattern ?? 'none'} now`)
  }

  #fields (name: string, before: Schema, after: Schema, direction: Direction): void {
    for (const [field, schema] of Object.entries(before.properties ?? {})) {
      const other = after.properties?.[field]
      if (!other) this.breaks.push(`${name}.${field} is gone`)
      else this.#schema(`${name}.${field}`, schema, direction === 'response' && NULLABLE_SINCE.includes(field) ? withoutNull(other) : other, direction)
    }
    const [old, now] = [before.required ?? [], after.required ?? []]
    if (direction === 'request') for (const field of now) if (!old.includes(field)) this.breaks.push(`${name}.${field} is required now`)
    if (direction === 'response') for (const field of old) if (!now.includes(field)) this.breaks.push(`${name}.${field} can be missing now`)
  }
}

function withoutNull (schema: Schema): Schema {
  const { type, anyOf, ...rest } = schema
  const values = anyOf?.filter(one => one.type !== 'null')
  if (values?.length === 1) return { ...rest, ...values[0] }
  return Array.isArray(type) ? { ...schema, type: type.filter(one => one !== 'null') } : schema
}

const branchesOf = (schema: Schema): Schema[] => schema.anyOf ?? schema.oneOf ?? [schema]
const typesOf = ({ type }: Schema): string[] | undefined => type === undefined ? undefined : [type].flat()
const valuesOf = (schema: Schema): unknown[] | undefined => schema.enum ?? ('const' in schema ? [schema.const] : undefined)

/** @returns in words, what a client of the earlier document could trip over */
export const breaksOf = (before: OpenApi, after: OpenApi): string[] => new Comparison(before, after).run()
