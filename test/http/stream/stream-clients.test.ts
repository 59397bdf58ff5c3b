import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type AddressInfo, type Socket } from 'node:net'
import test, { type TestContext } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { ApiOptions } from '../../../src/http/api.ts'
import { alertFor, point } from '../../pipeline.ts'
import { openService, type Service } from '../service.ts'

/** Descriptors that the process may open, as Linux says; Infinity where it does not. */
function mostDescriptors (): number {
  try {
    return Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? Infinity)
  } catch {
    return Infinity
  }
}

interface Client {
  socket: Socket
  /** Ids of the events so far, in order. */
  ids: number[]
  /** Resolves when an id has come. */
  reached (id: number): Promise<void>
}

/** A client that keeps nothing but ids. HTTP/1.0: the events come without chunks around them. */
function client (port: number): Client {
  const socket = connect(port, '127.0.0.1')
  const ids: number[] = []
  let rest = ''
  let waiting: { id: number, resolve: () => void, reject: (error: Error) => void } | undefined
  socket.write('GET /v1/stream HTTP/1.0\r\nHost: localhost\r\n\r\n')
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    lines.forEach((line, k) => { if (lines[k - 1] === 'event: classification' || (k === 0 && line.startsWith('id: '))) ids.push(Number(line.slice(4))) })
    if (waiting && ids.at(-1)! >= waiting.id) waiting.resolve()
  })
  socket.on('error', error => waiting?.reject(error)).on('close', () => waiting?.reject(new Error(`cut off after ${ids.length} events`)))
  return {
    socket,
    ids,
    reached: id => new Promise((resolve, reject) => {
      waiting = { id, resolve, reject }
      if (ids.at(-1)! >= id) resolve()
    })
  }
}

async function listen (t: TestContext, options: Partial<ApiOptions> = {}): Promise<Service & { port: number, night: (objects: number, n: number) => Promise<void> }> {
  const service = await openService(t, options)
  await service.app.listen({ port: 0, host: '127.0.0.1', backlog: 4096 })
  return {
    ...service,
    port: (service.app.server.address() as AddressInfo).port,
    async night (objects, n) {
      await service.pipeline.processor.process(Array.from({ length: objects }, (_, k) => ({ alert: alertFor(`object-${k}`, [point({ midpointMjdTai: 60000 + n })]), origin: 'test' })))
    }
  }
}

const upTo = (id: number): number[] => Array.from({ length: id }, (_, k) => k + 1)

test('2,000 clients each receive every event, once and in order', async t => {
  const CLIENTS = 2000
  if (mostDescriptors() < 2 * CLIENTS + 100) {
    t.skip(`the process may open ${mostDescriptors()} files, ${2 * CLIENTS + 100} are needed: ulimit -n`)
    return
  }
  const { port, night } = await listen(t, { mostStreams: { address: CLIENTS, all: CLIENTS } })
  const clients = Array.from({ length: CLIENTS }, () => client(port))
  t.after(() => { for (const { socket } of clients) socket.destroy() })
  await Promise.all(clients.map(({ socket }) => once(socket, 'data')))
  const [OBJECTS, NIGHTS] = [10, 5]
  const began = performance.now()
  for (let n = 0; n < NIGHTS; n++) await night(OBJECTS, n)
  await Promise.all(clients.map(one => one.reached(OBJECTS * NIGHTS)))
  t.diagnostic(`${CLIENTS} clients had ${OBJECTS * NIGHTS} events each after ${(performance.now() - began).toFixed(0)} ms`)
  for (const { ids } of clients) assert.deepEqual(ids, upTo(OBJECTS * NIGHTS))
})

test('a client that does not read is cut off, and the others get every event', async t => {
  const { app, port, night } = await listen(t, { heartbeatMs: 2000 })
  const clients = Array.from({ length: 5 }, () => client(port))
  await Promise.all(clients.map(({ socket }) => once(socket, 'data')))
  const accepted = once(app.server, 'connection') as Promise<[Socket]>
  const deaf = connect(port, '127.0.0.1').on('error', () => {})
  t.after(() => { for (const { socket } of [...clients, { socket: deaf }]) socket.destroy() })
  deaf.write('GET /v1/stream HTTP/1.0\r\nHost: localhost\r\n\r\n')
  const cutOff = once((await accepted)[0], 'close')
  await once(deaf, 'data')
  deaf.pause()
  // The system itself takes some 4 MB for a client.
  const [OBJECTS, NIGHTS] = [1000, 16]
  for (let n = 0; n < NIGHTS; n++) {
    await night(OBJECTS, n)
    await turn()
  }
  await Promise.all(clients.map(one => one.reached(OBJECTS * NIGHTS)))
  for (const { ids } of clients) assert.deepEqual(ids, upTo(OBJECTS * NIGHTS))
  await cutOff
  const { body } = await app.inject('/metrics')
  assert.match(body, /^candela_stream_clients_cut_off_total 1$/m)
  assert.match(body, /^candela_stream_clients 5$/m)
  await night(1, NIGHTS)
  for (const one of clients) await one.reached(OBJECTS * NIGHTS + 1)
})
