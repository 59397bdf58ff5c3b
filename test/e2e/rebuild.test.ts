import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { test } from 'node:test'
import { saveModel } from '../../src/model/model-file.ts'
import { modelKey } from '../../src/model/model-key.ts'
import type { RebuildSummary } from '../../src/cli/data-folder/rebuild-report.ts'
import { alertFor, openPipeline, point, temporaryFolder, untrainedModel } from '../pipeline.ts'
import { candela, start } from './candela-process.ts'

const OBJECTS = 2000
const EPOCHS = 12

test('killed in the middle of a rebuild, it goes on where it was, and nothing is published twice', async t => {
  const ids = Array.from({ length: OBJECTS }, (_, k) => String(10_000 + k))
  const alerts = ids.map((id, k) => alertFor(id, Array.from({ length: EPOCHS }, (_, night) => point({ midpointMjdTai: 60000 + night, psfFlux: 600 + 10 * (k % 90) + 100 * night }))))
  const received = alerts.map(alert => ({ alert, origin: 'test' }))
  const old = await openPipeline(t)
  await old.processor.process(received)
  await old.close()
  const model = { ...untrainedModel({}, 5), version: '2.0' }
  const modelFolder = join(temporaryFolder(t), 'model')
  await saveModel(modelFolder, model)
  const args = ['rebuild', '--data-dir', old.folder, '--model', modelFolder, '--engine', 'wasm', '--json']

  const killed = start(t, args)
  createInterface(killed.stderr).once('line', () => killed.kill('SIGKILL'))
  await once(killed, 'close')
  const between = await openPipeline(t, { folder: old.folder, model })
  const done = ids.filter(id => between.store.objects.get(id)!.model === modelKey(model)).length
  await between.close()
  assert.ok(done >= 250 && done < OBJECTS, `${done} objects were rebuilt before it was killed`)

  const again = await candela(t, args)
  assert.equal(again.status, 0, again.stderr)
  const { lookedAt, revised, unchanged } = JSON.parse(again.stdout) as RebuildSummary
  assert.deepEqual([lookedAt, revised, unchanged], [OBJECTS, OBJECTS - done, done])

  const rebuilt = await openPipeline(t, { folder: old.folder, model })
  const fresh = await openPipeline(t, { model })
  await fresh.processor.process(received)
  for (const id of ids) {
    assert.deepEqual(rebuilt.store.reader.classifications(id)!.map(({ classifierVersion, revision }) => [classifierVersion, revision]), [['1.0', 0], ['2.0', 1]])
    assert.deepEqual(rebuilt.store.objects.get(id)!.tip, fresh.store.objects.get(id)!.tip)
    assert.deepEqual(rebuilt.store.objects.checkpoints(id), fresh.store.objects.checkpoints(id))
  }
  assert.equal(rebuilt.store.reader.statistics().republished, OBJECTS)
})
