import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { RUNS, seedsOf } from '../../reproduce/runs.ts'
import { referenceSettingsSchema } from '../../src/training/charnock-moss/settings.ts'
import { trainingSettingsSchema } from '../../src/training/settings.ts'
import { scriptOf } from '../compiled.ts'
import { temporaryFolder } from '../pipeline.ts'

const { execArgv, file } = scriptOf(new URL('../../reproduce/run.ts', import.meta.url))

function reproduce (...args: string[]): Promise<{ code: number, stderr: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, [...execArgv, file, ...args], { timeout: 60_000 }, (error, _, stderr) =>
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stderr }))
  })
}

test('flags that would train nothing are refused, not answered with empty tables', async t => {
  const out = temporaryFolder(t)
  const runs = await Promise.all([['--jobs', 'abc'], ['--seeds', '0'], ['--only', 'nothing'], ['--only', 'spectroscopic'], ['--only', 'sky']].map(flags => reproduce('--data', 'data', '--out', join(out, 'new'), ...flags)))
  assert.deepEqual(runs.map(({ code }) => code), [2, 2, 2, 2, 2])
  runs.forEach(({ stderr }, k) => assert.match(stderr, [/--jobs is 'abc'/, /--seeds is '0'/, /the runs are spcc-10660, /, /spectroscopic-1103, .* want --spectroscopic/, /the runs sky-first, .* want --sources and --real/][k]!))
  assert.deepEqual(readdirSync(out), [])
})

test('the settings of every run are settings, and no two trainings have one name', () => {
  for (const { architecture, settings } of RUNS) (architecture ? referenceSettingsSchema : trainingSettingsSchema).parse(settings)
  const names = RUNS.flatMap(run => seedsOf(run, 3).map(seed => `${run.name}-seed${seed}`))
  assert.equal(new Set(names).size, names.length)
})
