import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pRetry from 'p-retry'
import { needs } from '../parts.ts'
import { openPage } from '../web/browser.ts'
import { freePort } from './free-port.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const COMPOSE = ['compose', '-p', 'candela-compose-test', '-f', 'docker-compose.yml', '-f', 'test/e2e/compose-user.yml']

/** docker compose with the project's own file. */
function composeOf (t: TestContext, port: number): (...args: string[]) => Promise<string> {
  const env = { ...process.env, CANDELA_PORT: String(port) }
  const run = async (...args: string[]): Promise<string> => (await promisify(execFile)('docker', args, { cwd: root, env, maxBuffer: 2 ** 26 })).stdout
  t.after(async () => { await run(...COMPOSE, 'down', '--volumes', '--timeout', '5') })
  return (...args) => run(...args)
}

test('docker compose up: Kafka, a simulated survey and the roles; the dashboard shows live classifications', { timeout: 290_000 }, async t => {
  if (!needs(t, 'docker') || !needs(t, 'chromium')) return
  const port = await freePort()
  const docker = composeOf(t, port)
  // The network of the machine itself: a registry may be reachable from there alone.
  await docker('build', '--network', 'host', '-t', 'candela', '.')
  await docker(...COMPOSE, 'up', '--detach', '--no-build')
  const url = `http://localhost:${port}`
  const logs = async (): Promise<string> => await docker(...COMPOSE, 'logs', '--no-color', '--tail', '20', 'survey', 'ingest', 'classify', 'query')
  const ready = async (): Promise<void> => {
    const answer = await fetch(`${url}/health/ready`)
    if (!answer.ok) throw new Error(await answer.text())
  }
  await pRetry(ready, { retries: 240, minTimeout: 500, factor: 1 }).catch(async (cause: unknown) => { throw new Error(await logs(), { cause }) })

  const { page, complaints } = await openPage(t)
  await page.goto(url)
  await page.locator('#connection[data-state=live]').waitFor()
  await page.locator('#candidates tr a').first().waitFor({ timeout: 60_000 }).catch(async (cause: unknown) => { throw new Error(await logs(), { cause }) })
  const received = async (): Promise<number> => ((await (await fetch(`${url}/v1/statistics`)).json()) as { accounting: { received: number } }).accounting.received
  const before = await received()
  const row = async (): Promise<string> => await page.locator('#candidates tbody tr, tbody#candidates tr').first().innerText()
  const first = await row()
  await page.waitForFunction(first => (document.querySelector('#candidates tbody tr, tbody#candidates tr') as HTMLElement | null)?.innerText !== first, first, { timeout: 30_000 })
  assert.ok(await received() > before, 'alerts go on')
  assert.deepEqual(complaints, [])
  const running = (await docker(...COMPOSE, 'ps', '--format', '{{.Service}} {{.State}}')).trim().split('\n').sort()
  assert.deepEqual(running, ['classify running', 'classify running', 'ingest running', 'kafka running', 'query running', 'survey running'])
})
