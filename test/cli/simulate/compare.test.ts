import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { simulateCommand } from '../../../src/cli/simulate/simulate.ts'
import { UsageError } from '../../../src/errors.ts'
import { PROGRAM } from '../../e2e/candela-process.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { writeSet } from '../../simulator/comparison/sketch.ts'

function candela (...args: string[]): { status: number | null, stdout: string, stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, 'simulate', ...args], { timeout: 120_000, encoding: 'utf8' })
  return { status, stdout, stderr }
}

test('candela simulate --compare tells what differs and writes its page', t => {
  const folder = temporaryFolder(t)
  const [real, simulated, out] = ['real', 'simulated', 'out'].map(name => join(folder, name)) as [string, string, string]
  writeSet(real, 'Ia-91T', 12, { colour: 0.1 })
  writeSet(real, 'nova', 2)
  writeSet(simulated, 'Ia', 12, { colour: 0.4 })
  writeSet(simulated, 'TDE', 1)
  const { status, stdout, stderr } = candela('--compare', real, '--with', simulated, '--out', out)
  assert.equal(status, 0, stderr)
  assert.match(stdout, /^class +real +simulated +judged +differing {2}largest distances above 0\.2\nIa +12 +12 +\d+ +\d+ {2}.*colour at the peak, g−r \[mag\] 1\.00/)
  assert.match(stderr, /real: left out: 'nova' \(2\), not simulated/)
  assert.match(stderr, /on one side alone, and not compared: TDE \(1 simulated\)/)
  assert.ok(existsSync(join(out, 'index.html')))
})

test('flags that do not belong together are refused by name', async () => {
  for (const [args, message] of [
    [['--compare', 'a', '--out', 'x'], /there are no simulated ones/],
    [['--compare', 'a', '--with', 'b'], /a page and its numbers/],
    [['--compare', 'a', '--with', 'b', '--out', 'x', '--nights', '3'], /--nights has no meaning with --compare/],
    [['--with', 'b'], /--with is given without --compare/],
    [['--compare', 'a', '--gallery', 'b'], /--compare and --gallery are both given/],
    [['--gallery', 'a', '--out', 'x', '--limit', '0.1'], /--limit has no meaning with --gallery/],
    [['--gallery', 'a', '--each', '0'], /--each is '0'/],
    [['--compare', 'a', '--with', 'b', '--out', 'x', '--least-snr', 'five'], /--least-snr is 'five'/]
  ] as const) {
    await assert.rejects(simulateCommand().parseAsync([...args], { from: 'user' }), (error: unknown) => error instanceof UsageError && message.test(error.message), args.join(' '))
  }
})
