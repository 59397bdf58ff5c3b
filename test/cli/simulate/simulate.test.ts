import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { decodeContainer } from '../../../src/alert/decode.ts'
import { PROGRAM } from '../../e2e/candela-process.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { usages } from '../usages.ts'

function candela (...args: string[]): { status: number | null, stdout: Buffer, stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { timeout: 120_000, maxBuffer: 2 ** 28 })
  return { status, stdout, stderr: stderr.toString() }
}

test('candela simulate writes nights and their truth, and sums up as JSON', t => {
  const out = join(temporaryFolder(t), 'sky')
  const { status, stdout } = candela('simulate', '--nights', '4', '--seed', '3', '--objects', '40', '--out', out, '--json')
  assert.equal(status, 0)
  const summary = JSON.parse(stdout.toString()) as Record<string, number>
  assert.equal(summary['seed'], 3)
  assert.equal(summary['nights'], 4)
  assert.ok(summary['alerts']! > 0)
  assert.equal(readFileSync(join(out, 'truth.csv'), 'utf8').trim().split('\n').length, summary['objects']! + 1)
})

test('--out - writes one container to stdout', () => {
  const { status, stdout } = candela('simulate', '--nights', '3', '--seed', '3', '--objects', '40', '--out', '-')
  assert.equal(status, 0)
  const decoded = [...decodeContainer(stdout)]
  assert.ok(decoded.length > 0)
  assert.ok(decoded.every(one => 'alert' in one))
})

test('wrong flags end with exit code 2 and name themselves', async t => {
  const wrong = [
    [['--nights', 'ten'], /--nights is 'ten'/],
    [['--objects', '0'], /--objects is '0'/],
    [['--out', '-', '--json'], /--json and --out -/]
  ] as const
  for (const [k, { status, stderr }] of (await usages(t, wrong.map(([args]) => ['simulate', ...args]))).entries()) {
    assert.equal(status, 2, stderr)
    assert.match(stderr, wrong[k]![1])
  }
})

test('--help shows an example', async t => {
  const [simulate] = await usages(t, [['simulate', '--help']])
  assert.match(simulate!.stdout, /candela simulate --nights 30/)
})
