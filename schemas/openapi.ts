/** The OpenAPI document of a service that has every route. */
import fastify from 'fastify'
import { openTokenFolder } from '../src/http/access/tokens.ts'
import { api } from '../src/http/api.ts'
import type { OpenApi } from './openapi-breaks.ts'

export const RELEASED = new URL('openapi-v1.json', import.meta.url)

const unused = (): never => { throw new Error('nothing is asked for but the document') }

export async function wholeDocument (): Promise<OpenApi> {
  const app = fastify()
  const part = {} as never
  await app.register(api, {
    version: '',
    access: { mode: 'writes', tokens: openTokenFolder(''), requestsPerMinute: { address: 0, token: 0 } },
    reader: { subscribe: () => () => {}, sequence: () => 0 } as never,
    deadLetters: part,
    replay: part,
    discard: part,
    archives: part,
    rebuild: part,
    replays: part,
    submit: unused,
    giveHost: unused,
    models: unused,
    ready: unused
  })
  try {
    return (await app.inject('/openapi.json')).json<OpenApi>()
  } finally {
    await app.close()
  }
}
