/** Access rules: API tokens with scopes, rates by token and address. */
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { AUTH_MODES } from '../../config.ts'
import { CandelaError } from '../../errors.ts'
import { allows, type Scope, type StoredToken, type TokenFolder } from './tokens.ts'

/** Which requests need a token. */
export type AuthMode = typeof AUTH_MODES[number]

export interface AccessOptions {
  mode: AuthMode
  tokens: Pick<TokenFolder, 'check'>
  /** Requests per minute of an address that brings no token, and of a token; 0 for any number. */
  requestsPerMinute: { address: number, token: number }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a token must allow for this route; where not given, read for GET and HEAD, admin for all others. */
    scope?: Scope
  }
  interface FastifyRequest {
    access: { token: StoredToken | null, refused: CandelaError | null }
  }
}

const REFUSED = {
  'token-invalid': 'The API token is not known here.',
  'token-expired': 'The API token has expired.',
  'token-revoked': 'The API token was revoked.'
}
const GET_ONE = 'Make one with candela tokens create; send it as Authorization: Bearer TOKEN, or give it to a command of candela as CANDELA_TOKEN.'

/** Browsers only know Basic; there the token is the password. */
function tokenOf (header: string): string {
  const [scheme = '', credentials = ''] = header.split(' ', 2)
  if (scheme.toLowerCase() === 'basic') {
    const text = Buffer.from(credentials, 'base64').toString('utf8')
    return text.slice(text.indexOf(':') + 1)
  }
  return scheme.toLowerCase() === 'bearer' ? credentials : ''
}

/** The route that answers, '' for none: a path can be written in several ways, such as /%761/objects. */
const routeOf = ({ routeOptions: { url = '' } }: FastifyRequest): string => url

/** Routes that read data; pages, health and reference hold none. */
const isRead = (request: FastifyRequest): boolean => routeOf(request).startsWith('/v1/') || routeOf(request) === '/metrics'

/** Adds its hooks to the instance itself, for the routes that are registered afterwards. */
export async function requireAccess (app: FastifyInstance, { mode, tokens, requestsPerMinute }: AccessOptions): Promise<void> {
  app.decorateRequest('access')

  app.addHook('onRequest', (request, _reply, done) => {
    const { authorization } = request.headers
    request.access = { token: null, refused: null }
    if (mode !== 'none' && authorization !== undefined) {
      const check = tokens.check(tokenOf(authorization))
      if ('token' in check) request.access.token = check.token
      else request.access.refused = new CandelaError(check.refused, REFUSED[check.refused], { action: GET_ONE })
    }
    done()
  })

  if (requestsPerMinute.address > 0 || requestsPerMinute.token > 0) {
    await app.register(rateLimit, {
      global: false,
      timeWindow: 60_000,
      max: request => (request.access.token ? requestsPerMinute.token : requestsPerMinute.address) || Number.MAX_SAFE_INTEGER,
      keyGenerator: request => request.access.token?.id ?? request.ip,
      allowList: request => routeOf(request).startsWith('/health/'),
      enableDraftSpec: true,
      errorResponseBuilder: (request, { max, ttl }) => new CandelaError('too-many-requests', `More than ${max} requests a minute ${request.access.token ? 'with this token' : `from ${request.ip}`}.`, {
        canRetry: true, action: `Ask again in ${Math.ceil(ttl / 1000)} s (Retry-After).`
      })
    })
    app.addHook('onRequest', app.rateLimit())
  }

  if (mode === 'none') return
  app.addHook('onRequest', (request, reply, done) => done(refusal(request, reply, mode)))
}

/** Why the request may not be made, with the challenge in the reply; undefined if it may. */
function refusal (request: FastifyRequest, reply: FastifyReply, mode: AuthMode): CandelaError | undefined {
  const { method, access: { token, refused } } = request
  if (refused) {
    challenge(reply, mode, refused.code)
    return refused
  }
  const scope = request.routeOptions.config.scope ?? (['GET', 'HEAD', 'OPTIONS'].includes(method) ? 'read' : 'admin')
  if (scope === 'read' && !(mode === 'all' && isRead(request))) return undefined
  if (!token) {
    challenge(reply, mode)
    return new CandelaError('token-missing', 'This needs an API token.', { action: GET_ONE })
  }
  if (allows(token.scope, scope)) return undefined
  return new CandelaError('scope-missing', `This needs a token with the scope ${scope}; ${token.name} has ${token.scope}.`, { value: token.scope, action: 'Use another token.' })
}

/** RFC 6750, sec. 3. */
function challenge (reply: FastifyReply, mode: AuthMode, error?: string): void {
  const bearer = `Bearer realm="candela"${error === undefined ? '' : `, error="invalid_token", error_description="${error}"`}`
  reply.header('www-authenticate', mode === 'all' ? [bearer, 'Basic realm="candela", charset="UTF-8"'] : bearer)
}
