/** A Chromium page that notes every request, console line and error. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { TestContext } from 'node:test'
import { chromium, type Page } from 'playwright-core'
import { chromiumPath } from '../parts.ts'

export interface WatchedPage {
  page: Page
  /** Addresses of all requests. */
  requests: string[]
  /** Errors and warnings of the console, uncaught errors. */
  complaints: string[]
}

/** Builds the page's script as `npm run build` does; nothing happens where it is up to date. */
export function buildDashboard (): void {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'src/web'], { cwd: root, stdio: 'inherit', timeout: 120_000 })
}

export async function openPage (t: TestContext, options: { width?: number, colorScheme?: 'light' | 'dark' } = {}): Promise<WatchedPage> {
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run']
  })
  t.after(() => browser.close())
  const page = await browser.newPage({ viewport: { width: options.width ?? 1280, height: 800 }, colorScheme: options.colorScheme ?? 'light' })
  const requests: string[] = []
  const complaints: string[] = []
  page.on('request', request => requests.push(request.url()))
  page.on('console', message => { if (['error', 'warning'].includes(message.type())) complaints.push(message.text()) })
  page.on('pageerror', error => complaints.push(error.message))
  return { page, requests, complaints }
}
