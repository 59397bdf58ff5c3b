// Starts the compiled program in some ways, each of which adds to what is kept of it: start-program.cjs.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const [program] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'candela-test-'))
const options = { env: { ...process.env, KEEP_COMPILED: '', CANDELA_AUTH: 'none' }, stdio: ['ignore', 'pipe', 'ignore'] }
const run = (...args) => spawnSync(process.execPath, [program, ...args], options)

try {
  const alerts = join(folder, 'alerts')
  run('simulate', '--objects', '30', '--nights', '2', '--out', alerts)
  for (const engine of ['wasm', 'auto']) run('replay', '--engine', engine, alerts)
  const service = spawn(process.execPath, [program, 'serve', '--engine', 'wasm', '--http-port', '0', '--data-dir', join(folder, 'data')], options)
  createInterface(service.stdout).on('line', line => { if (line.includes('first classification')) service.kill('SIGTERM') })
  await once(service, 'close')
} finally {
  rmSync(folder, { recursive: true })
}
