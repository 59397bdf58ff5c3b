// Which jobs run side by side.

/**
 * What a job takes of the machine's cores:
 * - alone: it measures how long an event loop stands still, so nothing runs beside it.
 * - image: it builds the image, on the network of the machine.
 * - broker-image: it starts the brokers of the tests once.
 * - browser: Chromium drops its requests when the machine's addresses change, as they do when a container starts.
 * - compose: both a browser and containers.
 * - container: it waits for its containers and processes half of the time.
 * - busy: everything else.
 */
const CORES = { alone: 1, image: 1, 'broker-image': 1, browser: 1, compose: 1, container: 0.5, busy: 1 }
/** Kinds that do not run beside each other. */
const APART = new Map([['browser', ['container', 'compose']], ['container', ['browser', 'compose']], ['compose', ['browser', 'container', 'compose', 'image']]])
/** Containers take memory, and their starts are busy. */
const MOST_CONTAINERS = 3

/** Whether a job may start beside those that run. */
export function fits ({ kind, after }, running, cores) {
  const kinds = running.map(job => job.kind)
  if (kinds.length === 0) return true
  if (kind === 'alone' || kinds.includes('alone') || APART.get(kind)?.some(other => kinds.includes(other))) return false
  if (after !== undefined && kinds.includes(after)) return false
  if (kind === 'container' && kinds.filter(other => other === kind).length >= MOST_CONTAINERS) return false
  // One more than there is room for where the last of the others waits half of the time.
  return kinds.reduce((sum, other) => sum + CORES[other], 0) + CORES[kind] <= cores + 0.5
}

/**
 * Runs each job by `run`, at any time the first in the list that fits.
 * @param {number} cores of the machine
 */
export async function runAll (jobs, run, cores) {
  const waiting = [...jobs]
  const running = new Map()
  while (waiting.length > 0 || running.size > 0) {
    const next = waiting.findIndex(job => fits(job, [...running.keys()], cores))
    if (next < 0) {
      await Promise.race(running.values())
      continue
    }
    const [job] = waiting.splice(next, 1)
    running.set(job, run(job).finally(() => running.delete(job)))
  }
}
