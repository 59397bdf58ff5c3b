import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import test from 'node:test'
import { temporaryFolder } from '../../pipeline.ts'
import { openService } from '../service.ts'

test('schemathesis finds nothing to say about the running service', async t => {
  const python = process.env['CANDELA_PYTHON'] || 'python3'
  if (spawnSync(python, ['-c', 'import schemathesis'], { timeout: 60_000 }).status !== 0) {
    t.skip(`${python} has no schemathesis: name a Python that has it in CANDELA_PYTHON`)
    return
  }
  const service = await openService(t)
  for (let k = 0; k < 5; k++) await service.observe(`object-${k}`, 3 + 8 * k, { flux: 1500 * (k + 1) })
  const address = await service.app.listen({ port: 0, host: '127.0.0.1' })
  // /v1/stream does not end by itself.
  const child = spawn(python, ['-m', 'schemathesis.cli', '--config-file', join(import.meta.dirname, 'schemathesis.toml'), 'run', `${address}/openapi.json`,
    '--exclude-path', '/v1/stream', '--max-examples', '10', '--seed', '20261125', '--continue-on-failure', '--no-color', '--warnings', 'off'
  ], { cwd: temporaryFolder(t), env: { ...process.env, SCHEMATHESIS_HOOKS: join(import.meta.dirname, 'hooks.py') }, stdio: ['ignore', 'pipe', 'pipe'] })
  t.after(() => child.kill())
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number | null]>])
  assert.equal(status, 0, `${stdout}\n${stderr}`)
  const [, cases] = /(\d+) generated, \1 passed/.exec(stdout) ?? assert.fail(stdout)
  assert.ok(Number(cases) > 500, `${cases} cases`)
  t.diagnostic(`${cases} cases passed`)
})
