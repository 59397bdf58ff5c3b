import assert from 'node:assert/strict'
import test, { before, type TestContext } from 'node:test'
import fastify from 'fastify'
import type { FrameLocator } from 'playwright-core'
import type { ApiOptions } from '../../src/http/api.ts'
import { openService, type Service } from '../http/service.ts'
import { needs } from '../parts.ts'
import { buildDashboard, openPage, originsOf, type WatchedPage } from './browser.ts'
import { observeSupernova, SUPERNOVA } from './supernova.ts'

before(buildDashboard)

const PLOT = `/embed/objects/${SUPERNOVA}`

/** A page of another origin, with a frame that shows `path` of a Candela. */
async function framed (t: TestContext, path: string, options: (origin: string) => Partial<ApiOptions>): Promise<Service & WatchedPage & { frame: FrameLocator, address: string }> {
  const site = fastify()
  t.after(() => site.close())
  let shown = ''
  site.get('/', (_request, reply) => reply.type('text/html').send(`<!doctype html><title>A report</title><link rel="icon" href="data:,"><iframe src="${shown}" width="760" height="600"></iframe>`))
  const origin = await site.listen({ port: 0, host: '127.0.0.1' })
  const service = await openService(t, options(origin))
  await observeSupernova(service)
  const address = await service.app.listen({ port: 0, host: '127.0.0.1' })
  shown = `${address}${path}`
  const watched = await openPage(t)
  await watched.page.goto(origin)
  return { ...service, ...watched, frame: watched.page.frameLocator('iframe'), address }
}

test('a page that is named in the setting shows the plot in a frame, live', async t => {
  if (!needs(t, 'chromium')) return
  const { frame, page, pipeline, address, requests, complaints } = await framed(t, `${PLOT}?theme=dark`, origin => ({ frameAncestors: origin }))
  const newest = pipeline.store.reader.object(SUPERNOVA)!.classification!
  await frame.locator(`#state:text-is("P(Ia) ${newest.probabilityIa.toFixed(3)} after 7 epochs")`).waitFor()
  await frame.locator('#connection[data-state=live]').waitFor()
  assert.equal(await frame.locator('#object-link').getAttribute('href'), `${address}/objects/${SUPERNOVA}`)
  assert.equal(await frame.locator('html').evaluate(html => getComputedStyle(html).backgroundColor), 'rgb(18, 20, 26)')
  const { width } = (await frame.locator('#flux canvas').boundingBox())!
  assert.ok(width > 600, `the plot is ${width} px wide`)
  assert.deepEqual(originsOf(requests), [new URL(page.url()).origin, address])
  assert.deepEqual(complaints, [])
})

test('a plot of a moment of the past shows what stood then, and asks for no stream', async t => {
  if (!needs(t, 'chromium')) return
  const { frame, pipeline, requests } = await framed(t, `${PLOT}?asOf=2026-05-01T00:00:01Z`, origin => ({ frameAncestors: origin }))
  const [first] = pipeline.store.reader.classifications(SUPERNOVA)!
  await frame.locator(`#state:text-is("P(Ia) ${first!.probabilityIa.toFixed(3)} after 2 epochs, as of 2026-05-01 00:00:01 UTC")`).waitFor()
  assert.deepEqual(requests.filter(request => request.includes('/v1/stream')), [])
})

test('another page is refused where none is named, and no page but the plot can be framed', async t => {
  if (!needs(t, 'chromium')) return
  const refused: Array<[path: string, options: (origin: string) => Partial<ApiOptions>]> = [[PLOT, () => ({})], [`/objects/${SUPERNOVA}`, origin => ({ frameAncestors: origin })]]
  for (const [path, options] of refused) {
    const { page, complaints } = await framed(t, path, options)
    const [frame] = page.frames().slice(1)
    await frame!.waitForLoadState()
    assert.match(frame!.url(), /^chrome-error:/, path)
    assert.match(complaints.join(), /frame-ancestors/)
  }
})

test('every page forbids what is inline and what is elsewhere; the plot alone may be framed', async t => {
  const { app } = await openService(t, { frameAncestors: "'self' https://tom.example.org" })
  const policies: Record<string, string> = { '/': "'none'", '/overview': "'none'", [`/objects/${SUPERNOVA}`]: "'none'", '/web/api.js': "'none'", [PLOT]: "'self' https://tom.example.org" }
  for (const [url, frameAncestors] of Object.entries(policies)) {
    const { statusCode, headers } = await app.inject(url)
    assert.equal(statusCode, 200, url)
    assert.equal(headers['content-security-policy'], `default-src 'none';script-src 'self';worker-src 'self';style-src 'self';img-src 'self';connect-src 'self';base-uri 'none';form-action 'none';frame-ancestors ${frameAncestors}`)
    assert.equal(headers['x-frame-options'], url === PLOT ? undefined : 'DENY')
    assert.equal(headers['strict-transport-security'], undefined)
    assert.equal(headers['x-content-type-options'], 'nosniff')
  }
  for (const url of ['/web/candidates.ts', '/web/candidates/candidates.ts', '/web/api.js.map', '/web/tsconfig.json', '/web/../package.json']) assert.equal((await app.inject(url)).statusCode, 404, url)
})
