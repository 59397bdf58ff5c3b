import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

export function temporaryFolder (_t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'candela-test-'))
  folders.push(folder)
  return folder
}

/**
 * They go with the process: hooks of a test run in the order in which they were made, so that one of the folder's would
 * come before those that end what still writes there, which then hangs.
 */
const folders: string[] = []
process.on('exit', () => { for (const folder of folders) rmSync(folder, { recursive: true, force: true }) })
