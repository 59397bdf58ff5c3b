/**
 * `npm run smoke [-- --without-tensorflow]`: whether this install runs on this Node: simulate, serve, classify, replay,
 * train, evaluate. A minute; needs nothing but the install. Exit code 1 where a step fails.
 */
import { program } from 'commander'
import { createRequire } from 'node:module'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { STEPS } from './steps.ts'

program.option('--without-tensorflow', 'this install is meant to have no @tensorflow/tfjs-node; with CI=true one without fails otherwise').parse()
const { withoutTensorflow = false } = program.opts<{ withoutTensorflow?: boolean }>()

function installed (): boolean {
  try {
    createRequire(import.meta.url).resolve('@tensorflow/tfjs-node')
    return true
  } catch {
    return false
  }
}

const hasTensorflow = installed()
console.log(`Node ${process.versions.node}, ${process.platform} ${process.arch}, ${hasTensorflow ? 'with' : 'without'} @tensorflow/tfjs-node`)
if (hasTensorflow === withoutTensorflow && (withoutTensorflow || process.env['CI'] === 'true')) {
  program.error(withoutTensorflow ? 'this install was to have no @tensorflow/tfjs-node' : '@tensorflow/tfjs-node is not installed: give --without-tensorflow where that is meant')
}
const folder = mkdtempSync(join(tmpdir(), 'candela-smoke-'))
const endings: Array<() => unknown> = [() => rmSync(folder, { recursive: true, force: true })]
const t = { after: (end: () => unknown): void => { endings.unshift(end) } }
try {
  for (const [name, step] of Object.entries(STEPS)) {
    const began = performance.now()
    try {
      console.log(`ok      ${name}: ${await step({ t, folder, hasTensorflow })} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
    } catch (error) {
      console.log(`failed  ${name}: ${error instanceof Error ? error.message : String(error)}`)
      process.exitCode = 1
    }
  }
} finally {
  for (const end of endings) await end()
}
