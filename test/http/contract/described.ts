/** Answers against the OpenAPI document of the app that gave them, by ajv: a reader of JSON Schema that has nothing of zod, which wrote it. */
import assert from 'node:assert/strict'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'

export interface DescribedOperation {
  parameters?: unknown[]
  requestBody?: unknown
  responses: Record<string, { description: string, content?: Record<string, { schema: object }> }>
}

export interface ApiDocument {
  paths: Record<string, Record<string, DescribedOperation>>
  components: { schemas: Record<string, object> }
}

/** Fields that are described and no others: the document leaves room for what comes later. */
function closed (schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema
  if (Array.isArray(schema)) return schema.map(closed)
  const inner = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, closed(part)]))
  return 'properties' in inner && !('additionalProperties' in inner) ? { ...inner, additionalProperties: false } : inner
}

/** By the text of the document: apps of one process mostly have the same, and its validators take longer than most tests. */
const known = new Map<string, DescribedApi>()

export class DescribedApi {
  readonly document: ApiDocument
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true })
  readonly #validators = new Map<object, ValidateFunction>()

  private constructor (document: ApiDocument) {
    this.document = document
    addFormats.default(this.#ajv)
    this.#ajv.addSchema({ $id: 'api', components: closed(document.components) as object })
  }

  static async of (app: FastifyInstance): Promise<DescribedApi> {
    const text = (await app.inject('/openapi.json')).body
    const described = known.get(text) ?? new DescribedApi(JSON.parse(text) as ApiDocument)
    known.set(text, described)
    return described
  }

  /** `GET /v1/objects`, for each. */
  operations (): Map<string, DescribedOperation> {
    return new Map(Object.entries(this.document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const)))
  }

  #templateOf (path: string): string {
    const { paths } = this.document
    if (path in paths) return path
    const template = Object.keys(paths).find(template => new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path))
    assert.ok(template, `${path} is in the OpenAPI document`)
    return template
  }

  #validator (schema: object): ValidateFunction {
    let validator = this.#validators.get(schema)
    if (!validator) {
      validator = this.#ajv.compile(JSON.parse(JSON.stringify(closed(schema)).replaceAll('"#/components/', '"api#/components/')) as object)
      this.#validators.set(schema, validator)
    }
    return validator
  }

  /** The answer must be one that the document describes. */
  check (response: LightMyRequestResponse, method: string, url: string): void {
    const template = this.#templateOf(url.split('?', 1)[0]!)
    const status = response.statusCode
    const described = this.document.paths[template]![method === 'HEAD' ? 'get' : method.toLowerCase()]?.responses[status]
    const what = `${method} ${template} ${status}`
    assert.ok(described, `${what} is described`)
    const mediaType = String(response.headers['content-type'] ?? '').split(';', 1)[0]!
    if (!described.content) {
      assert.deepEqual([response.body, mediaType], ['', ''], `${what}: nothing is sent`)
      return
    }
    const schema = described.content[mediaType]?.schema
    assert.ok(schema, `${what} is described as ${mediaType}`)
    if (method === 'HEAD' || !/[/+]json$/.test(mediaType)) return
    const validate = this.#validator(schema)
    assert.ok(validate(response.json()), `${what}: ${this.#ajv.errorsText(validate.errors)} in ${response.body.slice(0, 2000)}`)
    if (status >= 400) assert.equal(response.json<{ status: number }>().status, status, what)
  }
}
