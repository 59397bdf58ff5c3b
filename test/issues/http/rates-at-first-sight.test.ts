/** The rate plot of the overview is there when the page is: the process has counted before anybody looked. */
import assert from 'node:assert/strict'
import test, { before } from 'node:test'
import { openService } from '../../http/service.ts'
import { needs } from '../../parts.ts'
import { until } from '../../until.ts'
import { buildDashboard, openPage } from '../../web/browser.ts'

before(buildDashboard)

interface Recent { everySeconds: number, counts: Array<{ time: string, received: number, classified: number }> }

test('GET /v1/statistics/recent: what was counted before', async t => {
  const { ask, observe } = await openService(t, { countEveryMs: 20 })
  await observe('a', 1)
  const recent = async (): Promise<Recent> => (await ask('/v1/statistics/recent')).json<Recent>()
  await until('the alert is counted', async () => (await recent()).counts.at(-1)!.received === 1)
  const { everySeconds, counts } = await recent()
  assert.equal(everySeconds, 0.02)
  assert.equal(counts[0]!.received, 0)
  assert.deepEqual(counts.map(({ time }) => time), counts.map(({ time }) => time).toSorted())
  await until('no more than 600 are kept', async () => (await recent()).counts[0]!.received === 1)
  assert.equal((await recent()).counts.length, 600)
})

test('the plot and the rate are drawn with the first answer', async t => {
  if (!needs(t, 'chromium')) return
  const { app, observe, ask } = await openService(t, { countEveryMs: 50 })
  for (let k = 0; k < 5; k++) await observe(`object-${k}`, 1)
  await until('it has counted', async () => (await ask('/v1/statistics/recent')).json<Recent>().counts.at(-1)!.received === 5)
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const { page } = await openPage(t)
  let asked = 0
  await page.route('**/v1/statistics', async route => { if (++asked === 1) await route.continue() })
  await page.goto(`${address}/overview`)
  await page.locator('[data-tile=rate]:not(:text-is("–"))').waitFor()
  assert.ok(await page.locator('#rate-plot canvas').isVisible())
})
