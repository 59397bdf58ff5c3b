/** Alerts that somebody hands over at once, as bytes of any dialect → the processor, in batches. */
import type { ReceivedAlert } from '../alert/alert.ts'
import { BatchWeight } from '../alert/batch-weight.ts'
import { decodeFile, type DecodeOptions } from '../alert/decode.ts'
import type { PointReport } from '../alert/point-report.ts'
import { classifierOf } from '../model/model-key.ts'
import type { AlertOutcome, Processor } from '../state/processor.ts'
import { measureCommit } from './measured-commit.ts'
import type { Measures } from './measures.ts'

/** Alerts of one commit; between two of them other sources have their turn. */
const BATCH = 256

export interface Submission extends DecodeOptions {
  bytes: Uint8Array
  /** Where they came from, for dead letters. */
  origin: string
  processor: Processor
  measures?: Measures | undefined
  /** Told of the points of each alert. */
  report?: PointReport | undefined
}

/** What became of one alert, and which model says so. */
export type SubmittedAlert = AlertOutcome & { classifierName: string, classifierVersion: string }

/**
 * Processes alerts as they are asked for; each batch of outcomes is committed when it is given.
 * @throws what the processor throws: nothing of that batch is stored
 */
export async function * submitAlerts ({ bytes, origin, processor, measures, report, ...options }: Submission): AsyncGenerator<SubmittedAlert[]> {
  const classifier = classifierOf(processor.model)
  const arrived = Date.now()
  const process = async (batch: readonly ReceivedAlert[]): Promise<SubmittedAlert[]> => {
    const processing = performance.now()
    const outcomes = await processor.process(batch)
    if (measures) measureCommit(measures, outcomes, { arrived: batch.map(() => arrived), processing })
    return outcomes.map(outcome => ({ ...outcome, ...classifier }))
  }
  const weight = new BatchWeight()
  let batch: ReceivedAlert[] = []
  for await (const decoded of decodeFile(bytes, options)) {
    if ('alert' in decoded) report?.add('the request', decoded.alert)
    const received = { ...decoded, origin }
    batch.push(received)
    if (!weight.add(received) && batch.length < BATCH) continue
    weight.clear()
    yield await process(batch)
    batch = []
    await new Promise(resolve => setImmediate(resolve))
  }
  if (batch.length > 0) yield await process(batch)
}
