/** The dashed continuation of the plot, in words and numbers beside; nothing of it where the model does not forecast. */
import assert from 'node:assert/strict'
import test, { before, type TestContext } from 'node:test'
import axe, { type AxeResults } from 'axe-core'
import type { Model } from '../../src/model/model-file.ts'
import type { ForecastDay } from '../../src/state/processor/forecasts.ts'
import { openService, type Service } from '../http/service.ts'
import { needs } from '../parts.ts'
import { point, untrainedModel } from '../pipeline.ts'
import { forecastingModel } from '../support/forecasting-model.ts'
import { buildDashboard, openPage, type WatchedPage } from './browser.ts'
import { plotted, watchPlots } from './plots.ts'
import { alertOf, observeSupernova, POINTS, SUPERNOVA } from './supernova.ts'

before(buildDashboard)

async function open (t: TestContext, model: Model): Promise<Service & WatchedPage & { address: string }> {
  const service = await openService(t, {}, model)
  const address = await service.app.listen({ port: 0, host: '127.0.0.1' })
  await observeSupernova(service)
  const watched = await openPage(t)
  await watchPlots(watched.page)
  return { ...service, ...watched, address }
}

interface Answer { forecast: ForecastDay[], peaks: object[], phase: number, phaseLow: number, phaseHigh: number }

const whole = (days: number): string => Math.round(days) === 0 ? '0' : `${days < 0 ? '−' : '+'}${Math.abs(Math.round(days))}`

test('the plot goes on with the forecast of the bands that were observed; it has words, a table and raw answers', async t => {
  if (!needs(t, 'chromium')) return
  const service = await open(t, forecastingModel())
  const { page, address, complaints } = service
  await page.goto(`${address}/objects/${SUPERNOVA}`)
  await page.locator('#forecast-key').waitFor()
  assert.equal(await page.locator('#forecast-key').innerText(), 'forecast, 68 %')
  const { forecast, phase, phaseLow, phaseHigh } = (await service.ask(`/v1/objects/${SUPERNOVA}/forecast`)).json<Answer>()
  const { flux: [times, ...columns] } = await plotted(page)
  assert.equal(times!.length, POINTS.length + 4 * 31)
  assert.equal(times!.at(-1), 60010 + 30)
  const inR = columns[6]!.slice(-4 * 31).filter(value => value !== null)
  assert.deepEqual(inR.slice(-30), forecast.filter(({ band }) => band === 'r').slice(1).map(({ psfFlux }) => psfFlux), 'the median in r, day by day')
  const said = await page.locator('#forecast-said').innerText()
  assert.match(said, /^Forecast of 30 days from the newest epoch, 2023-03-06 23:59 UTC, \d+ days ago: all of it lies in the past\. Peak, in days from then: g 20\d\d-\d\d-\d\d, /)
  const facts = await page.locator('#facts > div:has(dt:text-is("Phase")) dd').innerText()
  const peak = Math.round(phase) === 0 ? 'at the peak' : `${Math.abs(Math.round(phase))} d ${phase < 0 ? 'before' : 'after'} the peak`
  assert.ok(facts.startsWith(`${peak} (${whole(phaseLow)} to ${whole(phaseHigh)})`), facts)
  await page.locator('#forecast-table summary').click()
  assert.equal(await page.locator('#forecast tr').count(), forecast.length)
  const raw = await page.locator('#raw a').evaluateAll(links => links.map(link => [link.textContent!, (link as HTMLAnchorElement).href]))
  for (const [name, href] of raw.slice(-2)) {
    assert.match(name!, /^Forecast/)
    assert.equal((await fetch(href!)).status, 200)
  }
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() => (window as unknown as { axe: { run (): Promise<AxeResults> } }).axe.run())
  assert.deepEqual(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id), [])

  await alertOf(service, SUPERNOVA, [point({ midpointMjdTai: 60013, band: 'i', psfFlux: 7000 })])
  await page.waitForFunction(() => document.querySelector('#forecast-said')!.textContent!.includes('newest epoch, 2023-03-09'))
  await page.locator('#history button').last().click()
  await page.locator('#forecast-key').waitFor({ state: 'hidden' })
  assert.equal((await plotted(page)).flux[0]!.length, POINTS.length + 1, 'a moment of the past has no forecast')
  assert.equal(await page.locator('#forecast-said').isVisible(), false)
  assert.deepEqual(complaints, [])
})

test('the list of candidates has the phase in whole days, within the width of the page', async t => {
  if (!needs(t, 'chromium')) return
  const { page, address, ask, complaints } = await open(t, forecastingModel())
  await page.goto(address)
  const cell = page.locator('#candidates td[data-label^=phase]')
  await cell.waitFor()
  const { phase } = (await ask(`/v1/objects/${SUPERNOVA}/forecast`)).json<Answer>()
  assert.equal(await cell.innerText(), whole(phase))
  assert.equal(await page.locator('th.phase').innerText(), 'Phase d')
  for (const width of [1280, 1440]) {
    await page.setViewportSize({ width, height: 800 })
    const { table, room } = await page.locator('#table').evaluate(table => ({ table: (table as HTMLElement).offsetWidth, room: table.parentElement!.offsetWidth }))
    assert.ok(table <= room, `a table of ${table} px in ${room} px, of ${width}`)
  }
  assert.deepEqual(complaints, [])
})

test('the embedded plot goes on with the forecast, too, and says so', async t => {
  if (!needs(t, 'chromium')) return
  const { page, address, complaints } = await open(t, forecastingModel())
  await page.goto(`${address}/embed/objects/${SUPERNOVA}`)
  await page.locator('#readout:has-text("Dashed, with an area: forecast, 68 %.")').waitFor()
  assert.equal((await plotted(page)).flux[0]!.length, POINTS.length + 4 * 31)
  await page.locator('#plot').focus()
  await page.keyboard.press('End')
  assert.match(await page.locator('#readout').innerText(), /^MJD 60010\.0000/, 'keys go from point to point as before')
  assert.deepEqual(complaints, [])
})

test('a model without a decoder leaves the pages as they were, and no page asks it in vain', async t => {
  if (!needs(t, 'chromium')) return
  const { page, address, requests, complaints } = await open(t, untrainedModel())
  await page.goto(`${address}/objects/${SUPERNOVA}`)
  await page.locator('#connection[data-state=live]').waitFor()
  await page.locator('#of-object').waitFor()
  assert.equal((await plotted(page)).flux[0]!.length, POINTS.length)
  for (const id of ['forecast-key', 'peak-key', 'forecast-said', 'forecast-table']) assert.equal(await page.locator(`#${id}`).isVisible(), false, id)
  assert.equal(await page.locator('#facts dt:text-is("Phase")').count(), 0)
  assert.deepEqual(requests.filter(request => request.endsWith('/forecast')), [])
  await page.goto(address)
  await page.locator('#candidates a').waitFor()
  assert.equal(await page.locator('#table .phase, #candidates td[data-label^=phase]').filter({ visible: true }).count(), 0)
  assert.deepEqual(complaints, [])
})
