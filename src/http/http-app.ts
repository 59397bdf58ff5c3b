/** What every HTTP app of Candela has around its routes: validation, problems, headers, access, codings, the OpenAPI document. */
import compress from '@fastify/compress'
import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { Registry } from 'prom-client'
import { CandelaError } from '../errors.ts'
import { requireAccess, type AccessOptions } from './access/access.ts'
import { refuseOtherHosts } from './access/hosts.ts'
import { requestBodies } from './bodies/bodies.ts'
import { openapi } from './openapi.ts'
import { negotiateCodings, negotiateForms } from './negotiation.ts'
import { METHODS, sendProblem, sendRouteNotFound } from './problems/problems.ts'
import { measureRequests } from './operation/request-durations.ts'

/** Remembers the methods of each path that is registered from now on. */
function collectMethods (app: FastifyInstance): Map<string, Set<string>> {
  const methods = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? new Set()
    methods.set(url, known)
    for (const name of [method].flat()) known.add(name)
  })
  return methods
}

/** Answers an incomplete preflight with a problem; otherwise the CORS plugin would answer with plain text. */
function refuseHalfPreflights (app: FastifyInstance): void {
  app.addHook('onRequest', ({ method, headers: { origin, 'access-control-request-method': wanted } }, _reply, done) => {
    if (method !== 'OPTIONS' || (origin === undefined) === (wanted === undefined)) return done()
    done(new CandelaError('bad-request', `The preflight has no ${origin === undefined ? 'Origin' : 'Access-Control-Request-Method'}.`, { action: 'Send both, or neither to ask which methods a path takes.' }))
  })
}

/** Answers every other method of a known path with 405 and the allowed methods, before a body is read; OPTIONS with 204. */
function answerOtherMethods (app: FastifyInstance, methods: Map<string, Set<string>>): void {
  for (const [url, known] of [...methods]) {
    const others = METHODS.filter(method => !known.has(method))
    if (others.length === 0) continue
    const allow = [...known].sort().join(', ')
    app.route({
      url,
      method: others,
      schema: { hide: true },
      config: { scope: 'read' },
      onRequest: async (request, reply) => {
        reply.header('allow', allow)
        if (request.method === 'OPTIONS') return reply.code(204).send()
        throw new CandelaError('method-not-allowed', `${request.method} is not allowed here.`, { action: `Allowed: ${allow}.` })
      },
      handler: sendRouteNotFound
    })
  }
}

export interface HttpAppOptions {
  /** Tokens and rates; without them every request is allowed, at any rate. */
  access?: AccessOptions | undefined
  /** Names under which the service may be asked, beside addresses and localhost: `example.org`, `*.example.org`, or `*` for all. */
  hosts?: readonly string[] | undefined
  /** Origins whose pages may read answers, or `*` for all; none by default. */
  corsOrigins?: '*' | readonly string[] | undefined
}

/** What a page of an allowed origin may use. Calls that change something refuse other sites nevertheless, see other-sites.ts. */
const FOR_PAGES = { strictPreflight: false, methods: ['GET', 'HEAD', 'POST'], exposedHeaders: ['ETag', 'Link', 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset', 'Retry-After'], maxAge: 600 }

/** Media types worth compressing: texts, without event streams. */
const COMPRESSED = /^(application\/((problem|schema)\+)?json|application\/x-votable\+xml|text\/(?!event-stream)|image\/svg)/

/**
 * Registers routes and everything around them. Call it with the plugin instance itself: the hooks belong to that scope.
 * @param routes registers the routes; its argument is the registry of the metrics of HTTP
 */
export async function httpApp (app: FastifyInstance, { access, hosts = [], corsOrigins = [] }: HttpAppOptions, routes: (measured: Registry) => Promise<void>): Promise<void> {
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(sendProblem)
  app.setNotFoundHandler(sendRouteNotFound)
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff')
    done()
  })
  app.addHook('onRequest', refuseOtherHosts(hosts))
  const measured = new Registry()
  measureRequests(app, measured)
  // Before access: a browser sends no token with a preflight.
  refuseHalfPreflights(app)
  if (corsOrigins.length > 0) await app.register(cors, { ...FOR_PAGES, origin: corsOrigins === '*' ? '*' : [...corsOrigins] })
  negotiateCodings(app)
  await app.register(compress, { customTypes: COMPRESSED, globalDecompression: false })
  if (access) await requireAccess(app, access)
  requestBodies(app)
  await openapi(app, access !== undefined)
  const methods = collectMethods(app)
  await routes(measured)
  answerOtherMethods(app, methods)
}

/** Registers routes under /v1; no cache keeps their answers. */
export async function underV1 (app: FastifyInstance, routes: (v1: FastifyInstance) => Promise<void>): Promise<void> {
  await app.register(async v1 => {
    v1.addHook('onRequest', (_request, reply, done) => {
      reply.header('cache-control', 'no-store')
      done()
    })
    negotiateForms(v1)
    await routes(v1)
  }, { prefix: '/v1' })
}
