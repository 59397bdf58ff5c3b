/** A token endpoint (OAuth 2.0, client credentials) whose tokens Kafka's validator of unsecured tokens takes. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { text } from 'node:stream/consumers'

export interface TokenEndpoint {
  url: string
  /** What it was asked so far: bodies of requests. */
  asked: string[]
  /** Answers with this status from now on. */
  failWith (status: number | null): void
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

export async function tokenEndpoint (t: TestContext, clientId: string, secret: string): Promise<TokenEndpoint> {
  const asked: string[] = []
  let failure: number | null = null
  const server = createServer((request, response) => {
    text(request).then(body => {
      asked.push(body)
      const isKnown = request.headers.authorization === `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`).toString('base64')}`
      const now = Math.floor(Date.now() / 1000)
      const [status, answer] = failure !== null
        ? [failure, { error: 'temporarily_unavailable' }]
        : isKnown
          ? [200, { access_token: `${part({ alg: 'none' })}.${part({ sub: clientId, iat: now, exp: now + 600 })}.`, token_type: 'Bearer', expires_in: 600 }]
          : [401, { error: 'invalid_client', error_description: 'no such client' }]
      response.writeHead(status as number, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    }).catch(() => response.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, asked, failWith (status) { failure = status } }
}
