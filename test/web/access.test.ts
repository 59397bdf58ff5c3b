import assert from 'node:assert/strict'
import test, { before } from 'node:test'
import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { loadModel } from '../../src/model/model-file.ts'
import { MODEL, openService } from '../http/service.ts'
import { needs } from '../parts.ts'
import { buildDashboard, openPage } from './browser.ts'
import { observeSupernova, SUPERNOVA } from './supernova.ts'

before(buildDashboard)

const PAGES = ['/', `/objects/${SUPERNOVA}`, '/overview', `/embed/objects/${SUPERNOVA}`]

/** @returns what axe-core finds to be a serious or critical fault */
async function faults (page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() => (window as unknown as { axe: { run (): Promise<AxeResults> } }).axe.run())
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}

const isTooWide = (page: Page): Promise<boolean> => page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)

test('no page has a serious fault of accessibility or scrolls sideways: light and dark, on a desk and on a phone', async t => {
  if (!needs(t, 'chromium')) return
  const { card } = loadModel('spcc')
  const service = await openService(t, { models: () => [{ ...MODEL, card }] })
  await observeSupernova(service)
  await service.observe('another', 2)
  const address = await service.app.listen({ port: 0, host: '127.0.0.1' })
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1280, 360]) {
      await t.test(`${colorScheme}, ${width} px`, async t => {
        const { page, complaints } = await openPage(t, { colorScheme, width })
        for (const path of PAGES) {
          await page.goto(`${address}${path}${path.startsWith('/objects') ? '?asOf=2026-05-01T00:00:02Z' : ''}`)
          await page.locator('#connection[data-state=live]').waitFor()
          if (path === '/overview') await page.locator('figure canvas').first().waitFor()
          if (path.includes('objects')) {
            await page.locator('#flux canvas').waitFor()
            await page.evaluate(() => { for (const closed of document.querySelectorAll('details')) closed.open = true })
          }
          assert.deepEqual(await faults(page), [], path)
          assert.equal(await isTooWide(page), false, path)
        }
        assert.deepEqual(complaints, [])
      })
    }
  }
})

test('the candidates scroll sideways at no width', async t => {
  if (!needs(t, 'chromium')) return
  const service = await openService(t)
  await observeSupernova(service)
  const address = await service.app.listen({ port: 0, host: '127.0.0.1' })
  const { page } = await openPage(t)
  await page.goto(address)
  await page.locator('.sparkline').waitFor()
  for (const width of [1221, 1220, 1000, 800, 641, 640, 480, 320]) {
    await page.setViewportSize({ width, height: 700 })
    assert.equal(await isTooWide(page), false, `${width} px`)
  }
})

test('with the keys alone: from the candidates to an object, through its plot and its history, and to the overview', async t => {
  if (!needs(t, 'chromium')) return
  const service = await openService(t)
  await service.observe('another', 2)
  await observeSupernova(service)
  const history = service.pipeline.store.reader.classifications(SUPERNOVA)!
  const address = await service.app.listen({ port: 0, host: '127.0.0.1' })
  const { page } = await openPage(t)
  const focused = (): Promise<string> => page.evaluate(() => document.activeElement!.id || document.activeElement!.textContent!.trim())
  const tabTo = async (wanted: string): Promise<void> => {
    for (let steps = 0; steps < 60 && await focused() !== wanted; steps++) await page.keyboard.press('Tab')
    assert.equal(await focused(), wanted)
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle)
    assert.notEqual(outline, 'none', `the focus on ${wanted} is seen`)
  }
  await page.goto(address)
  await page.locator('#connection[data-state=live]').waitFor()
  await page.locator('#candidates a').nth(1).waitFor()
  await page.keyboard.press('Tab')
  assert.equal(await focused(), 'Skip to the content')
  await tabTo(SUPERNOVA)
  await page.keyboard.press('ArrowDown')
  assert.equal(await focused(), 'another')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await page.waitForURL(`${address}/objects/${SUPERNOVA}`)
  await page.locator('#headline[data-state=classified]').waitFor()

  await tabTo('plot')
  await page.keyboard.press('ArrowRight')
  assert.match(await page.locator('#readout').innerText(), /^MJD 59990\.0000/)
  await tabTo('as-of')
  await page.keyboard.press('ArrowLeft')
  await page.locator(`#probability:text-is("${history[2]!.probabilityIa.toFixed(3)}")`).waitFor()
  await tabTo('as-of-now')
  await page.keyboard.press('Enter')
  await page.locator(`#probability:text-is("${history[3]!.probabilityIa.toFixed(3)}")`).waitFor()
  assert.equal(await focused(), 'as-of')

  await page.goto(address)
  await page.locator('#connection[data-state=live]').waitFor()
  await tabTo('find-id')
  await page.keyboard.type(SUPERNOVA)
  await page.keyboard.press('Enter')
  await page.waitForURL(`${address}/objects/${SUPERNOVA}`)
  await tabTo('Overview')
  await page.keyboard.press('Enter')
  await page.locator('h1:text-is("Overview")').waitFor()
})
