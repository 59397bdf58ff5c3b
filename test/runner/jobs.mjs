// What `npm test` runs: processes of one test file or of several small ones.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const TESTS = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * Beginnings of the paths of the dearest files, in the order in which they start: each has a process of its own, so that
 * no long one starts last. A run ends with its ten dearest.
 */
const DEAREST = [
  'web/access', 'docs/guides-browser', 'web/candidates', 'web/object', 'issues/http/many-pages', 'e2e/kafka/exactly-once', 'e2e/kafka/ingest', 'issues/kafka/outage',
  'e2e/check', 'e2e/disk-full', 'cli/replay/replay', 'cli/dead-letters', 'e2e/archive', 'cli/replay-resume', 'e2e/crash', 'http/random-requests', 'docs/guides.', 'cli/data-folder/rebuild',
  'e2e/data-folder', 'e2e/backup', 'state/processor/order', 'fuzz/campaign', 'alert/damage', 'model/engines', 'cli/training/train', 'http/stream/stream-clients', 'training/report/report',
  'http/classify', 'issues/http/coded-bodies', 'http/alerts/alerts', 'cli/simulate', 'cli/replay/feed', 'issues/model/engine-that-cannot-run', 'issues/input/input-not-recognised', 'training/resume'
]
/** Files a shared process: loading what they import takes longer than most of them. */
const TOGETHER = 13
/** Files a shared broker: they wait most of the time, one after the other. */
const TOGETHER_AT_A_BROKER = 6

const partOf = file => relative(TESTS, file)

/** See schedule.mjs. */
function kindOf (file, text) {
  // It measures how long the event loop stands still.
  if (partOf(file).startsWith('fuzz/http')) return 'alone'
  if (partOf(file).startsWith('e2e/compose')) return 'compose'
  if (text.includes('browser.ts\'')) return 'browser'
  return text.includes('needs(t, \'docker\')') ? 'container' : 'busy'
}

const jobOf = ({ file, kind }) => ({ kind, files: [file] })

/** Jobs that each import some of the files, in processes of about the same size. */
function sharedJobs (room, files, together) {
  const count = Math.ceil(files.length / together)
  return Array.from({ length: count }, (_, k) => {
    const its = files.filter((_, place) => place % count === k)
    return its.length === 1 ? jobOf(its[0]) : { name: `${room}-${k + 1}`, kind: its[0].kind, files: its.map(({ file }) => file) }
  })
}

/** @returns what a process runs: the compiled file, or a new one that imports several */
export function entryOf ({ name, files }, { folder, compiledOf }) {
  if (files.length === 1) return compiledOf(files[0])
  const path = join(folder, `${name}.test.mjs`)
  const imports = files.map(file => `await import(${JSON.stringify(pathToFileURL(compiledOf(file)).href)}).catch(error => { test(${JSON.stringify(`${partOf(file)} loads`)}, () => { throw error }) })\n`)
  writeFileSync(path, `import { test } from 'node:test'\n${imports.join('')}`)
  return path
}

/** By the folder right below test/; folders with a few files go together. */
function roomsOf (files) {
  const rooms = new Map()
  for (const one of files) {
    const [name] = partOf(one.file).split('/')
    const room = files.filter(({ file }) => partOf(file).startsWith(`${name}/`)).length < 4 ? 'others' : name
    rooms.set(room, [...rooms.get(room) ?? [], one])
  }
  return [...rooms]
}

/**
 * @param wanted parts of paths; none for all files
 * @returns `{ kind, files }` of each process, in the order in which it should start; with a name where there are several files
 */
export function testJobs (wanted) {
  const tests = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.ts'))
    .map(name => join(TESTS, name))
    .filter(file => wanted.length === 0 || wanted.some(part => relative(process.cwd(), file).includes(part)))
    .sort()
    .map(file => {
      const text = readFileSync(file, 'utf8')
      return { file, kind: kindOf(file, text), dear: DEAREST.findIndex(beginning => partOf(file).startsWith(beginning)), sharesBroker: text.includes('sharedBroker(') }
    })
  // Those that are not in the list come behind those that are.
  const order = ({ dear }) => dear < 0 ? DEAREST.length : dear
  const of = kind => tests.filter(test => test.kind === kind).sort((a, b) => order(a) - order(b))
  const [containers, busy] = [of('container'), of('busy')]
  return [
    ...[...of('alone'), ...of('browser'), ...of('compose')].map(jobOf),
    ...sharedJobs('broker', containers.filter(({ sharesBroker }) => sharesBroker), TOGETHER_AT_A_BROKER),
    ...containers.filter(({ sharesBroker }) => !sharesBroker).map(jobOf),
    ...busy.filter(({ dear }) => dear >= 0).map(jobOf),
    ...roomsOf(busy.filter(({ dear }) => dear < 0)).flatMap(([room, files]) => sharedJobs(room, files, TOGETHER))
  ]
}
