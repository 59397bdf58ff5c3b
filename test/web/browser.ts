/** Chromium pages that note every request, console line and error; the tests of a file share one browser. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { after, type TestContext } from 'node:test'
import { chromium, type Browser, type Page } from 'playwright-core'
import { chromiumPath } from '../parts.ts'

export interface WatchedPage {
  page: Page
  /** Addresses of all requests. */
  requests: string[]
  /** Errors and warnings of the console, uncaught errors. */
  complaints: string[]
}

export interface PageOptions {
  width?: number
  height?: number
  colorScheme?: 'light' | 'dark'
  /** What is given where a browser asks for a password. */
  password?: string
}

/** Builds the pages' scripts as `npm run build` does; nothing happens where they are up to date. */
export function buildDashboard (): void {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'src/web'], { cwd: root, stdio: 'inherit', timeout: 120_000 })
}

let launched: Promise<Browser> | undefined

after(async () => { await (await launched)?.close() })

function browser (): Promise<Browser> {
  launched ??= chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run']
  })
  return launched
}

/** A page with cookies, cache and connections of its own, closed at the end of the test. */
export async function openPage (t: TestContext, { width = 1280, height = 800, colorScheme = 'light', password }: PageOptions = {}): Promise<WatchedPage> {
  const context = await (await browser()).newContext({ viewport: { width, height }, colorScheme, ...password !== undefined && { httpCredentials: { username: 'reader', password } } })
  t.after(() => context.close())
  const page = await context.newPage()
  const requests: string[] = []
  const complaints: string[] = []
  page.on('request', request => requests.push(request.url()))
  page.on('console', message => { if (['error', 'warning'].includes(message.type())) complaints.push(message.text()) })
  page.on('pageerror', error => complaints.push(error.message))
  return { page, requests, complaints }
}

/** Origins of all requests. */
export const originsOf = (requests: readonly string[]): string[] => [...new Set(requests.filter(request => !request.startsWith('data:')).map(request => new URL(request).origin))]
