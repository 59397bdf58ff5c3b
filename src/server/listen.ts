/** The HTTP server, and the port that it listens on. */
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isIP, type AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Settings } from '../config.ts'
import { CandelaError, UsageError, messageOf } from '../errors.ts'
import type { AccessOptions } from '../http/access/access.ts'
import { openTokenFolder } from '../http/access/tokens.ts'
import { answerUnrouted, serverOptions } from '../http/api.ts'

/** How long a client may take for the head of a request, and for all of it [ms]; without a Host it gets the API's own answer. */
const REQUESTS = { headersTimeout: 10_000, requestTimeout: 120_000, connectionsCheckingInterval: 2000, requireHostHeader: false }

/**
 * HTTP, or HTTPS where a certificate is set.
 * @throws UsageError where the certificate or its key cannot be used
 */
export function httpServer (settings: Settings, logger: FastifyBaseLogger) {
  const options = {
    ...serverOptions,
    loggerInstance: logger,
    forceCloseConnections: true,
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: REQUESTS.requestTimeout,
    ...settings.httpProxies !== '' && { trustProxy: settings.httpProxies }
  }
  const tls = tlsOf(settings)
  try {
    // The routes see no difference between the two.
    const app = tls ? fastify({ ...options, https: { ...tls, ...REQUESTS } }) as unknown as FastifyInstance : fastify({ ...options, http: REQUESTS }) as unknown as FastifyInstance
    answerUnrouted(app.server)
    return app
  } catch (cause) {
    throw new UsageError(`the HTTP server cannot be set up: ${messageOf(cause)}`, { cause, action: 'Check --http-tls-cert, --http-tls-key and --http-proxies.' })
  }
}

function tlsOf ({ httpTlsCert, httpTlsKey }: Settings): { cert: Buffer, key: Buffer } | null {
  if (httpTlsCert === '' && httpTlsKey === '') return null
  if (httpTlsCert === '' || httpTlsKey === '') throw new UsageError(`--http-tls-${httpTlsCert === '' ? 'cert' : 'key'} is missing`, { action: 'Give the certificate and its key, or neither.' })
  const read = (path: string): Buffer => {
    try {
      return readFileSync(path)
    } catch (cause) {
      throw new UsageError(`${path} cannot be read: ${messageOf(cause)}`, { cause, value: path })
    }
  }
  return { cert: read(httpTlsCert), key: read(httpTlsKey) }
}

/** DNS names that a certificate is for. */
function namesOf (certificate: Buffer): string[] {
  const { subjectAltName = '' } = new X509Certificate(certificate)
  return [...subjectAltName.matchAll(/DNS:([\w.*-]+)/g)].map(match => match[1]!)
}

/** Names under which a process answers: those of --http-hosts, the machine's, and those that other settings name. */
export function hostsOf ({ httpHosts, httpHost, httpTlsCert, publicUrl }: Settings): string[] {
  return [
    ...httpHosts,
    hostname(),
    ...isIP(httpHost) > 0 ? [] : [httpHost],
    ...publicUrl === '' ? [] : [new URL(publicUrl).hostname],
    ...httpTlsCert === '' ? [] : namesOf(readFileSync(httpTlsCert))
  ]
}

/** Tokens and rates of a process. */
export const accessOf = ({ auth: mode, tokenDir, dataDir, addressRate: address, tokenRate: token }: Settings): AccessOptions =>
  ({ mode, tokens: openTokenFolder(tokenDir === '' ? join(dataDir, 'tokens') : tokenDir), requestsPerMinute: { address, token } })

/**
 * @returns the address for a browser on this machine
 * @throws CandelaError `port-unusable`
 */
export async function listen (http: { listen: (options: { host: string, port: number }) => Promise<string>, server: { address: () => AddressInfo | string | null } }, settings: Settings): Promise<string> {
  const { httpHost: host, httpPort: port, httpTlsCert } = settings
  try {
    await http.listen({ host, port })
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    const reason = code === 'EADDRINUSE' ? 'is taken by another process' : code === 'EACCES' ? 'needs more rights' : `cannot be opened (${code ?? String(cause)})`
    throw new CandelaError('port-unusable', `port ${port} on ${host} ${reason}`, {
      cause, value: port, canRetry: true, action: 'Choose another one with --http-port or CANDELA_HTTP_PORT, or stop the other process.'
    })
  }
  const address = http.server.address() as AddressInfo
  const shown = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host) ? 'localhost' : host
  return `${httpTlsCert === '' ? 'http' : 'https'}://${shown}:${address.port}`
}
