/** Requests drawn from an OpenAPI document: parameters and bodies that its schemas allow, and now and then others. */
import fc, { type Arbitrary } from 'fast-check'

export interface JsonSchema {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  anyOf?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  format?: string
  pattern?: string
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
}

interface Parameter { in: 'query' | 'path' | 'header', name: string, schema: JsonSchema }
interface Content { schema?: JsonSchema, example?: unknown }
interface Operation {
  parameters?: Parameter[]
  requestBody?: { content: Record<string, Content> }
  responses: Record<string, { content?: Record<string, Content> }>
}

export interface OpenApiDocument {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, JsonSchema> }
}

export interface DrawnRequest {
  method: string
  /** As in the document. */
  template: string
  url: string
  headers: Record<string, string>
  payload?: string
}

/** Longest list and text that is drawn; the limits themselves have tests of their own. */
const LONGEST = 6
const MANY = 12

/** What is sent where a value of another kind is expected. */
const odd = fc.oneof(
  fc.constantFrom('', ' ', '-1', '0', '1e999', 'NaN', 'null', '[]', '{}', '../..', '%', '%00', '\0', '\u202e', '9223372036854775808', '1.5.0', "' OR 1=1", '2026-05-01T00:00:00', '2026-02-30T00:00:00Z'),
  fc.string({ unit: 'grapheme', maxLength: MANY }), fc.double().map(String))

export class RequestGenerator {
  readonly #document: OpenApiDocument
  readonly #known: Readonly<Record<string, readonly string[]>>

  /** @param known values of parameters that lead somewhere, by name */
  constructor (document: OpenApiDocument, known: Readonly<Record<string, readonly string[]>>) {
    this.#document = document
    this.#known = known
  }

  requests (): Arbitrary<DrawnRequest> {
    return fc.oneof(...Object.entries(this.#document.paths).flatMap(([template, operations]) =>
      Object.entries(operations).map(([method, operation]) => this.#request(template, method.toUpperCase(), operation))))
  }

  #request (template: string, method: string, { parameters = [], requestBody }: Operation): Arbitrary<DrawnRequest> {
    const place = (wanted: Parameter['in']): Arbitrary<Record<string, unknown>> => fc.record(
      Object.fromEntries(parameters.filter(one => one.in === wanted).map(({ name, schema }) => [name, this.#parameter(name, schema)])),
      { requiredKeys: wanted === 'path' ? undefined as never : [] })
    return fc.record({
      path: place('path'),
      query: place('query'),
      header: place('header'),
      stray: fc.oneof({ weight: 20, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constantFrom('&debug=1', '&limit=1&limit=2', '&__proto__=1', '&%', '&fields[]=a') }),
      accept: fc.constantFrom('*/*', 'application/json', 'text/csv', 'application/x-votable+xml', 'text/html;q=0.9', 'nonsense'),
      body: requestBody ? this.#body(requestBody.content) : fc.constant(undefined)
    }).map(({ path, query, header, stray, accept, body }) => {
      const text = Object.entries(query).flatMap(([name, value]) => [value].flat().map(one => `${name}=${encodeURIComponent(String(one))}`)).join('&')
      const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(path[name])))
      const headers = Object.fromEntries(Object.entries(header).map(([name, value]) => [name, String(value).replaceAll(/[^\x20-\x7e]/g, '?')]))
      return { method, template, url: `${filled}?${text}${stray}`, headers: { accept, ...headers, ...body && { 'content-type': body.type } }, ...body && { payload: body.text } }
    })
  }

  #parameter (name: string, schema: JsonSchema): Arbitrary<unknown> {
    const known = this.#known[name] ?? []
    return fc.oneof({ weight: 8, arbitrary: this.#value(schema) }, { weight: 1, arbitrary: odd }, ...known.length > 0 ? [{ weight: 8, arbitrary: fc.constantFrom(...known) }] : [])
  }

  #body (content: Record<string, Content>): Arbitrary<{ type: string, text: string }> {
    const bodies = Object.entries(content).map(([type, { schema = {}, example }]) => {
      const right = fc.oneof({ weight: 3, arbitrary: this.#value(schema) }, ...example === undefined ? [] : [{ weight: 2, arbitrary: fc.constant(example) }])
      const text = fc.oneof(
        { weight: 6, arbitrary: right.map(value => JSON.stringify(value)) },
        { weight: 2, arbitrary: fc.tuple(right, fc.nat(200)).map(([value, end]) => JSON.stringify(value).slice(0, end)) },
        { weight: 1, arbitrary: fc.json({ maxDepth: 3 }) }, { weight: 1, arbitrary: odd })
      return text.map(text => ({ type, text }))
    })
    return fc.oneof(...bodies)
  }

  /** @param depth of objects and lists around it */
  #value (schema: JsonSchema, depth = 0): Arbitrary<unknown> {
    if (schema.$ref !== undefined) return this.#value(this.#document.components.schemas[schema.$ref.split('/').at(-1)!]!, depth)
    if (schema.const !== undefined) return fc.constant(schema.const)
    if (schema.enum) return fc.constantFrom(...schema.enum)
    if (schema.anyOf && schema.type === undefined) return fc.oneof(...schema.anyOf.map(one => this.#value(one, depth)))
    const types = [schema.type ?? []].flat()
    return types.length === 0 ? fc.jsonValue({ maxDepth: 2 }) : fc.oneof(...types.map(type => this.#ofType(type, schema, depth)))
  }

  #ofType (type: string, schema: JsonSchema, depth: number): Arbitrary<unknown> {
    const { minimum = -1e9, maximum = 1e9, exclusiveMinimum, minLength = 0, maxLength = MANY, minItems = 0, maxItems = LONGEST, properties = {}, required = [], items = {} } = schema
    const least = exclusiveMinimum === undefined ? minimum : exclusiveMinimum + 1e-9
    switch (type) {
      case 'null': return fc.constant(null)
      case 'boolean': return fc.boolean()
      case 'integer': return fc.oneof(fc.maxSafeInteger(), fc.integer({ min: 0, max: 100 })).map(value => Math.min(Math.max(value, Math.ceil(least)), maximum))
      case 'number': return fc.double({ min: least, max: maximum, noNaN: true })
      case 'array': return fc.array(this.#value(items, depth + 1), { minLength: minItems, maxLength: Math.min(maxItems, minItems + LONGEST) })
      case 'object': return fc.record(Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, this.#known[name] ? this.#parameter(name, one) : this.#value(one, depth + 1)])), { requiredKeys: required })
      default: return this.#text(schema, minLength, maxLength)
    }
  }

  #text ({ format, pattern }: JsonSchema, minLength: number, maxLength: number): Arbitrary<string> {
    if (format === 'date-time') return fc.date({ min: new Date(0), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true }).map(date => date.toISOString())
    if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern), { maxLength: 64 })
    return fc.string({ minLength, maxLength: Math.min(maxLength, minLength + MANY) })
  }
}
