/** JSON of any depth in a file that somebody gives ends in a message that names the file, never in a stack overflow. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { readClassesFile } from '../../../src/cli/flags/classes-file.ts'
import { readSettings, SETTINGS } from '../../../src/config.ts'
import { CandelaError, UsageError } from '../../../src/errors.ts'
import { loadModel, saveModel } from '../../../src/model/model-file.ts'
import { shownJson } from '../../../src/shown-value.ts'
import { readSources } from '../../../src/stream/kafka/ingest/sources-file.ts'
import { usages } from '../../cli/usages.ts'
import { temporaryFolder, untrainedModel } from '../../pipeline.ts'

/** V8 gives up at some 8,000. */
const LEVELS = 50_000
const DEEP = ['['.repeat(LEVELS) + ']'.repeat(LEVELS), '{"a":'.repeat(LEVELS) + '1' + '}'.repeat(LEVELS)]

const written = (t: TestContext, text: string): string => {
  const path = join(temporaryFolder(t), 'given.json')
  writeFileSync(path, text)
  return path
}

/** What is said is short, and names the place. */
function refusal (read: () => unknown, place: RegExp): void {
  assert.throws(read, (error: unknown) => {
    assert.ok(error instanceof UsageError, String(error))
    assert.match(error.message.slice(0, 1500), place)
    assert.ok(error.message.length < 1500)
    return true
  })
}

test('every setting of a config file', t => {
  for (const deep of DEEP) {
    refusal(() => readSettings({}, { env: {}, configFile: written(t, deep) }), /config file .*given\.json/)
    for (const { name } of SETTINGS) refusal(() => readSettings({}, { env: {}, configFile: written(t, `{"${name}":${deep}}`) }), new RegExp(`given\\.json: ${name} is `))
  }
})

test('every key of a source', t => {
  for (const deep of DEEP) {
    refusal(() => readSources(written(t, deep)), /sources file .*given\.json/)
    for (const key of ['name', 'topics', 'brokers', 'dialect', 'group', 'start', 'tls', 'saslPassword', 'schemaRegistry']) {
      refusal(() => readSources(written(t, `[{"name":"a","topics":"b","${key}":${deep}}]`)), /sources file .*given\.json: \[0\]/)
    }
  }
})

test('classes, settings of a training, and a model', async t => {
  for (const deep of DEEP) {
    for (const text of [deep, `{"classes":${deep}}`, `{"classes":{"Ia":${deep}},"positive":["Ia"]}`, `{"classes":{"Ia":["Ia"],"CC":["II"]},"positive":["Ia"],"others":${deep}}`]) {
      refusal(() => readClassesFile(written(t, text)), /--classes .*given\.json/)
    }
    const settings = [deep, `{"layers":${deep}}`, `{"classes":${deep}}`]
    for (const { status, stderr } of await usages(t, settings.map(text => ['train', '--data', written(t, ''), '--model', 'a/1.0', '--settings', written(t, text)]))) {
      assert.equal(status, 2, stderr.slice(0, 500))
      assert.match(stderr, /given\.json/)
      assert.doesNotMatch(stderr, /RangeError|call stack/)
    }
    const folder = temporaryFolder(t)
    await saveModel(folder, untrainedModel())
    for (const file of ['model.json', 'card.json']) {
      const here = temporaryFolder(t)
      await saveModel(here, untrainedModel())
      writeFileSync(join(here, file), deep)
      try {
        loadModel(here)
      } catch (error) {
        assert.ok(error instanceof CandelaError && error.message.length < 1500, String(error).slice(0, 300))
      }
    }
  }
})

test('a value in a message is short, whatever it is', () => {
  for (const [value, shown] of [[undefined, '"missing"'], [1, '1'], ['a', '"a"'], [JSON.parse(DEEP[0]!), '"a list of 1"'], [JSON.parse(DEEP[1]!), '"a long object"'], ['x'.repeat(1000), JSON.stringify('x'.repeat(200) + '…')]] as const) {
    assert.equal(shownJson(value), shown)
  }
})
