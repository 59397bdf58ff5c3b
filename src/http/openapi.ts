/** /openapi.json and /docs, from the same schemas that validate. */
import swagger, { type SwaggerTransformObject } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { badRequest, bodyTooLarge, forbidden, tooManyRequests, unauthorised, unsupportedMediaType } from './problems/problems.ts'

/** The page has inline styles; everything else comes from this service. */
const CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** zod writes each named schema once as input and once as output; keeps those that a route refers to. */
const namedSchemas: SwaggerTransformObject = document => {
  const written = jsonSchemaTransformObject(document)
  const schemas = 'components' in written ? written.components?.schemas ?? {} : {}
  for (;;) {
    const text = JSON.stringify(written)
    const unused = Object.keys(schemas).filter(name => !text.includes(`"#/components/schemas/${name}"`))
    if (unused.length === 0) return written
    for (const name of unused) delete schemas[name]
  }
}

/** Later versions may add fields to answers, so the document must not forbid them. */
function open (schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return
  if ('additionalProperties' in schema && schema.additionalProperties === false) delete schema.additionalProperties
  for (const part of Object.values(schema)) open(part)
}

/** Turns `example` into JSON Schema's `examples`, which zod drops from a parsed parameter. */
function exemplify (parameters: readonly object[] = []): void {
  for (const parameter of parameters) {
    if (!('schema' in parameter)) continue
    const schema = parameter.schema as { example?: unknown, examples?: unknown[] }
    if (schema.example === undefined) continue
    schema.examples = [schema.example]
    delete schema.example
  }
}

/** Opens everything that answers consist of; bodies of requests are not among the named schemas. */
const growing: SwaggerTransformObject = given => {
  const document = namedSchemas(given)
  if (!('components' in document)) return document
  open(document.components?.schemas)
  for (const path of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(path ?? {})) {
      if (typeof operation !== 'object' || !('responses' in operation)) continue
      open(operation.responses)
      exemplify(operation.parameters)
    }
  }
  return document
}

/** Adds the problems of reading a body to a route: its JSON and its codings have limits. */
const withBody: typeof jsonSchemaTransform = input => {
  const { schema } = input
  if (schema.hide || schema.body === undefined) return jsonSchemaTransform(input)
  return jsonSchemaTransform({ ...input, schema: { ...schema, response: { ...badRequest, ...bodyTooLarge, ...unsupportedMediaType, ...schema.response as object } } })
}

/** Adds the problems of the access rules to a route, and the token where the route changes something. */
const underAccess: typeof jsonSchemaTransform = input => {
  const { schema, route } = input
  if (schema.hide || route.url.startsWith('/health/')) return withBody(input)
  const reads = [route.method].flat().every(method => ['GET', 'HEAD'].includes(method)) || route.config?.scope === 'read'
  return withBody({
    ...input,
    schema: {
      ...schema,
      security: [...reads ? [{}] : [], { token: [] }],
      response: { ...schema.response as object, ...unauthorised, ...tooManyRequests, ...!reads && forbidden }
    }
  })
}

/**
 * Collects the routes that are registered afterwards; called with the plugin instance itself, as its hook belongs to that scope.
 * @param limited whether there are tokens and rates
 */
export async function openapi (app: FastifyInstance, limited: boolean): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Candela',
        version: '1',
        description: 'P(Ia) of every object in a survey\'s alert stream. Errors are RFC 9457 application/problem+json with a stable `type`. Ids are strings.'
      },
      ...limited && { components: { securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'An API token, made by candela tokens create' } } } },
      tags: [
        { name: 'objects', description: 'What is known of the objects on the sky' },
        { name: 'stream', description: 'Classifications as they happen' },
        { name: 'models', description: 'What classifies' },
        { name: 'dead letters', description: 'Alerts that could not be used, and how to put them through again' },
        { name: 'operation', description: 'Whether all is well' }
      ]
    },
    transform: limited ? underAccess : withBody,
    transformObject: growing
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: CONTENT_SECURITY_POLICY,
    uiConfig: { validatorUrl: null }
  })
}
