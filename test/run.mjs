// Runs every *.test.ts below test/ (or those whose path contains an argument) with node's own runner, several
// processes side by side; Node 20 knows no globs there, and runs all files in the same way.
import { spawn } from 'node:child_process'
import { once, setMaxListeners } from 'node:events'
import { rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { PassThrough, pipeline } from 'node:stream'
import { run } from 'node:test'
import { spec as SpecReporter, tap } from 'node:test/reporters'
import { compile } from './runner/compiled.mjs'
import { entryOf, testJobs } from './runner/jobs.mjs'
import { processorSeconds, takeLeft } from './runner/processor-time.mjs'
import { Report } from './runner/report.mjs'
import { runAll } from './runner/schedule.mjs'

/** Of a process [ms]. */
const TIMEOUT = 600_000
/** Processes of tests. */
const SOME = 8
/** node's runner gives its own arguments to the processes of the tests. */
process.execArgv.push('--enable-source-maps', '--import', new URL('runner/leave-processor-time.mjs', import.meta.url).href)

const wanted = process.argv.slice(2)
const jobs = testJobs(wanted)
if (jobs.length === 0) {
  console.error(`no test file matches ${wanted.join(' ')}`)
  process.exit(2)
}
const compiled = await compile(jobs.flatMap(({ files }) => files))
for (const job of jobs) job.path = entryOf(job, compiled)
const startFirst = (kind, path, args = []) => jobs.splice(jobs.findIndex(({ kind }) => kind !== 'alone'), 0, { kind, path, args, files: [] })
// Tests that want an image build it themselves; Docker finds every layer then. One that failed is theirs to report.
function buildFirst (kind, script, wantIt) {
  for (const job of wantIt) job.after = kind
  if (wantIt.length > 0) startFirst(kind, compiled.compiledOf(join(import.meta.dirname, script)))
}
buildFirst('image', 'e2e/build-image.ts', jobs.filter(({ files }) => files.some(file => /e2e\/(compose|image)\.test/.test(file))))
buildFirst('broker-image', 'e2e/kafka/broker-image/build.ts', jobs.filter(({ kind, after }) => kind === 'container' && after === undefined))
// Fewer start the program too seldom for that to be worth it.
if (jobs.length > SOME) startFirst('busy', join(import.meta.dirname, 'runner/keep-compiled.mjs'), [compiled.program])

const ending = new AbortController()
setMaxListeners(0, ending.signal)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => ending.abort())

const report = new Report()
const output = new PassThrough({ objectMode: true })
const reported = new Promise((resolve, reject) => pipeline(output, process.stdout.isTTY ? new SpecReporter() : tap, async function (texts) {
  for await (const text of texts) process.stdout.write(text)
}, error => error ? reject(error) : resolve()))

async function runJob (job) {
  const began = performance.now()
  const events = []
  if (job.files.length === 0) {
    await once(spawn(process.execPath, [job.path, ...job.args], { stdio: 'ignore', signal: ending.signal }), 'close')
  } else {
    for await (const event of run({ files: [job.path], concurrency: 1, timeout: TIMEOUT, signal: ending.signal })) events.push(event)
  }
  for (const event of report.add(job, events, { seconds: (performance.now() - began) / 1000, processor: takeLeft(compiled.folder, job.path) })) output.write(event)
}

await runAll(jobs, runJob, availableParallelism())
for (const event of report.end(processorSeconds())) output.write(event)
output.end()
await reported
rmSync(compiled.folder, { recursive: true })
process.exitCode = report.hasFailed || ending.signal.aborted ? 1 : 0
