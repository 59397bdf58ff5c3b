/**
 * An engine that is installed and cannot run is found out at the start: by name it ends the command, `auto` goes on with
 * wasm and says why in one line.
 */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { candela, serve, type StartOptions } from '../../e2e/candela-process.ts'
import { needs } from '../../parts.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { generatedLightCurve, writeGenerated } from '../../training/data/generated-light-curves.ts'

/** What stands in for @tensorflow/tfjs-node: each file of the package, and what is then said. */
const BROKEN: Readonly<Record<string, { files: Record<string, string>, says: RegExp, needsTensorflow?: true }>> = {
  'its binding is cut off': { files: { 'index.js': 'require("./tfjs_binding.node")', 'tfjs_binding.node': '\x7fELF' }, says: /tfjs_binding\.node: (file too short|.*invalid)/ },
  'libtensorflow is missing': { files: { 'index.js': 'throw new Error("libtensorflow.so.2: cannot open shared object file: No such file or directory\\nmore")' }, says: /libtensorflow\.so\.2: cannot open shared object file: No such file or directory \[/ },
  'it throws what is no error': { files: { 'index.js': 'throw "GLIBC_2.38 not found"' }, says: /GLIBC_2\.38 not found/ },
  'it loads and cannot step': {
    files: { 'index.js': 'const tf = require(REAL)\nconst backend = tf.backend()\nbackend.binding = Object.create(backend.binding, { executeOp: { value: () => { throw new Error("Op type not registered") } } })' },
    says: /loads, and cannot compute a step of the model: Op type not registered/,
    needsTensorflow: true
  }
}

/** Runs Candela where @tensorflow/tfjs-node is the package of these files. */
function withPackage (t: TestContext, files: Readonly<Record<string, string>>): StartOptions {
  const folder = join(temporaryFolder(t), 'tfjs-node')
  mkdirSync(folder)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content.replace('REAL', JSON.stringify(`${process.cwd()}/node_modules/@tensorflow/tfjs-node`)))
  const preload = join(folder, 'preload.cjs')
  writeFileSync(preload, `const Module = require('node:module')
const resolve = Module._resolveFilename
Module._resolveFilename = (request, ...rest) => request === '@tensorflow/tfjs-node' ? ${JSON.stringify(join(folder, 'index.js'))} : resolve(request, ...rest)\n`)
  return { nodeArgs: ['--require', preload] }
}

function lightCurve (t: TestContext): string {
  const file = join(temporaryFolder(t), '1.DAT')
  writeFileSync(file, generatedLightCurve(1, true))
  return file
}

for (const [what, { files, says, needsTensorflow }] of Object.entries(BROKEN)) {
  test(`${what}: auto goes on with wasm and says so in one line, tensorflow by name ends`, async t => {
    if (needsTensorflow && !needs(t, 'tensorflow')) return
    const options = withPackage(t, files)
    const file = lightCurve(t)
    const [auto, named] = await Promise.all(['auto', 'tensorflow'].map(engine => candela(t, ['replay', file, '--engine', engine], {}, '', options)))
    assert.equal(auto!.status, 0, auto!.stderr)
    const [warning, ...rest] = auto!.stderr.trimEnd().split('\n')
    assert.match(warning!, says)
    assert.match(warning!, /^candela: @tensorflow\/tfjs-node .*\[tensorflow-broken\]; going on with the wasm engine$/)
    assert.match(rest.at(-1)!, /classified 9 .*engine wasm/)
    assert.equal(rest.length, 1, auto!.stderr)

    assert.equal(named!.status, 1)
    assert.match(named!.stderr, says)
    assert.match(named!.stderr, /\[tensorflow-broken\]\n {2}Run `npm rebuild .* Or use the wasm engine \(CANDELA_ENGINE=wasm\)\.\n$/)
    assert.equal(named!.stderr.trimEnd().split('\n').length, 2, named!.stderr)
    assert.equal(named!.stdout, '')
  })
}

test('every command that classifies falls back, and none advises an engine to train on that cannot train', async t => {
  const options = withPackage(t, { 'index.js': 'throw new Error("not today")' })
  const folder = temporaryFolder(t)
  const data = join(folder, 'light-curves')
  const store = join(folder, 'store')
  writeGenerated(data, 4)
  const run = (...args: string[]) => candela(t, args, {}, '', options)
  const told = /not today \[tensorflow-broken\]; going on with the wasm engine/

  const server = await serve(t, ['--data-dir', store], {}, options)
  await server.logged(told)
  await server.logged(/^engine wasm /)
  await server.logged(/^first classification/)
  assert.equal((await server.stop('SIGTERM')).status, 0)

  for (const args of [['replay', '--data-dir', store, data], ['rebuild', '--data-dir', store], ['check', '--data-dir', store], ['dead-letters', 'replay', '--data-dir', store], ['evaluate', '--data', data]]) {
    const { status, stderr } = await run(...args)
    assert.equal(status, 0, `${args[0]}: ${stderr}`)
    assert.equal(stderr.split('\n').filter(line => told.test(line)).length, 1, `${args[0]}: ${stderr}`)
  }
  for (const architecture of ['carried', 'charnock-moss-2017']) {
    const { status, stderr, stdout } = await run('train', '--data', data, '--model', 'x/1.0', '--out', folder, '--architecture', architecture)
    assert.equal(status, 1)
    assert.equal(stdout, '')
    assert.match(stderr, /^candela: .* not today \[tensorflow-broken\]\n {2}Run `npm rebuild /, 'before any data are read')
    assert.doesNotMatch(stderr, /CANDELA_ENGINE|--engine/)
  }
})

test('a model whose numbers are not finite is refused at the start, by whichever engine', async t => {
  const folder = temporaryFolder(t)
  const { loadModel, saveModel } = await import('../../../src/model/model-file.ts')
  const model = loadModel('spcc')
  for (const weights of Object.values(model.weights)) weights.fill(3e38)
  await saveModel(folder, model)
  for (const engine of ['wasm', 'auto']) {
    const { status, stderr, stdout } = await candela(t, ['replay', lightCurve(t), '--model', folder, '--engine', engine])
    assert.equal(status, 1)
    assert.equal(stdout, '')
    assert.match(stderr, /gives (NaN|-?Infinity) in its first step on the (wasm|tensorflow) engine \[model-broken\]/)
  }
})
