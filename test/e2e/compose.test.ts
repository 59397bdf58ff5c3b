/** docker compose up, as the README names it: Kafka, a simulated survey and Candela's roles, looked at in a browser. */
import assert from 'node:assert/strict'
import test from 'node:test'
import pRetry from 'p-retry'
import { needs } from '../parts.ts'
import { openPage } from '../web/browser.ts'
import { buildImage, docker } from './built-image.ts'
import { freePort } from './free-port.ts'

test('docker compose up: the dashboard shows live classifications of a simulated survey, through every role', async t => {
  if (!needs(t, 'docker') || !needs(t, 'chromium')) return
  const port = await freePort()
  const compose = (...args: string[]): Promise<string> =>
    docker(['compose', '--project-name', `candela-test-${port}`, '--file', 'docker-compose.yml', '--file', 'test/e2e/compose.yml', ...args], { CANDELA_PORT: String(port) })

  await buildImage()
  t.after(() => compose('down', '--volumes', '--timeout', '5'))
  await compose('up', '--detach', '--no-build')
  const address = `http://127.0.0.1:${port}`
  await pRetry(async () => {
    const response = await fetch(`${address}/health/ready`)
    assert.equal(response.status, 200, await response.text())
  }, { retries: 240, minTimeout: 500, factor: 1 }).catch(async error => {
    t.diagnostic(await compose('logs', '--tail', '30'))
    throw error
  })
  // Chromium drops requests while containers start.
  await pRetry(async () => {
    const services = (await compose('ps', '--format', '{{.Service}} {{.Health}}')).trim().split('\n').map(line => line.trim()).sort()
    assert.deepEqual(services, ['classify healthy', 'classify healthy', 'ingest healthy', 'kafka healthy', 'query healthy', 'survey'])
  }, { retries: 180, minTimeout: 1000, factor: 1 })

  const { page, requests, complaints } = await openPage(t)
  await page.goto(address)
  await page.locator('#connection[data-state=live]').waitFor({ timeout: 60_000 })
  const newest = page.locator('#candidates a').first()
  await newest.waitFor({ timeout: 120_000 })
  const before = await newest.textContent()
  await page.waitForFunction(before => document.querySelector('#candidates a')?.textContent !== before, before, { timeout: 60_000 })

  const { accounting } = await (await fetch(`${address}/v1/statistics`)).json() as { accounting: Record<'received' | 'classified' | 'declined' | 'duplicate' | 'deadLettered', number> }
  assert.ok(accounting.classified > 0, JSON.stringify(accounting))
  assert.equal(accounting.received, accounting.classified + accounting.declined + accounting.duplicate + accounting.deadLettered)
  assert.deepEqual([...new Set(requests.map(request => new URL(request).origin))], [address])
  assert.deepEqual(complaints, [])
})
