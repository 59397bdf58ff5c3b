// Removes from node_modules what no running Candela reads: `node deploy/image/slim.mjs`, in the image's build stage.
import { readdirSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'

const MODULES = 'node_modules'

/** Sources, types and tests of packages, and binaries of other hosts: Bare, and C libraries other than Debian's. */
const UNREAD_FILES = /\.(bare|musl\.node|map|d\.[cm]?ts|tsbuildinfo|md|markdown|flow|c|cc|h|cpp|gyp|gypi)$|_test\.js$|^(\.eslintrc.*|\.npmignore|Makefile|yarn\.lock)$/i
const KEPT_FILES = /^(licen[cs]e|notice|copying)/i
const UNREAD_FOLDERS = new Set(['.github', '.vscode', '__tests__', 'test', 'tests', 'example', 'examples', 'benchmark', 'benchmarks', 'coverage'])

/** Of the bundles of TensorFlow's packages Node loads those that end in .node.js. */
const OTHER_BUNDLES = /^tf[\w-]*(\.(es2017|fesm|min))*\.js(\.html)?$/
const isTensorflow = folder => folder.includes('@tensorflow/tfjs')
/** C headers, the sources of the binding, and what is made of packages for other hosts than Node. */
const UNREAD_OF_TENSORFLOW = new Set(['include', 'binding', 'src', 'scripts', 'python', 'miniprogram', 'build', 'build-tmp-napi-v8', 'tools', '.rollup.cache'])

let removed = 0

function remove (path) {
  removed += sizeOf(path)
  rmSync(path, { recursive: true })
}

function sizeOf (path) {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return 0
  return found.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0) : found.size
}

const isUnread = (folder, entry) => {
  const { name } = entry
  if (entry.isDirectory()) return UNREAD_FOLDERS.has(name) || (isTensorflow(folder) && UNREAD_OF_TENSORFLOW.has(name))
  if (KEPT_FILES.test(name)) return false
  if (isTensorflow(folder) && basename(folder) === 'dist' && OTHER_BUNDLES.test(name) && !name.endsWith('.node.js')) return true
  return UNREAD_FILES.test(name)
}

function slim (folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (isUnread(folder, entry)) remove(path)
    else if (entry.isDirectory()) slim(path)
  }
}

slim(MODULES)
console.log(`${(removed / 1e6).toFixed(0)} MB removed from ${MODULES}`)
