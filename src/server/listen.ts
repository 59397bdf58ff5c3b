/** The HTTP server, and the port that it listens on. */
import fastify, { LogController, type FastifyBaseLogger } from 'fastify'
import type { AddressInfo } from 'node:net'
import type { Settings } from '../config.ts'
import { CandelaError } from '../errors.ts'
import { serverOptions } from '../http/api.ts'

export const httpServer = (logger: FastifyBaseLogger) =>
  fastify({ ...serverOptions, loggerInstance: logger, forceCloseConnections: true, logController: new LogController({ disableRequestLogging: true }) })

/**
 * @returns the address for a browser on this machine
 * @throws CandelaError `port-unusable`
 */
export async function listen (http: { listen: (options: { host: string, port: number }) => Promise<string>, server: { address: () => AddressInfo | string | null } }, settings: Settings): Promise<string> {
  const { httpHost: host, httpPort: port } = settings
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
  return `http://${shown}:${address.port}`
}
