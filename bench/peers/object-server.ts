/**
 * Serves GET /v1/objects/{diaObjectId} of a data folder: Candela's whole API, or a bare Fastify route that sends bytes which
 * were made before, for bench/object-route.ts. As built, which is what runs. Prints its port and the ids.
 */
import fastify from 'fastify'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { openTokenFolder } from '../../dist/http/access/tokens.js'
import { api, serverOptions } from '../../dist/http/api.js'
import { openLmdbStore } from '../../dist/state/storage/store.js'

const [kind, folder] = process.argv.slice(2) as ['candela' | 'bare', string]
const store = openLmdbStore(folder)
const { reader, deadLetters } = store
const ids = [...store.objects.ids()]

const candela = fastify({ ...serverOptions })
// With tokens and rates, as a service has them; nobody sends so many requests a minute.
const access = { mode: 'writes', tokens: openTokenFolder(join(folder, 'tokens')), requestsPerMinute: { address: 1e9, token: 1e9 } } as const
await candela.register(api, { version: '0.0.0', reader, deadLetters, models: () => [], ready: () => ({ ready: true }), access })

const bodies = new Map<string, { bytes: Buffer, type: string }>()
for (const id of ids) {
  const { rawPayload: bytes, headers } = await candela.inject(`/v1/objects/${id}`)
  bodies.set(id, { bytes, type: String(headers['content-type']) })
}
const bare = fastify()
bare.get<{ Params: { id: string } }>('/v1/objects/:id', (request, reply) => {
  const { bytes, type } = bodies.get(request.params.id)!
  reply.header('content-type', type).send(bytes)
})

const app = kind === 'candela' ? candela : bare
await app.listen({ port: 0, host: '127.0.0.1' })
console.log(JSON.stringify({ port: (app.server.address() as AddressInfo).port, ids }))
