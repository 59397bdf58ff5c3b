// One report of many runs of node's own test runner.
import { relative } from 'node:path'
import { inspect } from 'node:util'

/** What a run counts at its end, beside its duration. */
const COUNTS = ['tests', 'suites', 'pass', 'fail', 'cancelled', 'skipped', 'todo']

/** Of its own, not only by a subtest that failed. */
const isFailedTest = ({ type, data }) => type === 'test:fail' && data.details.error.failureType !== 'subtestsFailed'
/** Of those that took longest. */
const LISTED = Number(process.env['TESTS_LISTED'] ?? 10)
/** Enough of a message to know a failure by. */
const MESSAGE_LENGTH = 300

function firstLines (error) {
  // What was thrown in another process may come as an object without a text of its own.
  const text = [error.cause?.message, error.cause, error.message].find(said => typeof said === 'string') ?? inspect(error.cause)
  return text.slice(0, MESSAGE_LENGTH).replaceAll('\n', ' | ')
}

const nameOf = file => relative(process.cwd(), file)
const dearest = seconds => [...seconds].sort((a, b) => b[1] - a[1]).slice(0, LISTED)
const line = (seconds, name) => `${seconds.toFixed(1).padStart(7)} s  ${name}`

/** Collects the runs of all jobs into the events of one. */
export class Report {
  #number = 0
  #counts = Object.fromEntries(COUNTS.map(name => [name, 0]))
  #files = new Map()
  #processor = new Map()
  #failed = []
  #began = performance.now()

  /** Whether a test has failed. */
  get hasFailed () {
    return this.#counts.fail > 0 || this.#counts.cancelled > 0
  }

  /**
   * Of one job, in the order in which they came.
   * @param took how long the job's process took [s], and how long it and those that it started took the processor
   * @returns the events that a reporter should have: none of the run's own end, and tests with numbers of all runs
   */
  add (job, events, { seconds, processor }) {
    this.#time(job, events, seconds)
    if (processor !== undefined) this.#processor.set(job.files.length === 1 ? nameOf(job.files[0]) : `${job.files.length} files of ${job.name}`, processor)
    this.#failed.push(...events.filter(isFailedTest).map(({ data }) => data))
    const end = events.findIndex(({ type, data }) => type === 'test:plan' && data.nesting === 0)
    for (const { type, data } of events.slice(end)) {
      const [, name, count] = (type === 'test:diagnostic' && data.nesting === 0 && /^(\w+) (\d+)$/.exec(data.message)) || []
      if (name in this.#counts) this.#counts[name] += Number(count)
    }
    return events.slice(0, end).map(({ type, data }) =>
      ({ type, data: ['test:pass', 'test:fail'].includes(type) && data.nesting === 0 ? { ...data, testNumber: ++this.#number } : data }))
  }

  /** A file in a process of its own took what the process did; one in a shared process what its tests did. */
  #time ({ files }, events, seconds) {
    if (files.length === 1) {
      this.#files.set(files[0], seconds)
      return
    }
    for (const { type, data } of events) {
      if (!['test:pass', 'test:fail'].includes(type) || data.nesting > 0) continue
      this.#files.set(data.file, (this.#files.get(data.file) ?? 0) + data.details.duration_ms / 1000)
    }
  }

  /**
   * The last events.
   * @param processor how long the whole run took the processor [s], without containers
   */
  end (processor) {
    const seconds = (performance.now() - this.#began) / 1000
    const messages = [
      ...COUNTS.map(name => `${name} ${this.#counts[name]}`), `duration_ms ${(1000 * seconds).toFixed(0)}`,
      'the dearest files:',
      ...dearest(this.#files).map(([file, seconds]) => line(seconds, nameOf(file))),
      line(seconds, 'the whole run'),
      ...processor === undefined
        ? []
        : [
            'the dearest processes of tests by processor time, with all that they started but containers:',
            ...dearest(this.#processor).map(([name, seconds]) => line(seconds, name)),
            line(processor, 'all of them')
          ],
      // At the very end, where a log that was cut still has them.
      ...this.#failed.flatMap(({ name, file, details }) => [`failed: ${name}`, `   in ${nameOf(file ?? '')}: ${firstLines(details.error)}`])
    ]
    return [{ type: 'test:plan', data: { nesting: 0, count: this.#number } }, ...messages.map(message => ({ type: 'test:diagnostic', data: { nesting: 0, message } }))]
  }
}
