import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openService } from '../service.ts'

interface Archived { archive: { name: string, objects: number, stayed: number, bytes: number } | null, nextCursor: string | null }
interface Problem { type: string, detail: string }

test('what was not seen for long is archived, listed and restored', async t => {
  const { ask, observe } = await openService(t)
  const restore = async (name: string) => ask({ method: 'POST', url: '/v1/archives/restore', payload: { name } })
  assert.deepEqual((await ask('/v1/archives')).json(), { archives: [] })
  await observe('old', 3)
  await observe('new', 1, { firstNight: 60 })
  const archived = async (notSeenDays: number): Promise<Archived> => (await ask({ method: 'POST', url: '/v1/archives', payload: { notSeenDays } })).json<Archived>()
  assert.deepEqual(await archived(58), { archive: null, damaged: [], nextCursor: null })
  const { archive } = await archived(57.5)
  assert.deepEqual([archive!.objects, archive!.stayed], [1, 0])
  assert.equal((await ask('/v1/objects/old')).statusCode, 404)
  assert.equal((await ask('/v1/statistics')).json<{ archivedObjects: number }>().archivedObjects, 1)
  const { archives } = (await ask('/v1/archives')).json<{ archives: Array<{ name: string, objects: number, bytes: number }> }>()
  assert.deepEqual(archives.map(({ name, objects, bytes }) => ({ name, objects, bytes })), [{ name: archive!.name, objects: 1, bytes: archive!.bytes }])

  await observe('old', 1, { firstNight: 70 })
  assert.deepEqual((await restore(archive!.name)).json(), { objects: 1, restored: 0, merged: 1, unchanged: 0, failed: [] })
  assert.equal((await ask('/v1/objects/old')).json<{ classification: { epochs: number } }>().classification.epochs, 4)
  assert.deepEqual((await restore(archive!.name)).json(), { objects: 1, restored: 0, merged: 0, unchanged: 1, failed: [] })
})

test('no path leads out of the folder of archives, and what is no archive is a problem with a name', async t => {
  const { ask, pipeline, observe } = await openService(t)
  await observe('old', 1)
  await observe('new', 1, { firstNight: 60 })
  await ask({ method: 'POST', url: '/v1/archives', payload: { notSeenDays: 1 } })
  for (const name of ['../../data.mdb', '..', '/etc/passwd', 'none.avro', '../../archive/none.avro', '']) {
    const response = await ask({ method: 'POST', url: '/v1/archives/restore', payload: { name } })
    assert.deepEqual([response.statusCode, response.json<Problem>().type], [404, '/problems/archive-not-found'], name)
  }
  writeFileSync(join(pipeline.folder, 'archive', 'text.avro'), 'text')
  const response = await ask({ method: 'POST', url: '/v1/archives/restore', payload: { name: 'text.avro' } })
  assert.deepEqual([response.statusCode, response.json<Problem>().type], [409, '/problems/archive-invalid'])
  assert.equal((await ask('/v1/archives')).json<{ archives: unknown[] }>().archives.length, 1, 'it is not listed')
})

test('what a killed process left unfinished is removed after a day, and nothing else', async t => {
  const { ask, pipeline } = await openService(t)
  const folder = join(pipeline.folder, 'archive')
  mkdirSync(folder)
  const day = Date.now() / 1000 - 90_000
  for (const name of ['objects-20260501T120000.000Z.avro.17.unfinished', 'own.avro.17.unfinished', 'objects-20260502T120000.000Z.avro.17.unfinished']) writeFileSync(join(folder, name), '')
  for (const name of ['objects-20260501T120000.000Z.avro.17.unfinished', 'own.avro.17.unfinished']) utimesSync(join(folder, name), day, day)
  await ask({ method: 'POST', url: '/v1/archives', payload: { notSeenDays: 1 } })
  assert.deepEqual(readdirSync(folder).sort(), ['objects-20260502T120000.000Z.avro.17.unfinished', 'own.avro.17.unfinished'])
})

for (const payload of [{}, { notSeenDays: 0 }, { notSeenDays: '5' }, { days: 5 }, { notSeenDays: 5, cursor: 'x' }]) {
  test(`POST /v1/archives ${JSON.stringify(payload)} is refused`, async t => {
    const { ask } = await openService(t)
    assert.equal((await ask({ method: 'POST', url: '/v1/archives', payload })).statusCode, 400)
  })
}
