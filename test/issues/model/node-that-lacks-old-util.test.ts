/** tfjs-node 4.22.0 on the Nodes that people install: some of what it calls of `util` is gone since Node 23. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { candela } from '../../e2e/candela-process.ts'
import { needs } from '../../parts.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { writeGenerated } from '../../training/data/generated-light-curves.ts'

/** What Node has taken out of `util`, or will: all of DEP0044 to DEP0059. */
const OLD = ['isArray', 'isBoolean', 'isBuffer', 'isDate', 'isError', 'isFunction', 'isNull', 'isNullOrUndefined', 'isNumber', 'isObject', 'isPrimitive', 'isRegExp', 'isString', 'isSymbol', 'isUndefined']

test('training, serving by plain cells and measuring work where util has none of its old functions, without a word on stderr', async t => {
  if (!needs(t, 'tensorflow')) return
  const folder = temporaryFolder(t)
  const preload = join(folder, 'as-newer-node.cjs')
  writeFileSync(preload, `const util = require('node:util')\nfor (const name of ${JSON.stringify(OLD)}) delete util[name]\n`)
  const data = join(folder, 'data')
  writeGenerated(data, 40)
  const options = { nodeArgs: ['--require', preload] }
  const flags = ['--training', '24', '--validation', '8', '--width', '4', '--batch', '8', '--passes', '1', '--cell', 'gru']
  const trained = await candela(t, ['train', '--data', data, '--model', 'tiny/0.1', '--out', folder, ...flags], {}, '', options)
  assert.equal(trained.status, 0, trained.stderr)
  const model = join(folder, 'tiny', '0.1')
  const evaluated = await candela(t, ['evaluate', '--data', data, '--model', model, '--engine', 'tensorflow'], {}, '', options)
  assert.equal(evaluated.status, 0, evaluated.stderr)
  assert.match(evaluated.stdout, /40 objects, 20 of type Ia/)
  for (const { stderr } of [trained, evaluated]) assert.doesNotMatch(stderr, /DeprecationWarning|is not a function/)
})
