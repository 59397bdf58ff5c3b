/** Posted alerts, as bytes of any dialect → the processor, in batches. */
import { setImmediate } from 'node:timers/promises'
import type { ReceivedAlert } from '../alert/alert.ts'
import { BatchWeight } from '../alert/batch-weight.ts'
import { decodeFile, type DecodeOptions } from '../alert/decode.ts'
import { Window } from '../alert/input/pieces.ts'
import type { PointReport } from '../alert/points/point-report.ts'
import { boundedUnreadable, type UnreadableBounds } from '../alert/unreadable.ts'
import { classifierOf } from '../model/model-key.ts'
import type { AlertOutcome, Processor } from '../state/processor/processor.ts'
import { measureCommit } from './measured-commit.ts'
import type { Measures } from './measures.ts'

/** Alerts of one commit; other sources have their turn between two commits. */
const BATCH = 256
/** Bytes read without yielding [bytes]. */
const PIECE = 2 ** 18

export interface SubmitBounds {
  unreadable: UnreadableBounds
  /** Most that the blocks of a container may decompress to in all [bytes]. */
  mostExpanded: number
}

/** A JSON document that is too long keeps its first 16 MiB [bytes]. */
export const LARGEST_LETTER = 17 * 2 ** 20

/** The defaults of the settings. */
const USUAL_BOUNDS: SubmitBounds = { unreadable: { most: 1000, bytes: 256 * 2 ** 20, largest: LARGEST_LETTER }, mostExpanded: 2 ** 30 }

export interface Submission extends DecodeOptions {
  bytes: Uint8Array
  /** Where they came from, for dead letters. */
  origin: string
  processor: Processor
  measures?: Measures | undefined
  /** Gets the points of each alert. */
  report?: PointReport | undefined
  bounds?: SubmitBounds | undefined
}

/** What became of one alert, and by which model. */
export type SubmittedAlert = AlertOutcome & { classifierName: string, classifierVersion: string }

/** Yields between pieces, so that a search through large bytes does not block others. */
async function * inPieces (bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) {
    if (at > 0) await setImmediate()
    yield bytes.subarray(at, at + PIECE)
  }
}

/**
 * Processes alerts as the caller consumes outcomes; each batch is committed before it is yielded.
 * @throws what the processor throws: nothing of that batch is stored
 */
export async function * submitAlerts ({ bytes, origin, processor, measures, report, bounds = USUAL_BOUNDS, ...options }: Submission): AsyncGenerator<SubmittedAlert[]> {
  const classifier = classifierOf(processor.model)
  const arrived = Date.now()
  const process = async (batch: readonly ReceivedAlert[]): Promise<SubmittedAlert[]> => {
    const processing = performance.now()
    const outcomes = await processor.process(batch)
    if (measures) measureCommit(measures, outcomes, { arrived: batch.map(() => arrived), processing })
    return outcomes.map(outcome => ({ ...outcome, ...classifier }))
  }
  const window = new Window()
  const { mostExpanded, unreadable } = bounds
  const decoded = decodeFile(inPieces(bytes), { ...options, mostExpanded, window })
  const weight = new BatchWeight()
  let batch: ReceivedAlert[] = []
  for await (const alert of boundedUnreadable(decoded, unreadable, window, bytes.length)) {
    if ('alert' in alert) report?.add('the request', alert.alert)
    const received = { ...alert, origin }
    batch.push(received)
    if (!weight.add(received) && batch.length < BATCH) continue
    weight.clear()
    yield await process(batch)
    batch = []
    await setImmediate()
  }
  if (batch.length > 0) yield await process(batch)
}
