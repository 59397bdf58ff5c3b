/** Discards dead letters: by choice, and to bound the space that they take. */
import { setImmediate } from 'node:timers/promises'
import type { SerializedProcessor } from '../processor/serialized.ts'
import { NOTHING, type StateStore } from '../store.ts'

/** Letters of one commit. */
const BATCH = 100

export interface DiscardQuery {
  /** The letters to discard; where absent, all that match the rest of the query. */
  numbers?: readonly number[] | undefined
  code?: string | undefined
  /** Received before this time [ms since 1970, UTC]. */
  receivedBefore?: number | undefined
  /** Continue after this number. */
  after?: number | undefined
  limit: number
}

export interface DiscardPage {
  /** Numbers of the discarded letters. */
  discarded: number[]
  /** Value of `after` to go on with, or null at the end. */
  next: number | null
}

export interface DeadLetterDiscard {
  /**
   * Removes letters for good, the oldest first. The accounting still counts them as dead-lettered.
   * @throws CandelaError `dead-letter-not-found` before any is gone, where one of `numbers` does not exist; `commit-failed`
   */
  discard (query: DiscardQuery): Promise<DiscardPage>
  /**
   * Discards the oldest letters until all take no more than `bytes` on disk.
   * @returns how many
   */
  keepWithin (bytes: number): Promise<number>
}

export function createDeadLetterDiscard ({ store, processor }: { store: StateStore, processor: Pick<SerializedProcessor, 'inTurn'> }): DeadLetterDiscard {
  const { deadLetters } = store
  const commit = async (discarded: readonly number[]): Promise<void> =>
    await store.commit({ ...NOTHING, discarded })

  return {
    discard: async ({ numbers, ...query }) => await processor.inTurn(async () => {
      const wanted = numbers && [...new Set(numbers)].filter(number => number > (query.after ?? 0)).sort((a, b) => a - b)
      for (const number of wanted ?? []) deadLetters.get(number)
      const page = wanted
        ? { discarded: wanted.slice(0, query.limit), next: wanted.length > query.limit ? wanted[query.limit - 1]! : null }
        : listed(query)
      if (page.discarded.length > 0) await commit(page.discarded)
      return page
    }),
    async keepWithin (bytes) {
      let count = 0
      while (deadLetters.size() > bytes) {
        const { discarded } = await processor.inTurn(async () => {
          const page = listed({ limit: BATCH })
          if (page.discarded.length > 0) await commit(page.discarded)
          return page
        })
        if (discarded.length === 0) break
        count += discarded.length
        await setImmediate()
      }
      return count
    }
  }

  function listed (query: Omit<DiscardQuery, 'numbers'>): DiscardPage {
    const { deadLetters: page, next } = deadLetters.list({ ...query, oldestFirst: true })
    return { discarded: page.map(({ number }) => number), next }
  }
}
