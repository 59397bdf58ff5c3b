/** Puts dead letters through again. A letter is decoded once more, and removed in the commit with its new outcome. */
import type { ReceivedAlert } from '../../alert/alert.ts'
import type { DecodedAlert } from '../../alert/decode.ts'
import { CandelaError, reasonIn } from '../../errors.ts'
import { classifierOf } from '../../model/model-key.ts'
import type { AlertOutcome, Processor } from '../processor/processor.ts'
import { oneAfterAnother } from '../processor/serialized.ts'
import type { DeadLetterReader } from '../views.ts'

/** A commit closes at this many alerts; all alerts of a letter are in one. */
const BATCH = 64

/** What became of one alert of a dead letter. */
export type ReplayedAlert = AlertOutcome & {
  /** Number of the letter. It stays where any of its alerts failed again, and is removed otherwise. */
  deadLetter: number
  origin: string
  classifierName: string
  classifierVersion: string
}

export interface ReplayQuery {
  /** The letters to put through; where absent, all. */
  numbers?: readonly number[] | undefined
  /** All letters with this error code. */
  code?: string | undefined
  /** Continue after this number. */
  after?: number | undefined
  /** Most letters to put through. */
  limit: number
}

export interface ReplayPage {
  outcomes: ReplayedAlert[]
  /** Value of `after` to go on with, or null at the end. */
  next: number | null
}

export interface DeadLetterReplay {
  /**
   * Puts letters through again, the oldest first. Calls wait for each other, so that no letter goes through twice.
   * @throws CandelaError `dead-letter-not-found` before any is put through, where one of `numbers` does not exist
   * @throws CandelaError `commit-failed`: the letters of that commit are unchanged
   */
  replay (query: ReplayQuery): Promise<ReplayPage>
}

export interface DeadLetterReplayOptions {
  deadLetters: DeadLetterReader
  processor: Processor
  /** Decodes the bytes of an origin, into alerts and errors. */
  decode: (bytes: Uint8Array, origin: string) => AsyncIterable<DecodedAlert>
}

export function createDeadLetterReplay ({ deadLetters, processor, decode }: DeadLetterReplayOptions): DeadLetterReplay {
  const queue = oneAfterAnother()
  const classifier = classifierOf(processor.model)

  function select ({ numbers, code, after = 0, limit }: ReplayQuery): { numbers: number[], next: number | null } {
    if (!numbers) {
      const { deadLetters: page, next } = deadLetters.list({ code, after, oldestFirst: true, limit })
      return { numbers: page.map(({ number }) => number), next }
    }
    const wanted = [...new Set(numbers)].filter(number => number > after).sort((a, b) => a - b)
    for (const number of wanted) deadLetters.get(number)
    const page = wanted.slice(0, limit)
    return { numbers: page, next: page.length < wanted.length ? page.at(-1)! : null }
  }

  async function alertsOf (number: number): Promise<ReceivedAlert[]> {
    const { code, message, action, origin, part } = deadLetters.get(number)
    let bytes: Uint8Array = new Uint8Array()
    const failed = (error: CandelaError): ReceivedAlert[] => [{ error, bytes, origin, deadLetter: number }]
    const alerts: ReceivedAlert[] = []
    try {
      bytes = deadLetters.bytes(number)
      if (bytes.length === 0) throw new CandelaError(code, message, action === null ? {} : { action })
      let place = 0
      for await (const decoded of decode(bytes, origin)) {
        if (part === null || place++ === part || 'error' in decoded) alerts.push({ ...decoded, origin, deadLetter: number })
      }
    } catch (cause) {
      return failed(cause instanceof CandelaError
        ? cause
        : new CandelaError('internal-error', `decoding failed: ${reasonIn(cause)}`, { cause }))
    }
    if (alerts.length > 0) return alerts
    return failed(new CandelaError('alert-missing', `the ${bytes.length} bytes of dead letter ${number} can be read and hold no alert`, {
      value: number, action: 'Compare them with what their sender meant to send: nothing in them can be classified.'
    }))
  }

  async function replayPage (query: ReplayQuery): Promise<ReplayPage> {
    const { numbers, next } = select(query)
    const outcomes: ReplayedAlert[] = []
    let batch: ReceivedAlert[] = []
    const commit = async (): Promise<void> => {
      const processed = await processor.process(batch)
      outcomes.push(...processed.map((outcome, k) => ({ ...outcome, deadLetter: batch[k]!.deadLetter!, origin: batch[k]!.origin, ...classifier })))
      batch = []
    }
    for (const number of numbers) {
      batch.push(...await alertsOf(number))
      if (batch.length >= BATCH) await commit()
    }
    if (batch.length > 0) await commit()
    return { outcomes, next }
  }

  return {
    replay: query => queue.next(() => replayPage(query))
  }
}
