import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import test, { before, type TestContext } from 'node:test'
import fastify from 'fastify'
import type { Page } from 'playwright-core'
import { openTokenFolder } from '../../src/http/access/tokens.ts'
import { api, serverOptions } from '../../src/http/api.ts'
import { apiOver, MODEL, openService } from '../http/service.ts'
import type { Candidate } from '../../src/state/views.ts'
import { needs } from '../parts.ts'
import { alertFor, point, temporaryFolder } from '../pipeline.ts'
import { buildDashboard, openPage, originsOf } from './browser.ts'

before(buildDashboard)

async function openDashboard (t: TestContext, options: Parameters<typeof openPage>[1] = {}) {
  const service = await openService(t)
  const address = await service.app.listen({ port: 0, host: '127.0.0.1' })
  return { ...service, ...await openPage(t, options), address }
}

const objectIds = (page: Page): Promise<string[]> => page.locator('#candidates a').allTextContents()
const textOf = async (page: Page, id: string, column: number): Promise<string> =>
  await page.locator(`#candidates tr:has(a:text-is("${id}")) > *`).nth(column).textContent() ?? ''

/** Waits until the table shows just these objects, in this order. */
async function shows (page: Page, expected: string[]): Promise<void> {
  await page.waitForFunction(expected => [...document.querySelectorAll('#candidates a')].map(a => a.textContent).join() === expected, expected.join(), { timeout: 10_000 })
}

test('shows the candidates, the accounting and the model, and asks nobody else', async t => {
  if (!needs(t, 'chromium')) return
  const { page, address, observe, pipeline, requests, complaints } = await openDashboard(t)
  await observe('313934342374881341', 3)
  await observe('313934342374881342', 1)
  await observe('313934342374881342', 1, { firstNight: 4 })
  await page.goto(address)
  await shows(page, ['313934342374881342', '313934342374881341'])
  await page.locator('#connection[data-state=live]').waitFor()
  await page.locator('[data-count=received]:text-is("3")').waitFor()
  const [newest] = pipeline.store.reader.candidates({ limit: 1 }).candidates
  assert.equal(await textOf(page, '313934342374881342', 1), newest!.probabilityIa.toFixed(3))
  assert.equal(await textOf(page, '313934342374881342', 3), '2')
  assert.equal(await textOf(page, '313934342374881342', 7), '53.10000')
  assert.equal(await textOf(page, '313934342374881342', 9), '60004.000')
  assert.equal(await textOf(page, '313934342374881342', 10), '2026-05-01 00:00:03')
  await page.locator('svg.sparkline[aria-label^="P(Ia) of 2 classifications"]').waitFor()
  assert.equal(await page.locator('#candidates a').first().getAttribute('href'), `${address}/objects/313934342374881342`)
  assert.equal(await page.locator('#model').textContent(), `untrained 1.0 (2 × 16 LSTM) on wasm ${MODEL.engine.version}`)
  const identity = await page.locator('#statistics').innerText()
  assert.match(identity.replaceAll(/\s+/g, ' '), /^3 received 3 classified 0 declined 0 duplicate 0 dead-lettered 2 objects/)
  assert.deepEqual(originsOf(requests), [address])
  assert.deepEqual(complaints, [])
})

test('a new classification changes its row in place, and a new object comes in above', async t => {
  if (!needs(t, 'chromium')) return
  const { page, address, observe, complaints } = await openDashboard(t)
  await observe('first', 1)
  await observe('second', 1)
  await page.goto(address)
  await shows(page, ['second', 'first'])
  await page.locator('#connection[data-state=live]').waitFor()
  await observe('first', 2, { firstNight: 3 })
  await page.locator('tr:has(a:text-is("first")) > :nth-child(4):text-is("3")').waitFor()
  assert.deepEqual(await objectIds(page), ['second', 'first'])
  await observe('third', 1)
  await shows(page, ['third', 'second', 'first'])
  assert.deepEqual(complaints, [])
})

