/** What the pages show of a model with classes; nothing of it where a model has none. */
import assert from 'node:assert/strict'
import test, { before, type TestContext } from 'node:test'
import type { Classification } from '../../src/state/views.ts'
import { openService } from '../http/service.ts'
import { needs } from '../parts.ts'
import { untrainedModel } from '../pipeline.ts'
import { classModel } from '../support/class-model.ts'
import { buildDashboard, openPage, type WatchedPage } from './browser.ts'
import { observeSupernova, SUPERNOVA } from './supernova.ts'

before(buildDashboard)

async function open (t: TestContext, model = classModel({ bands: ['g', 'r', 'i', 'z'] })): Promise<WatchedPage & { address: string, history: Classification[] }> {
  const service = await openService(t, {}, model)
  const address = await service.app.listen({ port: 0, host: '127.0.0.1' })
  await observeSupernova(service)
  const watched = await openPage(t)
  return { ...watched, address, history: service.pipeline.store.reader.classifications(SUPERNOVA)! }
}

const sorted = ({ classProbabilities }: Classification): Array<[string, number]> => Object.entries(classProbabilities!).sort(([, a], [, b]) => b - a)

test('an object\'s page has its classes, the error of P(Ia), the mix they hold for, and the weight of each epoch', async t => {
  if (!needs(t, 'chromium')) return
  const { page, address, history, complaints } = await open(t)
  const newest = history.at(-1)!
  await page.goto(`${address}/objects/${SUPERNOVA}`)
  await page.locator(`#probability:text-is("${newest.probabilityIa.toFixed(3)}")`).waitFor()
  assert.equal(await page.locator('#error').innerText(), `± ${newest.probabilityIaErr!.toFixed(3)}`)
  const [[name, value]] = sorted(newest) as [[string, number]]
  assert.notEqual(name, 'Ia', 'with these weights; the headline names another class only where there is one')
  assert.equal(await page.locator('#rather').innerText(), `rather ${name} ${value.toFixed(3)}`)
  await page.locator('#classes details').evaluate(folded => { (folded as HTMLDetailsElement).open = true })
  const shown = await page.locator('#classes li').evaluateAll(items => items.map(item => [item.querySelector('span')!.firstChild!.textContent, item.querySelector('b')!.textContent]))
  assert.deepEqual(shown, sorted(newest).map(([name, value]) => [name, value.toFixed(3)]), 'largest first, in numbers beside the bars')
  assert.match(await page.locator('#classes').innerText(), /Calibrated for the mix of classes that the model was trained on\./)

  await page.locator('#plot').focus()
  await page.keyboard.press('Home')
  assert.match(await page.locator('#readout').innerText(), /epoch 1, then P\(Ia\) = 0\.\d{3} ± 0\.\d{3}; [\d.]+ % of the present decision$/)
  assert.equal(await page.locator('#weight-key').isVisible(), true)
  await page.locator('.points summary').click()
  const weights = (await page.locator('#points .of-weights').allInnerTexts()).filter(text => text !== '–').map(text => Number(text.replace(' %', '')))
  assert.equal(weights.length, 7, 'the point in u is passed over')
  assert.ok(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 100) < 3)

  const row = page.locator('#history tr').last()
  await row.locator('summary').click()
  const [first] = history
  assert.equal((await row.locator('details').innerText()).replaceAll(/\s+/g, ' '), sorted(first!).map(([name, value]) => `${name} ${value.toFixed(3)}`).join(' '))
  await row.locator('button').click()
  await page.locator(`#probability:text-is("${first!.probabilityIa.toFixed(3)}")`).waitFor()
  assert.equal(await page.locator('#classes li b').first().innerText(), sorted(first!)[0]![1].toFixed(3), 'as of then')
  assert.deepEqual(complaints, [])

  await page.goto(address)
  await page.locator(`.rather:text-is("${name} ${value.toFixed(3)}")`).waitFor()
  await page.goto(`${address}/embed/objects/${SUPERNOVA}`)
  await page.locator(`#state:has-text("± ${newest.probabilityIaErr!.toFixed(3)}")`).waitFor()
})

test('a model without classes leaves the pages as they were', async t => {
  if (!needs(t, 'chromium')) return
  const { page, address, history, complaints } = await open(t, untrainedModel())
  await page.goto(`${address}/objects/${SUPERNOVA}`)
  await page.locator(`#probability:text-is("${history.at(-1)!.probabilityIa.toFixed(3)}")`).waitFor()
  await page.locator('.points summary').click()
  for (const part of ['#classes', '#rather', '#weight-key', 'th.of-classes', 'td.of-weights']) assert.equal(await page.locator(part).first().isVisible(), false, part)
  assert.equal(await page.locator('#error').innerText(), '')
  assert.deepEqual(complaints, [])
})
