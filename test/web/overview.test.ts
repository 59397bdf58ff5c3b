import assert from 'node:assert/strict'
import test, { before, type TestContext } from 'node:test'
import type { ApiOptions } from '../../src/http/api.ts'
import { createMeasures } from '../../src/stream/measures.ts'
import { loadModel } from '../../src/model/model-file.ts'
import { MODEL, openService, type Service } from '../http/service.ts'
import { needs } from '../parts.ts'
import { alertFor, point } from '../pipeline.ts'
import { buildDashboard, openPage, originsOf, type WatchedPage } from './browser.ts'

before(buildDashboard)

async function openOverview (t: TestContext, options: Partial<ApiOptions> = {}): Promise<Service & WatchedPage & { address: string }> {
  const service = await openService(t, options)
  await service.observe('first', 3)
  await service.observe('second', 1)
  const declined = [point({ psfFlux: 100 })]
  await service.pipeline.processor.process([{ alert: alertFor('faint', declined), origin: 'test' }, { alert: alertFor('faint', declined), origin: 'test' }])
  const address = await service.app.listen({ port: 0, host: '127.0.0.1' })
  const watched = await openPage(t)
  await watched.page.goto(`${address}/overview`)
  await watched.page.locator('#connection[data-state=live]').waitFor()
  return { ...service, ...watched, address }
}

const squeezed = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

test('what became of every alert adds up, and its rate is drawn', async t => {
  if (!needs(t, 'chromium')) return
  const { page, observe, address, requests, complaints } = await openOverview(t)
  const rows = (await page.locator('#outcomes tr').allInnerTexts()).map(squeezed)
  assert.deepEqual(rows, [
    'classified 2 50.0 %',
    'declined 1 25.0 %',
    'no-detection no point of the object so far has S/N > 5 1 25.0 %',
    'duplicate 1 25.0 %',
    'dead-lettered 0 0.0 %',
    'received 4 100.0 %'
  ])
  assert.equal(await page.locator('[data-tile=received]').innerText(), '4')
  assert.equal(await page.locator('[data-tile=objects]').innerText(), '3')
  await observe('third', 1)
  await page.locator('[data-tile=received]:text-is("5")').waitFor()
  await page.locator('[data-tile=rate]:not(:text-is("–"))').waitFor()
  assert.ok((await page.locator('#rate-plot canvas').boundingBox())!.width > 600)
  assert.match(await page.locator('#no-stream').innerText(), /measures nothing of a stream/)
  assert.deepEqual(originsOf(requests), [address])
  assert.deepEqual(complaints, [])
})

test('a process on Kafka shows its latency by stage and its lag by topic', async t => {
  if (!needs(t, 'chromium')) return
  const measures = createMeasures()
  for (const ms of [20, 20, 20, 1500]) measures.latency('total', 1e12, 1e12 + ms)
  measures.lag('candela.photometry', 0, 3)
  measures.lag('candela.photometry', 1, 4)
  const { page } = await openOverview(t, { measures })
  const rows = async (table: string): Promise<string[]> => (await page.locator(`${table} tr`).allInnerTexts()).map(squeezed)
  const latency = await rows('#latency')
  assert.match(latency[0]!, /^ingest .* not measured in this process$/)
  assert.match(latency[2]!, /^total survey’s record, or arrival without Kafka → classification published 4 \d+(\.\d+)? ms \d.* 1\.5 s$/)
  assert.match((await rows('#lag'))[0]!, /^candela\.photometry 2 partitions 7 2 /)
})

test('the card of a model stands with its table and its reliability diagrams', async t => {
  if (!needs(t, 'chromium')) return
  const { name, version, shape: { bands, cell, layers, width }, card, ...calibrated } = loadModel('spcc')
  assert.ok(calibrated.classes === null)
  const { calibration } = calibrated
  const model = { ...MODEL, name, version, bands: [...bands], cell, layers, width, calibration, card }
  const { page, complaints } = await openOverview(t, { models: () => [model] })
  const shown = page.locator('.card')
  await shown.locator('h3:has-text("spcc 1.2")').waitFor()
  assert.match(squeezed(await shown.locator('tbody tr').first().innerText()), /^photo-z known, end 97\.83 ± 0\.07 0\.9976 ± 0\.0000 0\.838 ± 0\.004/)
  assert.equal(await shown.locator('figure').count(), 2)
  await shown.locator('figure canvas').nth(1).waitFor()
  // Of 4,788 objects with P(Ia) below 1/15, 8 are Ia.
  assert.match(await shown.locator('figure [role=img]').first().getAttribute('aria-label') ?? '', /photo-z known: 0\.00 to 0\.00, 0\.10 to 0\.13, 0\.17 to 0\.21, /)
  const drawn = await shown.locator('figure canvas').first().evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
    let flame = 0
    for (let at = 0; at < data.length; at += 4) if (data[at] === 0xb8 && data[at + 1] === 0x6a && data[at + 2] === 0) flame++
    return flame
  })
  assert.ok(drawn > 200, `${drawn} pixels of the colour of photo-z known`)
  assert.deepEqual(complaints, [])
})

test('a card is text, not markup, and may have nothing that is known', async t => {
  if (!needs(t, 'chromium')) return
  const markup = '<img src=x onerror=alert(1)>'
  const card = { method: markup, trainingData: markup, knownWeaknesses: [markup, 3, {}], table: [], objects: { byType: { [markup]: 1 } } }
  const { page, complaints } = await openOverview(t, { models: () => [{ ...MODEL, card }] })
  await page.locator('.card p:text-is("The card has no reliability diagram.")').waitFor()
  assert.equal(await page.locator('.card dd:has-text("<img")').count(), 2)
  assert.equal(await page.locator('main img').count(), 0)
  assert.deepEqual(complaints, [])
})

test('a service that goes away is shown', async t => {
  if (!needs(t, 'chromium')) return
  const { page, app } = await openOverview(t)
  await app.close()
  await page.locator('#connection[data-state=reconnecting]').waitFor()
})