test('nothing moves under the pointer: the order is held, and the page says so', async t => {
  if (!needs(t, 'chromium')) return
  const { page, address, observe } = await openDashboard(t)
  await observe('first', 1)
  await page.goto(address)
  await shows(page, ['first'])
  await page.locator('#connection[data-state=live]').waitFor()
  await page.locator('#candidates tr').hover()
  await observe('second', 1)
  await page.locator('#note:text-is("Order held: 1 row waits. Values still change.")').waitFor()
  assert.deepEqual(await objectIds(page), ['first'])
  await page.mouse.move(2, 2)
  await shows(page, ['second', 'first'])

  await page.locator('#hold').focus()
  await page.keyboard.press('Space')
  await observe('third', 1)
  await page.locator('#note:text-is("Order held: 1 row waits. Values still change.")').waitFor()
  assert.deepEqual(await objectIds(page), ['second', 'first'])
  await page.keyboard.press('Space')
  await shows(page, ['third', 'second', 'first'])
})

test('the filter narrows the list and the live rows, and stays in the address', async t => {
  if (!needs(t, 'chromium')) return
  const { page, address, observe, complaints } = await openDashboard(t)
  await observe('short', 1)
  await observe('long', 4)
  await page.goto(`${address}/?minProbability=7`)
  await shows(page, ['long', 'short'])
  assert.equal(new URL(page.url()).search, '', 'a value that the form refuses is dropped')
  await page.getByLabel('epochs at least').fill('3')
  await shows(page, ['long'])
  assert.equal(new URL(page.url()).search, '?minEpochs=3')
  assert.equal(await page.getByRole('link', { name: 'CSV' }).getAttribute('href'), `${address}/v1/objects?minEpochs=3&format=csv`)
  await page.reload()
  await shows(page, ['long'])
  await page.locator('#connection[data-state=live]').waitFor()
  await observe('also-short', 2)
  await observe('short', 3, { firstNight: 5 })
  await shows(page, ['short', 'long'])
  await page.getByRole('button', { name: 'Clear' }).click()
  await shows(page, ['short', 'also-short', 'long'])
  assert.equal(new URL(page.url()).search, '')
  await page.getByLabel('P(Ia) from').fill('1')
  await page.locator('#empty:text-is("No object passes this filter yet.")').waitFor()
  assert.deepEqual(complaints, [])
})

test('the order goes by P(Ia) or by its rise, keeps so as values change, and stays in the address', async t => {
  if (!needs(t, 'chromium')) return
  const { page, address, observe, pipeline: { store }, complaints } = await openDashboard(t)
  for (const [k, id] of ['a', 'b', 'c', 'd'].entries()) await observe(id, k + 1, { flux: 1000 * 4 ** k })
  const expected = (key: (candidate: Candidate) => number): string[] =>
    [...store.reader.candidates({ limit: 10 }).candidates].sort((a, b) => key(b) - key(a) || b.sequence - a.sequence).map(({ diaObjectId }) => diaObjectId)
  const byProbability = (): string[] => expected(({ probabilityIa }) => probabilityIa)
  await page.goto(address)
  await shows(page, ['d', 'c', 'b', 'a'])
  const head = page.locator('th[data-sort=probability]')
  await head.getByRole('button').click()
  await shows(page, byProbability())
  assert.equal(await head.getAttribute('aria-sort'), 'descending')
  assert.equal(new URL(page.url()).search, '?sort=probability')
  await page.mouse.move(2, 2)
  await page.locator('#connection[data-state=live]').waitFor()
  const before = byProbability()
  for (const [k, id] of before.toReversed().entries()) await observe(id, 2, { firstNight: 10, flux: 500 * 9 ** k })
  assert.notDeepEqual(byProbability(), before, 'other objects lead now')
  await shows(page, byProbability())
  await page.reload()
  await shows(page, byProbability())
  await page.locator('[name=sort]').selectOption('greatest rise')
  await shows(page, expected(({ rise }) => rise ?? -Infinity))
  assert.match(await textOf(page, 'a', 4), /^[+−]0\.\d{3}$/)
  assert.deepEqual(complaints, [])
})

