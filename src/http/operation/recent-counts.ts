/** The accounting of the newest minutes, so that a page can draw rates as soon as it opens. */
import { z } from 'zod'
import type { ObjectReader } from '../../state/views.ts'

/** Between two counts [ms], and how many are kept: 20 minutes. */
const EVERY = 2000
const MOST = 600

const count = z.int().min(0)

const countsSchema = z.object({
  time: z.iso.datetime().describe('ISO 8601, UTC'),
  received: count,
  classified: count,
  declined: count,
  duplicate: count,
  deadLettered: count
})

export const recentCountsSchema = z.object({
  everySeconds: z.number().describe('Between two counts [s]'),
  counts: z.array(countsSchema).describe('Oldest first; the rate between two of them is their difference over that of their times')
}).meta({ id: 'RecentCounts' })

type Counts = z.output<typeof countsSchema>

export class RecentCounts {
  readonly #reader: Pick<ObjectReader, 'statistics'>
  readonly #every: number
  readonly #timer: ReturnType<typeof setInterval>
  readonly #counts: Counts[] = []

  /** @param every between two counts [ms] */
  constructor (reader: Pick<ObjectReader, 'statistics'>, every = EVERY) {
    this.#reader = reader
    this.#every = every
    this.#timer = setInterval(() => this.#count(), every)
    this.#timer.unref()
    this.#count()
  }

  #count (): void {
    let now: Counts
    try {
      const { received, classified, declined, duplicate, deadLettered } = this.#reader.statistics().accounting
      now = { time: new Date().toISOString(), received, classified, declined, duplicate, deadLettered }
    } catch {
      // A store that cannot be read reports its error to requests; here only a count is missing.
      return
    }
    this.#counts.push(now)
    if (this.#counts.length > MOST) this.#counts.shift()
  }

  view (): z.output<typeof recentCountsSchema> {
    return { everySeconds: this.#every / 1000, counts: this.#counts }
  }

  close (): void {
    clearInterval(this.#timer)
  }
}
