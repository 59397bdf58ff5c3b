/** How many points were left out, and why: counted where they are read, said where somebody looks. */
import { OMISSION_REASONS, type OmittedSource } from '../alert.ts'

/** `too-many-points`: not among the newest that are taken in of one alert. */
export const LEFT_OUT_OF_ALERT = [...OMISSION_REASONS, 'too-many-points'] as const

/** Number of points by the reason why they were left out; reasons without one are absent. */
export type LeftOut = Partial<Record<typeof LEFT_OUT_OF_ALERT[number], number>>

/** Names of filters that are told. */
const MOST_NAMES = 8
/** Names that are counted; the others are "more". */
const MOST_COUNTED = 100

/** @returns undefined where nothing was left out */
export function leftOutOf (omitted: readonly OmittedSource[]): LeftOut | undefined {
  if (omitted.length === 0) return undefined
  const counts: LeftOut = {}
  for (const { reason } of omitted) counts[reason] = (counts[reason] ?? 0) + 1
  return counts
}

/** Text of others, for a terminal or a log: without control characters. */
// eslint-disable-next-line no-control-regex
const printable = (name: string): string => name.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '?')

/** The points of a file, a request or a whole run: those that were read, and those that were left out. */
export class PointTally {
  points = 0
  readonly leftOut: LeftOut = {}
  readonly #bands = new Map<string, number>()

  /** @param points those that were taken */
  add (points: number, omitted: readonly OmittedSource[]): void {
    this.points += points + omitted.length
    for (const { reason, band = '' } of omitted) {
      this.leftOut[reason] = (this.leftOut[reason] ?? 0) + 1
      if (reason === 'band-unknown' && (this.#bands.has(band) || this.#bands.size < MOST_COUNTED)) this.#bands.set(band, (this.#bands.get(band) ?? 0) + 1)
    }
  }

  get all (): number {
    return Object.values(this.leftOut).reduce((sum, count) => sum + count, 0)
  }

  /** Whether more than half of the points were left out. */
  get isMost (): boolean {
    return 2 * this.all > this.points
  }

  /** Names of filters that are no known bands, the commonest first; a few. */
  get bands (): string[] {
    const names = [...this.#bands].filter(([name]) => name !== '').sort(([, a], [, b]) => b - a).map(([name]) => printable(name))
    return names.length > MOST_NAMES ? [...names.slice(0, MOST_NAMES), '…'] : names
  }

  /** '40 of 80 points were left out (band-unknown 40: V, R)', or '' where none were. */
  describe (): string {
    if (this.all === 0) return ''
    const { bands } = this
    const reasons = Object.entries(this.leftOut).map(([reason, count]) => `${reason} ${count}${reason === 'band-unknown' && bands.length > 0 ? `: ${bands.join(', ')}` : ''}`)
    return `${this.all} of ${this.points} points were left out (${reasons.join('; ')})`
  }
}