test('a position narrows the list to what lies around it, nearest first where that is wanted', async t => {
  if (!needs(t, 'chromium')) return
  const { page, address, pipeline, complaints } = await openDashboard(t)
  const at = async (id: string, ra: number, dec: number): Promise<void> => {
    await pipeline.processor.process([{ alert: alertFor(id, [point()], { ra, dec }), origin: 'test' }])
  }
  await at('near', 359.99, 0)
  await at('nearer', 0.001, 0)
  await at('far', 2, 0)
  await page.goto(`${address}/?ra=0&dec=0&radius=0.1&sort=separation`)
  await shows(page, ['nearer', 'near'])
  assert.equal(await page.locator('[name=ra]').inputValue(), '0')
  await page.locator('#connection[data-state=live]').waitFor()
  await at('elsewhere', 0, 1)
  await at('nearest', 0, 0)
  await shows(page, ['nearest', 'nearer', 'near'])
  await page.locator('[name=radius]').fill('')
  await page.waitForFunction(() => !document.querySelector<HTMLFormElement>('#filter')!.checkValidity())
  assert.equal(new URL(page.url()).searchParams.get('radius'), '0.1')
  await page.getByRole('button', { name: 'Clear' }).click()
  await shows(page, ['nearest', 'elsewhere', 'far', 'nearer', 'near'])
  assert.deepEqual(complaints, [])
})

test('what comes from data is text, not markup', async t => {
  if (!needs(t, 'chromium')) return
  const { page, address, observe, complaints, pipeline: { store } } = await openDashboard(t)
  const id = '<img src=x onerror=alert(1)>'
  await observe('1', 1)
  const { sequence, ...candidate } = store.reader.candidates({ limit: 1 }).candidates[0]!
  // The processor refuses such an id; the page must not rely on that.
  await store.commit({
    records: [{ record: { ...store.objects.get('1')!, diaObjectId: id, sequence: null }, pointBlocks: new Map(), publicationBlocks: new Map() }],
    classifications: [{ ...candidate, diaObjectId: id }],
    alerts: [],
    deadLetters: [],
    positions: {}
  })
  assert.equal(store.reader.sequence(), sequence + 1)
  await page.goto(address)
  await shows(page, [id, '1'])
  assert.equal(await page.locator('#candidates img').count(), 0)
  assert.deepEqual(complaints.filter(text => !text.includes('400')), [])
})

test('a server that goes away is shown, and the page catches up when it is back', async t => {
  if (!needs(t, 'chromium')) return
  const { page, address, observe, app, pipeline } = await openDashboard(t)
  await observe('first', 1)
  await page.goto(address)
  await page.locator('#connection[data-state=live]').waitFor()
  const { port } = app.server.address() as AddressInfo
  await app.close()
  await page.locator('#connection[data-state=reconnecting]').waitFor()
  await observe('second', 1)
  const again = fastify(serverOptions)
  t.after(() => again.close())
  await again.register(api, apiOver(pipeline))
  await again.listen({ port, host: '127.0.0.1' })
  await page.locator('#connection[data-state=live]').waitFor()
  await shows(page, ['second', 'first'])
})

test('where reading needs a token, the page says so, and shows the candidates to whoever gives it as the password', async t => {
  if (!needs(t, 'chromium')) return
  const tokens = openTokenFolder(join(temporaryFolder(t), 'tokens'))
  const service = await openService(t, { access: { mode: 'all', tokens, requestsPerMinute: { address: 0, token: 0 } } })
  await service.observe('first', 2)
  const address = await service.app.listen({ port: 0, host: '127.0.0.1' })
  const { page: stranger } = await openPage(t, { password: 'a guess' })
  await stranger.goto(address)
  await stranger.locator('#empty:has-text("The API token is not known here.")').waitFor()
  assert.deepEqual(await objectIds(stranger), [])
  const { page: reader } = await openPage(t, { password: tokens.create('reader', 'read', null).token })
  await reader.goto(address)
  await shows(reader, ['first'])
  await reader.locator('#connection[data-state=live]').waitFor()
  await service.observe('second', 1)
  await shows(reader, ['second', 'first'])
})

test('fits a phone without scrolling sideways', async t => {
  if (!needs(t, 'chromium')) return
  const { page, address, observe } = await openDashboard(t, { width: 360, colorScheme: 'dark' })
  await observe('313934342374881341', 3)
  await page.goto(address)
  await shows(page, ['313934342374881341'])
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth))
  assert.ok(await page.getByText('53.10000').isVisible())
})

test('the API documentation renders from this server alone', async t => {
  if (!needs(t, 'chromium')) return
  const { page, address, requests, complaints } = await openDashboard(t)
  await page.goto(`${address}/docs/`)
  await page.locator('.opblock-summary-path:has-text("/v1/stream")').waitFor()
  assert.deepEqual(originsOf(requests), [address])
  assert.deepEqual(complaints, [])
})
