/** Conditional requests (RFC 9110, sec. 13): each answer has an ETag, and an unchanged answer is not sent again. */
import { hash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { validatorCompiler } from 'fastify-type-provider-zod'
import fresh from 'fresh'
import { z } from 'zod'

/** Made from the content before it is compressed. The same content in two encodings has the same ETag, so the ETag is weak. */
export const etagOf = (content: string): string => `W/"${hash('sha1', content, 'base64url')}"`

/**
 * Adds its hooks to the instance itself, for the routes that are registered afterwards: caches keep their answers, and ask
 * each time whether an answer still holds. A route that knows its ETag sets it.
 */
export function conditionalRequests (app: FastifyInstance): void {
  // Any If-None-Match is valid. A validator would make hooks copy the headers at each look.
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

/** The header and the 304 of such a route, for its schema. */
export const conditionalHeaders = z.looseObject({ 'if-none-match': z.string().optional().describe('ETag of an earlier answer') })
export const notModified = { 304: z.null().describe('The answer is still the one with that ETag') }
