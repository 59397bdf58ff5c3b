/**
 * npm run screenshots [-- FOLDER]: pictures of the pages on a simulated sky. Those in docs; with a folder, all pages there,
 * light and dark, on a desk and on a phone.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { chromium, type Browser } from 'playwright-core'
import { readSettings } from '../../src/config.ts'
import type { RunningServer } from '../../src/server/running-server.ts'
import { startServer } from '../../src/server/server.ts'
import type { Candidate, Classification } from '../../src/state/views.ts'
import { chromiumPath } from '../parts.ts'

/** Alerts that the sky has given before a picture is taken: three months of it. */
const ALERTS = 40_000
/** So slow that the page stands still for its picture [s]. */
const CALM_NIGHT = '120'

interface Picture { path: string, file: string, width: number, height: number, colorScheme: 'light' | 'dark' }

const dataDir = mkdtempSync(join(tmpdir(), 'candela-screenshots-'))
const serve = (skyNightSeconds: string): Promise<RunningServer> =>
  startServer(readSettings({ httpPort: '0', dataDir, skyNightSeconds }, { env: {} }), pino({ level: 'warn' }))

const ask = async <T>(url: string): Promise<T> => await (await fetch(url)).json() as T

/** A supernova that was followed from its first days on, and about which the network changed its mind the most. */
async function worthShowing (url: string): Promise<string> {
  const { objects } = await ask<{ objects: Candidate[] }>(`${url}/v1/objects?minProbability=0.95&minEpochs=35&maxEpochs=70&limit=300`)
  let [chosen, most] = ['', -1]
  for (const { diaObjectId } of objects) {
    const { classifications } = await ask<{ classifications: Classification[] }>(`${url}/v1/objects/${diaObjectId}/classifications`)
    if (classifications[0]!.epochs > 8) continue
    const probabilities = classifications.map(({ probabilityIa }) => probabilityIa)
    const change = Math.max(...probabilities) - Math.min(...probabilities) + classifications.length / 100
    if (change > most) [chosen, most] = [diaObjectId, change]
  }
  return chosen
}

async function take (browser: Browser, url: string, { path, file, width, height, colorScheme }: Picture): Promise<void> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' })
  const page = await context.newPage()
  await page.goto(`${url}${path}`)
  await page.locator('#connection[data-state=live]').waitFor()
  if (path === '/') await page.locator('#candidates tr:nth-child(20) .sparkline').waitFor()
  else if (path === '/overview') await page.locator('figure canvas').nth(1).waitFor()
  else await page.locator('#flux canvas').waitFor()
  // Rates are known from the second answer of the statistics on.
  await page.locator('[data-count=rate]:text-is("–"), [data-tile=rate]:text-is("–")').waitFor({ state: 'detached' })
  await page.screenshot({ path: file })
  await context.close()
}

function pictures (object: string, folder: string | undefined): Picture[] {
  const docs = fileURLToPath(new URL('../../docs', import.meta.url))
  const light = { width: 1280, colorScheme: 'light' } as const
  if (folder === undefined) {
    return [
      { ...light, path: '/', file: join(docs, 'dashboard.png'), height: 720 },
      { ...light, path: `/objects/${object}`, file: join(docs, 'dashboard-object.png'), height: 890 }
    ]
  }
  const pages = { candidates: '/', object: `/objects/${object}`, overview: '/overview', embed: `/embed/objects/${object}` }
  return Object.entries(pages).flatMap(([name, path]) => (['light', 'dark'] as const).flatMap(colorScheme => [1280, 390].map(width => (
    { path, file: join(folder, `${name}-${colorScheme}-${width}.png`), width, height: name === 'overview' ? 2400 : 1100, colorScheme }))))
}

const fast = await serve('0')
while ((await ask<{ accounting: { received: number } }>(`${fast.url}/v1/statistics`)).accounting.received < ALERTS) await delay(1000)
await fast.stop()
const calm = await serve(CALM_NIGHT)
const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] })
try {
  for (const picture of pictures(await worthShowing(calm.url), process.argv[2])) {
    await take(browser, calm.url, picture)
    console.log(picture.file)
  }
} finally {
  await browser.close()
  await calm.stop()
  rmSync(dataDir, { recursive: true, force: true })
}
