import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readClassesFile } from '../../../src/cli/flags/classes-file.ts'
import { trainingSettings } from '../../../src/cli/flags/training.ts'
import { temporaryFolder } from '../../pipeline.ts'

test('a classes file becomes a setting; one that cannot be read or meant is wrong usage and names itself', t => {
  const folder = temporaryFolder(t)
  const put = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const good = put('good.json', '{"classes": {"Ia": ["Ia", " 101 "], "CC": ["II"]}, "positive": ["Ia"]}')
  const classes = { classes: { Ia: ['Ia', '101'], CC: ['II'] }, positive: ['Ia'], others: 'refuse' }
  assert.deepEqual(readClassesFile(good), classes)
  assert.deepEqual(trainingSettings({ classes: good }).classes, classes)
  const cases: Array<[string, RegExp]> = [
    [join(folder, 'none.json'), /--classes .*none\.json is not a readable JSON file/],
    [put('text.json', 'Ia,101'), /--classes .*text\.json is not a readable JSON file/],
    [put('empty.json', '{}'), /--classes .*empty\.json: .*classes/],
    [put('typo.json', '{"classes": {"Ia": ["Ia"], "CC": ["II"]}, "positive": ["la"]}'), /'la' is no class; expected some of 'Ia', 'CC'.*positive/]
  ]
  for (const [file, message] of cases) assert.throws(() => readClassesFile(file), { code: 'usage', message })
})
