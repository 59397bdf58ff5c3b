/** A thread that makes light curves: opens the sky once, then answers task by task. */
import { parentPort, workerData } from 'node:worker_threads'
import { CandelaError, describeError } from '../../errors.ts'
import { DETECTION_ROWS } from '../rates/detections.ts'
import { bandsOfSky } from '../passbands/surveys.ts'
import { blockOf, layoutsOf, type Layouts } from '../snana/block.ts'
import type { SkyClass } from '../sources/source.ts'
import type { Answer, AttemptsResult, AttemptsTask, BlockResult, BlockTask, FactsResult, OpenSky, SkyOpener, Task, ThreadData } from './tasks.ts'

const { module, options, progress } = workerData as ThreadData
const layouts: Layouts = layoutsOf(options.sky, bandsOfSky(options.sky), options.seed)
const opening = (async (): Promise<OpenSky> => {
  const { openSky } = await import(module) as { openSky: SkyOpener }
  return await openSky(options)
})()
// Whoever asks first is told.
opening.catch(() => {})

/** The same, with the number that it is about known to the main thread even where this one ends at it. */
function numbered<T> (number: number, what: string, make: () => T): T {
  Atomics.store(progress, 0, number)
  try {
    return make()
  } catch (error) {
    if (error instanceof CandelaError) throw error
    throw new CandelaError('simulation-failed', `${what} ${number}: ${describeError(error)}`, { value: number, cause: error, action: 'Report it with the command, its seed and its settings.' })
  }
}

function blockResult (sky: OpenSky, { first, count }: BlockTask): BlockResult {
  const before = new Map(sky.givenUp)
  const curves = Array.from({ length: count }, (_, k) => numbered(first + k, 'object', () => sky.object(first + k)))
  const givenUp: Partial<Record<SkyClass, number>> = {}
  for (const [skyClass, number] of sky.givenUp) if (number > (before.get(skyClass) ?? 0)) givenUp[skyClass] = number - (before.get(skyClass) ?? 0)
  return { ...blockOf(layouts, curves), givenUp }
}

function attemptsResult (sky: OpenSky, { class: skyClass, first, count, followed }: AttemptsTask): AttemptsResult {
  const sums: AttemptsResult = { class: skyClass, attempts: count, seen: 0, alerts: 0, alertsSquared: 0, nights: 0, rows: DETECTION_ROWS.map(() => 0), rowsSquared: DETECTION_ROWS.map(() => 0) }
  for (let index = first; index < first + count; index++) {
    const { alerts, nights, rows } = numbered(index, `attempt of ${skyClass}`, () => sky.attempt(skyClass, index, followed))
    if (alerts > 0) sums.seen++
    sums.alerts += alerts
    sums.alertsSquared += alerts ** 2
    sums.nights += nights
    rows.forEach((count, row) => {
      sums.rows[row]! += count
      sums.rowsSquared[row]! += count ** 2
    })
  }
  return sums
}

const factsResult = ({ survey: { area, years }, shares, population }: OpenSky): FactsResult =>
  ({ area, years, classes: [...shares].map(([skyClass, share]) => ({ class: skyClass, share, ...population(skyClass) })) })

parentPort!.on('message', (task: Task) => {
  const answer = (answer: Answer, transfer: ArrayBuffer[] = []): void => { parentPort!.postMessage(answer, transfer) }
  opening.then(sky => {
    if (task.kind === 'facts') return answer({ result: factsResult(sky) })
    if (task.kind === 'attempts') return answer({ result: attemptsResult(sky, task) })
    const result = blockResult(sky, task)
    answer({ result }, [result.head.buffer, result.phot.buffer])
  }).catch((error: unknown) => {
    answer({ error: error instanceof CandelaError ? { code: error.code, message: error.message, ...error.action !== undefined && { action: error.action } } : { code: 'simulation-failed', message: describeError(error) } })
  })
})
