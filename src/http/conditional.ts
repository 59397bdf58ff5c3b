/** Answers that a client can keep: each has an ETag, and is not sent again while it is the same (RFC 9110, sec. 13). */
import { hash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { validatorCompiler } from 'fastify-type-provider-zod'
import fresh from 'fresh'
import { z } from 'zod'

/** Of the content before it is compressed; the same content in two encodings is the same here, so it is a weak one. */
export const etagOf = (content: string): string => `W/"${hash('sha1', content, 'base64url')}"`

/**
 * Adds its hooks to the instance itself, for the routes that are registered afterwards: caches keep what they answer, and ask
 * each time whether it stands. A route that knows its ETag sets it.
 */
export function conditional (app: FastifyInstance): void {
  // Any If-None-Match is valid; headers that a validator has read are copied each time that a hook looks at them.
  app.setValidatorCompiler<z.ZodType>(part => part.httpPart === 'headers' ? () => true : validatorCompiler(part))
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-cache')
    done()
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode !== 200) {
      reply.header('cache-control', 'no-store')
      done()
      return
    }
    if (typeof payload !== 'string') {
      done()
      return
    }
    let etag = reply.getHeader('etag') as string | undefined
    if (etag === undefined) reply.header('etag', etag = etagOf(payload))
    if (!fresh(request.raw.headers, { etag })) {
      done()
      return
    }
    reply.code(304).removeHeader('content-type').removeHeader('content-disposition')
    done(null, '')
  })
}

/** The parameter and the answer of such a route, for its schema. */
export const conditionalHeaders = z.looseObject({ 'if-none-match': z.string().optional().describe('ETag of an earlier answer') })
export const notModified = { 304: z.null().describe('The answer is still the one with that ETag') }
