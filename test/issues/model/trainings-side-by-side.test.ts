/** Trainings that began at the same moment with one --out took each other's folders away while they looked whether they could write. */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkWritable } from '../../../src/cli/training/folder.ts'
import { temporaryFolder } from '../../pipeline.ts'

test('looking whether a model can be written takes nothing away from another training, and leaves nothing', async t => {
  const out = join(temporaryFolder(t), 'models')
  const versions = Array.from({ length: 40 }, (_, k) => join(out, 'tiny', `0.${k % 8}`))
  await Promise.all(versions.map(checkWritable))
  mkdirSync(join(out, 'tiny', '0.1'), { recursive: true })
  await Promise.all(versions.map(checkWritable))
  assert.deepEqual(readdirSync(out, { recursive: true }).sort(), ['tiny', 'tiny/0.1'])
})

test('a file where the folder should be is refused', async t => {
  const out = join(temporaryFolder(t), 'models')
  writeFileSync(out, '')
  await assert.rejects(checkWritable(join(out, 'tiny', '0.1')), { code: 'output-not-writable', message: /models is not a folder$/ })
})
