/** Live streams are bounded by address and in all; one that closes makes room for another. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import test, { type TestContext } from 'node:test'
import fastify from 'fastify'
import { api, serverOptions } from '../../../src/http/api.ts'
import { openPipeline } from '../../pipeline.ts'
import { apiOver } from '../../http/service.ts'

interface Answer { status: number, type?: string, retryAfter?: string, close: () => Promise<void> }

/** A service behind a proxy on this machine, which says whom it speaks for. */
async function listening (t: TestContext, mostStreams: { address: number, all: number }): Promise<(address: string) => Promise<Answer>> {
  const app = fastify({ ...serverOptions, trustProxy: '127.0.0.1', forceCloseConnections: true })
  await app.register(api, { ...apiOver(await openPipeline(t)), mostStreams })
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.after(() => app.close())
  const { port } = app.server.address() as AddressInfo
  return async address => {
    const request = get({ port, path: '/v1/stream', headers: { 'x-forwarded-for': address } })
    request.on('error', () => {})
    const [response] = await once(request, 'response') as [IncomingMessage]
    const [chunk] = await once(response, 'data') as [Buffer]
    const closed = new Promise<void>(resolve => response.on('error', () => {}).once('close', () => resolve()))
    const status = response.statusCode!
    return {
      status,
      ...status !== 200 && { type: (JSON.parse(String(chunk)) as { type: string }).type, retryAfter: response.headers['retry-after'] as string },
      async close () {
        request.destroy()
        await closed
      }
    }
  }
}
/** Asks until there is room: the server hears a little later that a client has gone. */
async function untilOpen (ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await ask()
    if (answer.status === 200) return answer
  }
}

test('an address may have so many, whoever else has some', async t => {
  const open = await listening(t, { address: 3, all: 0 })
  const streams = [await open('10.0.0.1'), await open('10.0.0.1'), await open('10.0.0.1')]
  assert.deepEqual(streams.map(({ status }) => status), [200, 200, 200])
  const { close: _, ...refused } = await open('10.0.0.1')
  assert.deepEqual(refused, { status: 429, type: '/problems/too-many-streams', retryAfter: '10' })
  assert.equal((await open('10.0.0.2')).status, 200)
  await streams[0]!.close()
  assert.equal((await untilOpen(() => open('10.0.0.1'))).status, 200)
  assert.equal((await open('10.0.0.1')).status, 429)
})

test('all together have so many', async t => {
  const open = await listening(t, { address: 3, all: 5 })
  const streams = await Promise.all(['10.0.0.1', '10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'].map(open))
  assert.ok(streams.every(({ status }) => status === 200))
  const { close: _, ...refused } = await open('10.0.0.5')
  assert.deepEqual(refused, { status: 503, type: '/problems/overloaded', retryAfter: '10' })
  await streams[2]!.close()
  assert.equal((await untilOpen(() => open('10.0.0.5'))).status, 200)
})
