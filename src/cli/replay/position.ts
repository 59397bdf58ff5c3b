/** The position of a replay of paths, so that a replay that was ended goes on behind its last commit. */
import { createHash } from 'node:crypto'
import { basename, resolve } from 'node:path'
import { z } from 'zod'
import type { ReceivedAlert } from '../../alert/alert.ts'
import { CandelaError } from '../../errors.ts'

const positionSchema = z.object({
  /** Alerts committed, dead letters among them. */
  alerts: z.int().min(0),
  /** Digest of the names of the files that they came from, in their order. */
  origins: z.string(),
  /** diaSourceId and diaObjectId of the last of them, in words; null where it could not be decoded. */
  last: z.string().nullable()
})

export type ReplayPosition = z.infer<typeof positionSchema>

/** The name under which the position of a replay of these paths is kept; the current folder does not matter. */
export const positionName = (paths: readonly string[]): string =>
  `replay/${createHash('sha256').update(paths.map(path => resolve(path)).join('\0')).digest('hex')}`

/** @throws CandelaError `replay-differs` where what is kept is no position */
export function readPosition (kept: unknown): ReplayPosition | undefined {
  if (kept === undefined) return undefined
  const { data } = positionSchema.safeParse(kept)
  if (data === undefined) throw differs('the kept position cannot be read', kept)
  return data
}

/** Counts the alerts of a replay on their way. */
export class ReplayProgress {
  readonly #origins = createHash('sha256')
  #alerts = 0
  #last: string | null = null

  #take (received: ReceivedAlert): void {
    this.#alerts++
    this.#origins.update(`${basename(received.origin)}\0`)
    this.#last = 'alert' in received ? `${received.alert.diaSourceId} of object ${received.alert.diaObjectId ?? '(none)'}` : null
  }

  /** The position after the alert that was given last. */
  get position (): ReplayPosition {
    return { alerts: this.#alerts, origins: this.#origins.copy().digest('hex'), last: this.#last }
  }

  /**
   * The alerts behind a position; none any more once the signal has aborted.
   * @throws CandelaError `replay-differs`, before it gives any, where those before are not the ones that were committed.
   *   An alert that can be decoded now and could not be then, or the other way round, is no difference.
   */
  async * behind (committed: ReplayPosition | undefined, alerts: AsyncIterable<ReceivedAlert>, signal: AbortSignal): AsyncGenerator<ReceivedAlert> {
    const skipped = committed?.alerts ?? 0
    for await (const received of alerts) {
      if (signal.aborted) return
      this.#take(received)
      if (this.#alerts > skipped) yield received
      else if (this.#alerts === skipped) this.#check(committed!)
    }
    if (this.#alerts < skipped) throw differs(`${skipped} alerts are committed, and there are only ${this.#alerts}`, this.#alerts)
  }

  #check (committed: ReplayPosition): void {
    const { origins, last, alerts } = this.position
    if (origins !== committed.origins) throw differs(`the first ${alerts} alerts come from other files than those that are committed`, alerts)
    if (last !== null && committed.last !== null && last !== committed.last) {
      throw differs(`alert ${alerts} is ${last}; ${committed.last} is committed`, alerts)
    }
  }
}

const differs = (what: string, value: unknown): CandelaError => new CandelaError('replay-differs', `what is to be replayed has changed since: ${what}`, {
  value, action: 'Put the files back as they were, or replay without --resume: alerts that are known already count as duplicates.'
})
