/** Tokens for SASL OAUTHBEARER by OAuth 2.0's client-credentials grant (RFC 6749, 4.4). */
import * as oauth from 'oauth4webapi'
import { CandelaError, fetchFailure } from '../../../errors.ts'

export interface TokenSettings {
  url: string
  clientId: string
  clientSecret: string
  /** Scopes with spaces between them; '' for the server's default. */
  scope: string
}

/** A token endpoint has this long to answer [ms]. */
const PATIENCE = 10_000
/** A token is not used in the last part of its life, so that it is valid when it arrives [ms]. */
const MARGIN = 30_000
/** Of a token that does not say how long it lives [s]. */
const LIFETIME = 300

/**
 * A token for each connection: one is used until shortly before it expires.
 * @throws CandelaError from the function: 'kafka-authentication' where the server refuses, 'kafka-token-unavailable' where a retry may help
 */
export function tokenProvider (settings: TokenSettings): () => Promise<{ value: string }> {
  let kept: { value: string, until: number } | undefined
  let asking: Promise<{ value: string }> | undefined
  async function ask (): Promise<{ value: string }> {
    const asked = Date.now()
    const { access_token: value, expires_in: lifetime = LIFETIME } = await askForToken(settings)
    kept = { value, until: asked + lifetime * 1000 - Math.min(MARGIN, lifetime * 500) }
    return { value }
  }
  return async () => {
    if (kept && Date.now() < kept.until) return { value: kept.value }
    return await (asking ??= ask().finally(() => { asking = undefined }))
  }
}

/**
 * HTTP's Basic scheme, in which RFC 6749 wants id and secret encoded as in a form. Not every server decodes them, so
 * only what must be encoded is: letters, digits and -_.~ stand for themselves, other than with the library's own.
 */
const basic = (secret: string): oauth.ClientAuth => (_server, { client_id: id }, _body, headers) => {
  headers.set('authorization', `Basic ${Buffer.from([id, secret].map(encodeURIComponent).join(':')).toString('base64')}`)
}

async function askForToken ({ url, clientId, clientSecret, scope }: TokenSettings): Promise<oauth.TokenEndpointResponse> {
  const server: oauth.AuthorizationServer = { issuer: new URL(url).origin, token_endpoint: url }
  const client: oauth.Client = { client_id: clientId }
  try {
    const response = await oauth.clientCredentialsGrantRequest(server, client, basic(clientSecret), scope === '' ? {} : { scope }, {
      // Whether the address is http is the operator's choice.
      [oauth.allowInsecureRequests]: true,
      signal: AbortSignal.timeout(PATIENCE)
    })
    if (response.status >= 500 || response.status === 429) throw unavailable(url, `it answered with status ${response.status}`)
    return await oauth.processClientCredentialsResponse(server, client, response)
  } catch (error) {
    if (error instanceof CandelaError) throw error
    if (error instanceof oauth.ResponseBodyError) throw refused(url, clientId, `${error.error}${error.error_description === undefined ? '' : `: ${error.error_description}`}`)
    if (error instanceof oauth.WWWAuthenticateChallengeError) throw refused(url, clientId, `status ${error.status}`)
    if (error instanceof oauth.OperationProcessingError) throw refused(url, clientId, `its answer holds no token: ${error.message}`)
    throw unavailable(url, fetchFailure(error))
  }
}

const refused = (url: string, clientId: string, why: string): CandelaError =>
  new CandelaError('kafka-authentication', `the token endpoint ${url} gives no token to client '${clientId}': ${why}`, {
    value: clientId, action: 'Check the token endpoint, the client id (the SASL user), its secret (the SASL password) and the scope.'
  })

const unavailable = (url: string, why: string): CandelaError =>
  new CandelaError('kafka-token-unavailable', `the token endpoint ${url} cannot be used: ${why}`, {
    value: url, canRetry: true, action: 'Check that it runs, and that its address can be reached from here.'
  })
