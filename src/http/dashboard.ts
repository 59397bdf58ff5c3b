/** The dashboard: its pages and styles as they are in src/web, their scripts as built into dist/web, its plots' library. */
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import helmet from '@fastify/helmet'
import fastifyStatic from '@fastify/static'
import type { FastifyPluginAsync } from 'fastify'

const ofPackage = (folder: string): string => fileURLToPath(new URL(`../../${folder}`, import.meta.url))

/** Nothing inline, nothing from elsewhere. */
const contentSecurityPolicy = (frameAncestors: string) => ({
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    workerSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: frameAncestors.split(' ')
  }
})

/** The pages do not decide whether a whole host is HTTPS. */
const FOR_ALL = { referrerPolicy: { policy: 'no-referrer' }, strictTransportSecurity: false } as const

const PAGES = {
  '/': 'candidates/candidates.html',
  '/objects/:diaObjectId': 'object/object.html',
  '/overview': 'overview/overview.html'
}

/** Files of uPlot by the names under which they are served. */
const LIBRARY = { 'uplot.js': 'uPlot.esm.js', 'uplot.css': 'uPlot.min.css' }

export interface DashboardOptions {
  /** Pages that may show /embed/objects/{diaObjectId} in a frame, as a CSP's source list; those of the same origin where not given. */
  frameAncestors?: string | undefined
}

export const dashboard: FastifyPluginAsync<DashboardOptions> = async (app, { frameAncestors = "'self'" }) => {
  const root = ofPackage('src/web')
  const library = dirname(createRequire(import.meta.url).resolve('uplot'))
  await app.register(helmet, { ...FOR_ALL, contentSecurityPolicy: contentSecurityPolicy("'none'"), xFrameOptions: { action: 'deny' } })
  await app.register(fastifyStatic, {
    root: [root, ofPackage('dist/web')],
    prefix: '/web/',
    allowedPath: (path, from) => from === library || /^\/?([a-z-]+\/)?[a-z-]+\.(html|css|js|svg)$/.test(path),
    schemaHide: true
  })
  const schema = { hide: true }
  for (const [name, file] of Object.entries(LIBRARY)) app.get(`/web/${name}`, { schema }, (_request, reply) => reply.sendFile(file, library))
  for (const [path, file] of Object.entries(PAGES)) app.get(path, { schema }, (_request, reply) => reply.sendFile(file, root))
  // X-Frame-Options has no list of origins.
  const embedded = { ...FOR_ALL, contentSecurityPolicy: contentSecurityPolicy(frameAncestors), xFrameOptions: false, crossOriginResourcePolicy: { policy: 'cross-origin' }, crossOriginOpenerPolicy: false } as const
  app.get('/embed/objects/:diaObjectId', { schema, helmet: embedded }, (_request, reply) => reply.sendFile('object/embed.html', root))
}
