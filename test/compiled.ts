/** What `npm test` has compiled before it starts (test/runner/compiled.mjs). A test file that runs without it has tsx. */
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** As a user runs it. */
export const BUILT_PROGRAM = join(ROOT, 'bin/candela.js')

const folder = process.env['COMPILED_TESTS'] ?? ''

/** The program: compiled for this run, otherwise as it is built. */
export const PROGRAM = folder !== '' ? join(folder, 'program/candela.cjs') : BUILT_PROGRAM

/** How Node runs a script of the tests: its arguments, and the file behind them. */
export function scriptOf (source: URL): { execArgv: string[], file: string } {
  const path = fileURLToPath(source)
  const file = join(folder, relative(ROOT, path).replace(/\.ts$/, '.js'))
  return folder !== '' && existsSync(file) ? { execArgv: ['--enable-source-maps'], file } : { execArgv: ['--import', 'tsx'], file: path }
}
