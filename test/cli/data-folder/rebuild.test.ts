import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { open } from 'lmdb'
import { saveModel } from '../../../src/model/model-file.ts'
import type { RebuildSummary } from '../../../src/cli/data-folder/rebuild-report.ts'
import { candela, serve } from '../../e2e/candela-process.ts'
import { alertFor, openPipeline, point, temporaryFolder, untrainedModel } from '../../pipeline.ts'
import { usages } from '../usages.ts'

type Printed = RebuildSummary & { finished: boolean }

/** A data folder that untrained/1.0 has filled with objects 1 to 4, and the folder of untrained/2.0. */
async function folders (t: TestContext): Promise<{ data: string, model: string }> {
  const { folder: data, processor, close } = await openPipeline(t)
  await processor.process(['1', '2', '3', '4'].map(id => ({ alert: alertFor(id, [point({ psfFlux: id === '4' ? 100 : 2000 })]), origin: 'test' })))
  await close()
  const model = join(temporaryFolder(t), 'model')
  await saveModel(model, { ...untrainedModel({}, 5), version: '2.0' })
  return { data, model }
}

test('a data folder is brought to another model; started again there is nothing to do', async t => {
  const { data, model } = await folders(t)
  const args = ['rebuild', '--data-dir', data, '--model', model, '--engine', 'wasm', '--json']
  const first = await candela(t, [...args, '2'])
  assert.equal(first.status, 0, first.stderr)
  const one = JSON.parse(first.stdout) as Printed
  assert.deepEqual(one, { classifierName: 'untrained', classifierVersion: '2.0', lookedAt: 1, revised: 1, unchanged: 0, declined: 0, failed: [], finished: true })
  const all = await candela(t, args)
  assert.match(all.stderr, /^untrained\/2\.0: 4 objects looked at, 2 revised, 1 unchanged, 1 declined, 0 failed; \d+ objects\/s$/m)
  const again = await candela(t, args)
  assert.equal(again.status, 0)
  assert.match(again.stderr, /nothing changed: 4 objects looked at/)
  const forced = JSON.parse((await candela(t, [...args, '--force'])).stdout) as Printed
  assert.deepEqual([forced.lookedAt, forced.unchanged, forced.declined], [4, 3, 1])
})

test('a record that cannot be read and an id that is not known are named with what to do, and the exit code is 1', async t => {
  const { data, model } = await folders(t)
  const root = open({ path: data, encoding: 'binary', maxDbs: 8 })
  await root.openDB({ name: 'objects', encoding: 'binary' }).put('2', Buffer.from('damaged'))
  await root.close()
  const { status, stdout, stderr } = await candela(t, ['rebuild', '--data-dir', data, '--model', model, '--engine', 'wasm', '--json'])
  assert.equal(status, 1)
  const { revised, failed } = JSON.parse(stdout) as Printed
  assert.deepEqual([revised, failed.map(({ diaObjectId, code }) => [diaObjectId, code])], [2, [['2', 'record-damaged']]])
  assert.match(stderr, /object 2: .* \[record-damaged\]\n {2}\S/)
  const unknown = await candela(t, ['rebuild', '77', '--data-dir', data, '--model', model, '--engine', 'wasm'])
  assert.deepEqual([unknown.status, /no object 77.*\[object-not-found\]/.test(unknown.stderr)], [1, true])
})

test('a folder that a service uses is refused; the service itself rebuilds while it serves', async t => {
  const { data, model } = await folders(t)
  const service = await serve(t, ['--data-dir', data, '--model', model, '--engine', 'wasm', '--sky-night-seconds', '60'])
  const refused = await candela(t, ['rebuild', '--data-dir', data, '--engine', 'wasm'])
  assert.equal(refused.status, 1)
  assert.match(refused.stderr, /data-folder-in-use[^]*--url/)
  const through = await candela(t, ['rebuild', '--url', service.url, '--json'])
  assert.equal(through.status, 0, through.stderr)
  const { classifierVersion, revised, declined } = JSON.parse(through.stdout) as Printed
  assert.deepEqual([classifierVersion, revised, declined], ['2.0', 3, 1])
  const { classifications } = await (await fetch(`${service.url}/v1/objects/2/classifications`)).json() as { classifications: Array<{ classifierVersion: string }> }
  assert.deepEqual(classifications.map(({ classifierVersion }) => classifierVersion), ['1.0', '2.0'])
  const named = await candela(t, ['rebuild', '2', '3', '--force', '--url', service.url, '--json'])
  assert.equal((JSON.parse(named.stdout) as Printed).unchanged, 2)
  await service.stop('SIGINT')
  const gone = await candela(t, ['rebuild', '--url', service.url])
  assert.deepEqual([gone.status, /does not answer.*\[service-unreachable\]/.test(gone.stderr)], [1, true])
})

test('wrong usage ends with 2, a folder that is not there with 1; --help shows examples', async t => {
  const none = await candela(t, ['rebuild', '--data-dir', join(temporaryFolder(t), 'none'), '--engine', 'wasm'])
  assert.equal(none.status, 1)
  assert.match(none.stderr, /data-folder-missing/)
  const wrong = [['a b'], ['../../1'], ['--url', 'x:'], ['--url', 'http://localhost', '--data-dir', 'x'], ['--url', 'http://localhost', '--model', 'spcc'], ['--all'], ['--engine', 'steam']]
  const [help, ...refused] = await usages(t, [['--help'], ...wrong].map(args => ['rebuild', ...args]))
  for (const [k, { status, stderr, stdout }] of refused.entries()) {
    assert.equal(status, 2, `${wrong[k]!.join(' ')}: ${stderr}`)
    assert.equal(stdout, '')
  }
  assert.equal(help!.status, 0)
  assert.match(help!.stdout, /Usage: candela rebuild[^]*Examples[^]*candela rebuild --url/)
})
