/** The dashboard at /: its page and style as they are in src/web, its script as built into dist/web. */
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyPluginAsync } from 'fastify'

const ofPackage = (folder: string): string => fileURLToPath(new URL(`../../${folder}`, import.meta.url))

/** Nothing inline, nothing from elsewhere. */
const CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

export const dashboard: FastifyPluginAsync = async app => {
  const page = ofPackage('src/web')
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({ 'content-security-policy': CONTENT_SECURITY_POLICY, 'referrer-policy': 'no-referrer' })
  })
  await app.register(fastifyStatic, {
    root: [page, ofPackage('dist/web')],
    prefix: '/web/',
    allowedPath: path => /^\/?[a-z-]+\.(html|css|js|svg)$/.test(path),
    schemaHide: true
  })
  app.get('/', { schema: { hide: true } }, (_request, reply) => reply.sendFile('index.html', page))
}
