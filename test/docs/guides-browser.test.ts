import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import test from 'node:test'
import { serve } from '../e2e/candela-process.ts'
import { needs } from '../parts.ts'
import { temporaryFolder } from '../pipeline.ts'
import { openPage } from '../web/browser.ts'
import { blocks, isForBrowsers } from './guides.ts'

const [events, page, ...more] = blocks.filter(isForBrowsers)

test('the blocks of the guides for browsers work as they stand on a page of another origin', async t => {
  if (!needs(t, 'chromium')) return
  assert.ok(events && page && more.length === 0, `${blocks.filter(isForBrowsers).map(({ where }) => where).join(' ')}`)
  const site = createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(request.url?.startsWith('/page') ? page.code : '<!doctype html><title>A page</title>')
  }).listen(0, '127.0.0.1')
  t.after(() => site.close())
  await once(site, 'listening')
  const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
  const service = await serve(t, ['--data-dir', temporaryFolder(t), '--engine', 'wasm', '--sky-night-seconds', '3', '--http-cors', origin, '--http-frame-ancestors', `self,${origin}`])
  await service.logged(/first classification/)

  await t.test(`${events.where} ${events.language}`, async t => {
    const { page: tab, complaints } = await openPage(t)
    const lines: string[] = []
    const heard = new Promise<void>(resolve => tab.on('console', message => { if (lines.push(message.text()) === 3) resolve() }))
    await tab.goto(origin)
    await tab.addScriptTag({ type: 'module', content: `const CANDELA = ${JSON.stringify(service.url)}\n${events.code}` })
    await heard
    for (const line of lines) assert.match(line, /^\d{17,19} [\d.e-]+ \d+$/)
    assert.deepEqual(complaints, [])
  })

  await t.test(`${page.where} ${page.language}`, async t => {
    const { page: tab } = await openPage(t)
    await tab.goto(`${origin}/page?candela=${encodeURIComponent(service.url)}`)
    const items = tab.locator('#candidates li')
    await items.first().waitFor()
    assert.match(await items.first().innerText(), /^\d{17,19} P\(Ia\) [01]\.\d{3} after \d+ epochs$/)
    // A new classification comes to the top.
    const top = await items.first().innerText()
    await tab.waitForFunction(before => document.querySelector('#candidates li')!.textContent !== before, top)
    const frame = tab.frameLocator('#plot')
    await frame.locator('#plot canvas').first().waitFor()
    assert.match(await frame.locator('#object-link').innerText(), /^\d{17,19}/)
  })
  await service.stop('SIGTERM')
})
