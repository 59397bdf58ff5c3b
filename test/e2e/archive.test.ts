import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readdirSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { openArchive } from '../../src/state/archive/reader.ts'
import { openLmdbStore } from '../../src/state/storage/store.ts'
import { createRestorer } from '../../src/state/archive/restorer.ts'
import { serialized } from '../../src/state/processor/serialized.ts'
import { usages } from '../cli/usages.ts'
import { alertFor, openPipeline, point, temporaryFolder } from '../pipeline.ts'
import { candela, serve, start, type Finished } from './candela-process.ts'

const linesOf = <Line>({ stdout }: Finished): Line[] => stdout.split('\n').filter(Boolean).map(line => JSON.parse(line) as Line)

/** As many as the survey's clock needs to be believed. */
const NEW = 25

/** A data folder with objects of one point each at MJD 60000, and some that are newer. */
async function folderOf (t: TestContext, old: number): Promise<string> {
  const { folder, processor, close } = await openPipeline(t)
  const alerts = [...Array.from({ length: old }, (_, k) => alertFor(`old-${k}`, [point()])), ...Array.from({ length: NEW }, (_, k) => alertFor(`new-${k}`, [point({ midpointMjdTai: 61104 })]))]
  for (let k = 0; k < alerts.length; k += 1000) await processor.process(alerts.slice(k, k + 1000).map(alert => ({ alert, origin: 'test' })))
  await close()
  return folder
}

async function keptIn (folder: string): Promise<{ ids: string[], archivedObjects: number }> {
  const store = openLmdbStore(folder)
  const { archivedObjects } = store.reader.statistics()
  const ids = [...store.objects.ids()]
  await store.close()
  return { ids, archivedObjects }
}

test('killed in the middle of archiving, again and again, no object is lost and each comes back once', async t => {
  const objects = 6000
  const folder = await folderOf(t, objects)
  const archives = temporaryFolder(t)
  let inTheMiddle = 0
  for (let attempt = 0; attempt < 4; attempt++) {
    const file = `${attempt}.avro`
    const child = start(t, ['archive', '--not-seen', '30', '--to', join(archives, file), '--data-dir', folder])
    const exit = once(child, 'close')
    // The first while the file is written, the others while its objects leave the store.
    const watcher = watch(archives, (_event, name) => {
      if (name === file || (attempt === 0 && name?.startsWith(`${file}.`))) child.kill('SIGKILL')
    })
    await exit
    watcher.close()
    const { ids, archivedObjects } = await keptIn(folder)
    assert.equal(ids.length + archivedObjects, objects + NEW, 'each object is kept or counted as archived')
    if (existsSync(join(archives, file)) && ids.length > NEW) inTheMiddle++
  }
  assert.ok(inTheMiddle > 0, 'a process was killed with a whole file and some of its objects still in the store')
  const last = await candela(t, ['archive', '--not-seen', '30', '--to', join(archives, 'last.avro'), '--data-dir', folder])
  assert.equal(last.status, 0, last.stderr)
  assert.equal((await keptIn(folder)).ids.length, NEW)

  const { store, processor } = await openPipeline(t, { folder })
  const restorer = createRestorer({ store, processor: serialized(processor) })
  for (const name of readdirSync(archives).filter(name => name.endsWith('.avro'))) await restorer.restore(await openArchive(join(archives, name)))
  const { accounting, archivedObjects } = store.reader.statistics()
  assert.equal([...store.objects.ids()].length, objects + NEW)
  assert.equal(archivedObjects, 0)
  assert.equal([...store.objects.ids()].reduce((sum, id) => sum + store.reader.classifications(id)!.length, 0), accounting.classified)
})

