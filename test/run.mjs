// Runs every *.test.ts below test/ (or those whose path contains an argument) with node's own runner;
// Node 20 knows no globs there.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

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
const run = (files, concurrency = availableParallelism()) => {
  if (files.length === 0) return 0
  // The runner's own choice is one less; many files wait for a broker or a child most of the time.
  return spawnSync(process.execPath, ['--import', 'tsx', '--test', '--test-timeout=600000', `--test-concurrency=${concurrency}`, ...files], { stdio: 'inherit' }).status ?? 1
}
const statuses = [
  run(files.filter(file => inBrowser(file) && !startsContainers(file))),
  // One after the other: the first builds the image for the others.
  run(files.filter(startsContainers), 1),
  run(files.filter(file => !inBrowser(file) && !startsContainers(file)))
]
process.exit(Math.max(...statuses))
