/** A browser keeps about six connections to one host: pages of the dashboard must not use them up, however many are open. */
import assert from 'node:assert/strict'
import test, { before, type TestContext } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { openService, type Service } from '../../http/service.ts'
import { needs } from '../../parts.ts'
import { until } from '../../until.ts'
import { buildDashboard, openPage } from '../../web/browser.ts'

before(buildDashboard)

/** Browsers without shared workers, and without locks (pages of a host other than localhost, without TLS). */
const WITHOUT = {
  'a shared worker': () => {},
  'a leader': () => { Reflect.deleteProperty(globalThis, 'SharedWorker') }
}

interface Opened extends Service {
  address: string
  context: BrowserContext
}

async function open (t: TestContext, take: () => void = () => {}): Promise<Opened> {
  const service = await openService(t)
  for (const id of ['a', 'b', 'c']) await service.observe(id, 2)
  const { page } = await openPage(t)
  await page.context().addInitScript(take)
  return { ...service, address: await service.app.listen({ port: 0, host: '127.0.0.1' }), context: page.context() }
}

async function show (context: BrowserContext, address: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(address, { waitUntil: 'domcontentloaded', timeout: 10_000 })
  return page
}

const isLive = (page: Page): Promise<void> => page.locator('#connection[data-state=live]').waitFor({ timeout: 10_000 })

async function streams ({ app }: Service): Promise<number> {
  return Number(/^candela_stream_clients (\d+)$/m.exec((await app.inject('/metrics')).body)?.[1])
}

const inTable = (page: Page, id: string): Promise<void> => page.locator(`#candidates a:text-is("${id}")`).waitFor({ timeout: 10_000 })
const hasEpochs = (page: Page, epochs: number): Promise<void> => page.locator(`#rests:has-text("after ${epochs} epochs")`).waitFor({ timeout: 10_000 })

/** What a browser does with a page that goes into the background, or comes back. */
const see = (page: Page, state: 'visible' | 'hidden'): Promise<void> => page.evaluate(state => {
  Object.defineProperty(document, 'visibilityState', { configurable: true, value: state })
  document.dispatchEvent(new Event('visibilitychange'))
}, state)

for (const [way, take] of Object.entries(WITHOUT)) {
  test(`ten pages through ${way}: all load, are live with one connection, and stay so as pages close`, async t => {
    if (!needs(t, 'chromium')) return
    const service = await open(t, take)
    const { address, context, observe } = service
    const pages: Page[] = []
    for (const path of ['/objects/a', '/', '/objects/b', '/objects/a', '/?minEpochs=2', '/embed/objects/a', '/objects/c', '/', '/objects/b', '/objects/a']) pages.push(await show(context, address + path))
    await Promise.all(pages.map(isLive))
    assert.equal(await pages[0]!.evaluate(async () => (await fetch('/v1/objects?limit=1', { signal: AbortSignal.timeout(5000) })).status), 200)
    assert.equal(await streams(service), 1)

    await observe('a', 1, { firstNight: 2 })
    await observe('new', 2)
    await Promise.all([hasEpochs(pages[0]!, 3), hasEpochs(pages[3]!, 3), hasEpochs(pages[9]!, 3), pages[5]!.locator('#state:has-text("after 3 epochs")').waitFor(), inTable(pages[1]!, 'new'), inTable(pages[4]!, 'new'), inTable(pages[7]!, 'new')])

    // The first page leads, where one does.
    for (const page of pages.splice(0, 5)) await page.close()
    await until('the others are live', async () => await streams(service) === 1)
    await observe('b', 1, { firstNight: 2 })
    await observe('newer', 2)
    const [embed, , list, b] = pages
    await Promise.all([hasEpochs(b!, 3), inTable(list!, 'newer'), isLive(embed!)])
    for (const page of pages) await page.close()
    await until('no connection is left behind', async () => await streams(service) === 0, 10_000)
  })

  test(`pages through ${way} that nobody sees let go, say so, and make up for what they missed`, async t => {
    if (!needs(t, 'chromium')) return
    const service = await open(t, take)
    const { address, context, observe } = service
    const [list, object] = [await show(context, address), await show(context, `${address}/objects/a`)]
    await Promise.all([isLive(list), isLive(object)])
    await see(list, 'hidden')
    await list.locator('#connection[data-state=paused]').waitFor()
    await observe('a', 1, { firstNight: 2 })
    await observe('new', 2)
    await hasEpochs(object, 3)
    assert.equal(await list.locator('#candidates a:text-is("new")').count(), 0)
    await see(object, 'hidden')
    await until('nobody follows', async () => await streams(service) === 0, 10_000)
    await observe('a', 1, { firstNight: 3 })
    await see(list, 'visible')
    await see(object, 'visible')
    await Promise.all([isLive(list), isLive(object), inTable(list, 'new'), hasEpochs(object, 4)])
    assert.equal(await streams(service), 1)
  })
}

test('a browser with neither follows with a connection for each page that is seen', async t => {
  if (!needs(t, 'chromium')) return
  const service = await open(t, () => {
    Reflect.deleteProperty(globalThis, 'SharedWorker')
    Reflect.deleteProperty(Navigator.prototype, 'locks')
  })
  const [list, object] = [await show(service.context, service.address), await show(service.context, `${service.address}/objects/a`)]
  await Promise.all([isLive(list), isLive(object)])
  assert.equal(await streams(service), 2)
  await see(list, 'hidden')
  await until('the hidden one has let go', async () => await streams(service) === 1, 10_000)
})

test('frames on one page share a connection', async t => {
  if (!needs(t, 'chromium')) return
  const service = await open(t)
  const page = await service.context.newPage()
  await page.route('**/frames', route => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Plots</title>' + '<iframe src="/embed/objects/a"></iframe>'.repeat(8) }))
  await page.goto(`${service.address}/frames`)
  for (let frame = 0; frame < 8; frame++) await page.frameLocator('iframe').nth(frame).locator('#connection[data-state=live]').waitFor({ timeout: 10_000 })
  assert.equal(await streams(service), 1)
})

test('a worker that does not load makes way for the next best', async t => {
  if (!needs(t, 'chromium')) return
  const service = await open(t, () => {
    const Worker = SharedWorker
    Object.defineProperty(globalThis, 'SharedWorker', { value: class { constructor () { return new Worker('/web/no-such-worker.js', { type: 'module' }) } } })
  })
  const pages = [await show(service.context, service.address), await show(service.context, `${service.address}/objects/a`)]
  await Promise.all(pages.map(isLive))
  assert.equal(await streams(service), 1)
})

test('a page whose questions get no answer does not say that it is live', async t => {
  if (!needs(t, 'chromium')) return
  const service = await open(t)
  const page = await show(service.context, `${service.address}/objects/a`)
  await isLive(page)
  const held: Array<() => Promise<void>> = []
  let holding = true
  await page.route('**/v1/objects/**', async route => {
    if (holding) held.push(() => route.continue())
    else await route.continue()
  })
  await service.observe('a', 1, { firstNight: 2 })
  await page.locator('#connection[data-state=waiting]').waitFor({ timeout: 10_000 })
  assert.match(await page.locator('#connection').getAttribute('title') ?? '', /has not answered/)
  holding = false
  for (const goOn of held) await goOn()
  await Promise.all([isLive(page), hasEpochs(page, 3)])
})