test('archive, list and restore on a data folder; what is no archive is refused and stops nothing else', async t => {
  const data = await folderOf(t, 3)
  const folder = temporaryFolder(t)
  const file = join(folder, 'a.avro')
  const archived = await candela(t, ['archive', '--not-seen', '30', '--to', file, '--data-dir', data])
  assert.equal(archived.status, 0, archived.stderr)
  assert.deepEqual(linesOf<{ objects: number, stayed: number }>(archived).map(({ objects, stayed }) => [objects, stayed]), [[3, 0]])
  assert.match(archived.stderr, /newest time in the store is MJD 61104\.000: what was last seen before 61074\.000 leaves/)
  const listed = await candela(t, ['archive', 'list', file])
  assert.deepEqual(linesOf<{ diaObjectId: string, lastMjdTai: number, epochs: number }>(listed).map(({ diaObjectId, lastMjdTai, epochs }) => [diaObjectId, lastMjdTai, epochs]), [['old-0', 60000, 1], ['old-1', 60000, 1], ['old-2', 60000, 1]])

  const again = await candela(t, ['archive', '--not-seen', '30', '--to', file, '--data-dir', data])
  assert.equal(again.status, 1)
  assert.match(again.stderr, /is there already \[archive-exists\]/)
  writeFileSync(join(folder, 'text'), 'no archive')
  const restored = await candela(t, ['restore', join(folder, 'text'), join(folder, 'missing'), file, '--data-dir', data, '--engine', 'wasm'])
  assert.equal(restored.status, 1)
  assert.match(restored.stderr, /text is no archive of Candela.*\[archive-invalid\]/)
  assert.match(restored.stderr, /missing cannot be read.*\[archive-unreadable\]/)
  assert.deepEqual(linesOf<{ restored: number }>(restored).map(({ restored }) => restored), [3])
  assert.equal((await keptIn(data)).ids.length, 3 + NEW)

  const looking = join(folder, 'looking')
  assert.equal((await candela(t, ['restore', file, '--data-dir', looking, '--engine', 'wasm'])).status, 0)
  assert.equal((await keptIn(looking)).ids.length, 3)
  const wrong = [['archive', '--to', file], ['archive', '--not-seen', '0', '--to', file], ['archive', '--not-seen', '5'], ['archive', '--not-seen', '5', '--to', file, '--url', 'http://localhost:1']]
  const refused = await usages(t, wrong.map(args => [...args, ...args.includes('--url') ? [] : ['--data-dir', data]]))
  for (const [k, { status }] of refused.entries()) assert.equal(status, 2, wrong[k]!.join(' '))
})

test('a service archives by itself what is not seen any more, and by request; the folder is refused to others', async t => {
  const data = await folderOf(t, 5)
  const archives = temporaryFolder(t)
  const service = await serve(t, ['--data-dir', data, '--engine', 'wasm', '--sky-night-seconds', '60', '--retention-days', '30', '--archive-dir', archives])
  assert.match(await service.logged(/^archived /), /^archived 5 objects, not seen for 30 d, in .*objects-\d{8}T\d{6}\.\d{3}Z\.avro; \d+ are kept$/)
  const [name] = readdirSync(archives)
  assert.equal((await fetch(`${service.url}/v1/objects/old-3`)).status, 404)

  const beside = await candela(t, ['archive', '--not-seen', '30', '--to', join(archives, 'x.avro'), '--data-dir', data])
  assert.equal(beside.status, 1)
  assert.match(beside.stderr, /\[data-folder-in-use\]\n.*--url/)
  const restored = await candela(t, ['restore', name!, 'none.avro', '--url', service.url])
  assert.equal(restored.status, 1)
  assert.match(restored.stderr, /there is no archive none\.avro .*\[archive-not-found\]/)
  assert.deepEqual(linesOf(restored), [{ file: name, objects: 5, restored: 5, merged: 0, unchanged: 0, failed: 0 }])
  assert.equal((await fetch(`${service.url}/v1/objects/old-3`)).status, 200)
  const through = await candela(t, ['archive', '--not-seen', '30', '--url', service.url])
  assert.equal(through.status, 0, through.stderr)
  assert.deepEqual(linesOf<{ objects: number }>(through).map(({ objects }) => objects), [5])
  const { archives: listed } = await (await fetch(`${service.url}/v1/archives`)).json() as { archives: Array<{ name: string, objects: number }> }
  assert.deepEqual(listed.map(({ objects }) => objects), [5, 5])
  assert.equal((await service.stop('SIGTERM')).status, 0)
})
