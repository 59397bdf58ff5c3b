/** A registry that misbehaves as told, for what a real one cannot be brought to do; it counts what it is asked. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export interface Answer { status?: number, body?: unknown, text?: string }
type Answering = (asked: { path: string, request: IncomingMessage, response: ServerResponse }) => Answer | 'silence'

export interface RegistryServer {
  url: string
  /** Paths asked for so far. */
  asked: string[]
  answer: Answering
  stop (): Promise<void>
}

export const NOT_FOUND: Answer = { status: 404, body: { error_code: 40403, message: 'Schema not found' } }
export const schemaAnswer = (schema: object, more: object = {}): Answer => ({ body: { schema: JSON.stringify(schema), ...more } })

export async function registryServer (t: TestContext, answer: Answering, port = 0): Promise<RegistryServer> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url!)
    const given = registry.answer({ path: request.url!, request, response })
    if (given === 'silence') return
    response.writeHead(given.status ?? 200, { 'content-type': 'application/json' }).end(given.text ?? JSON.stringify(given.body))
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  const stop = async (): Promise<void> => {
    if (!server.listening) return
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  t.after(stop)
  const registry: RegistryServer = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, answer, stop }
  return registry
}
