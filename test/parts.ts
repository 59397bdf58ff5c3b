/** The real parts that tests need beside Node: missing ones fail in CI and are skipped, with a reason, elsewhere. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

/** The data folder beside the checkout; set CANDELA_SHARED_DATA to use another. */
export const sharedData = process.env['CANDELA_SHARED_DATA'] ?? fileURLToPath(new URL('../../shared/data', import.meta.url))

/** Path of a Chromium or Chrome for the browser tests. */
export const chromiumPath = process.env['CHROMIUM_PATH'] ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(path => existsSync(path)) ?? ''

interface Part {
  there: () => boolean
  how: string
  /** Skipped in CI, too, where it is missing. */
  optional?: true
}

const parts = {
  'shared-data': { there: () => existsSync(sharedData), how: 'set CANDELA_SHARED_DATA to the folder that holds spcc/ and alerts/' },
  tensorflow: { there: tensorflowInstalled, how: 'install @tensorflow/tfjs-node' },
  docker: { there: dockerAnswers, how: 'start a Docker engine' },
  promtool: { there: promtoolAnswers, how: 'set PROMTOOL to it, or put it on the PATH', optional: true },
  chromium: { there: () => chromiumPath !== '' && existsSync(chromiumPath), how: 'set CHROMIUM_PATH' }
} as const satisfies Record<string, Part>

/** Whether there is a promtool, by PROMTOOL or on the PATH. */
export function promtoolAnswers (): boolean {
  return spawnSync(process.env['PROMTOOL'] ?? 'promtool', ['--version'], { timeout: 20_000, stdio: 'ignore' }).status === 0
}

function dockerAnswers (): boolean {
  return spawnSync('docker', ['version'], { timeout: 20_000, stdio: 'ignore' }).status === 0
}

function tensorflowInstalled (): boolean {
  try {
    createRequire(import.meta.url).resolve('@tensorflow/tfjs-node')
    return true
  } catch {
    return false
  }
}

/** Whether a part is there; otherwise the test is skipped and says why, or fails where CI=true and the part is none that CI may lack. */
export function needs (t: TestContext, part: keyof typeof parts): boolean {
  const { there, how, optional }: Part = parts[part]
  if (there()) return true
  const reason = `${part} is not here: ${how}`
  if (process.env['CI'] === 'true' && !optional) throw new Error(reason)
  t.skip(reason)
  return false
}
