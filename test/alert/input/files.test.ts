import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { filesBelow } from '../../../src/alert/input/paths.ts'
import { CandelaError } from '../../../src/errors.ts'
import { temporaryFolder } from '../../pipeline.ts'

async function below (paths: string[]): Promise<string[]> {
  const files = []
  for await (const { path } of filesBelow(paths, error => { throw error })) files.push(path)
  return files
}

test('arguments keep their order, folders give their files by name, lists the paths in them', async t => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'sub'))
  for (const name of ['b.DAT', 'a.DAT', 'notes.md', 'sub/c.dat', 'named.csv']) writeFileSync(join(folder, name), '')
  writeFileSync(join(folder, 'some.list'), '# two of them\nsub/c.dat\n\na.DAT\r\n')
  const at = (...names: string[]): string[] => names.map(name => join(folder, name))
  assert.deepEqual(await below(at('named.csv', 'sub')), at('named.csv', 'sub/c.dat'))
  assert.deepEqual(await below([folder]), at('a.DAT', 'b.DAT', 'named.csv', 'notes.md', 'some.list', 'sub/c.dat'))
  assert.deepEqual(await below(at('some.list')), at('sub/c.dat', 'a.DAT'))
})

test('a path that is not there is said before anything is read, also one that a list names', async t => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'a.DAT'), '')
  writeFileSync(join(folder, 'some.txt'), 'gone.DAT\n')
  for (const paths of [[join(folder, 'a.DAT'), join(folder, 'gone.DAT')], [join(folder, 'some.txt')]]) {
    await assert.rejects(below(paths), (error: CandelaError) => error.code === 'path-not-found' && error.message.endsWith(join(folder, 'gone.DAT')))
  }
})
