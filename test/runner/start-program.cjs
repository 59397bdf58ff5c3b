// Lies beside program.cjs, and runs it with the code that V8 has compiled in an earlier start, where there is one. Node 20 cannot do that by itself.
const { existsSync, readFileSync, renameSync, writeFileSync } = require('node:fs')
const { createRequire, Module } = require('node:module')
const { basename, dirname, join } = require('node:path')
const { Script } = require('node:vm')

/** Shorter sources are compiled about as fast as what is kept of them is read. */
const SHORTEST = 50_000
/** Set for a start that keeps what it has compiled. */
const keeps = process.env.KEEP_COMPILED !== undefined
const kept = []

const compileAnew = Module.prototype._compile
Module.prototype._compile = function (content, filename, ...others) {
  // A kept script cannot import(): see program.mjs.
  if (content.length < SHORTEST || (basename(filename) !== 'program.cjs' && content.includes('import('))) return compileAnew.call(this, content, filename, ...others)
  const file = join(__dirname, `${basename(filename)}.${content.length}.code`)
  const cachedData = existsSync(file) ? readFileSync(file) : undefined
  const script = new Script(Module.wrap(content), { filename, cachedData })
  if (keeps) kept.push({ file, script })
  return script.runInThisContext().call(this.exports, this.exports, createRequire(filename), this, filename, dirname(filename))
}

if (keeps) {
  process.once('exit', () => {
    for (const { file, script } of kept) {
      writeFileSync(`${file}.new`, script.createCachedData())
      // Others read it meanwhile.
      renameSync(`${file}.new`, file)
    }
  })
}

/** For program.cjs. */
globalThis.importByNode = name => import(name)

require('./program.cjs')
