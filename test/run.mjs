// Runs every *.test.ts below test/ (or those whose path contains an argument) with node's own runner;
// Node 20 knows no globs there.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Files of these folders share processes: loading what they import takes longer than most of them. */
const SHARED = ['alert', 'http', 'light-curve', 'model', 'simulator', 'state', 'stream']
/** Files a shared process. */
const TOGETHER = 13
/** Of a process [ms]. */
const TIMEOUT = 600_000

const folder = dirname(fileURLToPath(import.meta.url))
const wanted = process.argv.slice(2)
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.test.ts'))
  .map(name => relative(process.cwd(), join(folder, name)))
  .filter(name => wanted.length === 0 || wanted.some(part => name.includes(part)))
  .sort()
if (files.length === 0) {
  console.error(`no test file matches ${wanted.join(' ')}`)
  process.exit(2)
}
// Chromium drops its requests when the machine's addresses change, as they do when a container starts.
const inBrowser = file => readFileSync(file, 'utf8').includes('browser.ts\'')
const startsContainers = file => /compose|image/.test(file)
// How long the event loop stands still is measured with nothing beside.
const runsAlone = file => startsContainers(file) || /fuzz\/http/.test(file)
const topFolder = file => relative(folder, file).split('/')[0]
const isShared = file => !inBrowser(file) && !runsAlone(file) && SHARED.includes(topFolder(file))

const entries = mkdtempSync(join(tmpdir(), 'candela-tests-'))
/** A file for each shared process, which imports those of the tests. */
const shared = SHARED.flatMap(name => {
  const its = files.filter(file => isShared(file) && topFolder(file) === name)
  return Array.from({ length: Math.ceil(its.length / TOGETHER) }, (_, k) => {
    const entry = join(entries, `${name}-${k + 1}.test.mjs`)
    writeFileSync(entry, its.slice(k * TOGETHER, (k + 1) * TOGETHER).map(file => `await import(${JSON.stringify(pathToFileURL(file).href)})\n`).join(''))
    return entry
  })
})
const run = (files, concurrency = availableParallelism()) => {
  if (files.length === 0) return 0
  // The runner's own choice is one less; many files wait for a broker or a child most of the time.
  return spawnSync(process.execPath, ['--import', 'tsx', '--test', `--test-timeout=${TIMEOUT}`, `--test-concurrency=${concurrency}`, ...files], { stdio: 'inherit' }).status ?? 1
}
const statuses = [
  run(files.filter(file => inBrowser(file) && !runsAlone(file))),
  // One after the other: the first builds the image for the others.
  run(files.filter(runsAlone), 1),
  run([...shared, ...files.filter(file => !isShared(file) && !inBrowser(file) && !runsAlone(file))])
]
rmSync(entries, { recursive: true })
process.exit(Math.max(...statuses))
