import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { readLightCurveFiles } from '../../../src/alert/snana/light-curve-files.ts'
import type { CandelaError } from '../../../src/errors.ts'
import { needs, sharedData } from '../../parts.ts'
import { temporaryFolder } from '../../pipeline.ts'

async function tarOf (files: Record<string, string>): Promise<Buffer> {
  const archive = pack()
  for (const [name, text] of Object.entries(files)) archive.entry({ name }, text)
  archive.finalize()
  return await buffer(archive)
}

async function readAll (paths: string[]): Promise<{ read: Array<[string, string]>, errors: CandelaError[] }> {
  const errors: CandelaError[] = []
  const read: Array<[string, string]> = []
  for await (const { path, text } of readLightCurveFiles(paths, { onUnreadable: error => errors.push(error) })) read.push([basename(path), text])
  return { read, errors }
}

test('a folder gives its .DAT files and archives by name, folders below it too', async t => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'a'))
  writeFileSync(join(folder, 'b.DAT'), 'B')
  writeFileSync(join(folder, 'a', 'a.dat'), 'A')
  writeFileSync(join(folder, 'README'), 'not a light curve')
  writeFileSync(join(folder, 'c.tar'), await tarOf({ 'in/c.DAT': 'C', 'in/list': 'no' }))
  writeFileSync(join(folder, 'd.tar.gz'), gzipSync(await tarOf({ 'd.DAT': 'D' })))
  const { read, errors } = await readAll([folder])
  assert.deepEqual(read, [['a.dat', 'A'], ['b.DAT', 'B'], ['c.DAT', 'C'], ['d.tar.gz!d.DAT', 'D']])
  assert.deepEqual(errors, [])
})

test('paths keep the order of the arguments, whatever a file is called', async t => {
  const folder = temporaryFolder(t)
  for (const name of ['2.DAT', '1.txt']) writeFileSync(join(folder, name), name)
  const { read } = await readAll([join(folder, '2.DAT'), join(folder, '1.txt')])
  assert.deepEqual(read.map(([name]) => name), ['2.DAT', '1.txt'])
})

test('a cut archive gives what could be read, is reported, and what follows is read', async t => {
  const folder = temporaryFolder(t)
  const archive = await tarOf({ 'a.DAT': 'A', 'b.DAT': 'B'.repeat(3000) })
  writeFileSync(join(folder, 'cut.tar'), archive.subarray(0, 1500 + 512))
  writeFileSync(join(folder, 'notgzip.tar.gz'), 'plain text')
  writeFileSync(join(folder, 'notxz.tar.xz'), 'plain text')
  writeFileSync(join(folder, 'z.DAT'), 'Z')
  const { read, errors } = await readAll([folder])
  assert.deepEqual(read, [['cut.tar!a.DAT', 'A'], ['z.DAT', 'Z']])
  assert.deepEqual(errors.map(({ code, value }) => [code, basename(String(value))]), [
    ['file-unreadable', 'cut.tar'], ['file-unreadable', 'notgzip.tar.gz'], ['file-unreadable', 'notxz.tar.xz']])
})

test('a path that does not exist is refused before anything is read', async t => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'a.DAT'), 'A')
  await assert.rejects(readAll([folder, join(folder, 'missing')]), { code: 'path-not-found' })
})

test('reading can stop in the middle of an .xz archive', async t => {
  if (!needs(t, 'shared-data')) return
  const files = readLightCurveFiles([join(sharedData, 'spcc', 'SIMGEN_PUBLIC_DES.tar.xz')], { onUnreadable: error => { throw error } })
  const first = await files.next()
  await files.return(undefined)
  assert.match(first.value?.text ?? '', /^SURVEY: DES/)
})
