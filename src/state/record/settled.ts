/**
 * Settled hidden states: some way behind the tip, so that photometry which comes late replays the steps of a few
 * nights, not all.
 */
import { CandelaError } from '../../errors.ts'
import type { HiddenState } from './record.ts'

/** Two points further apart belong to different nights [d]. */
const NIGHT_GAP = 0.5
/** Two settled states are at least this far apart [d], so that the older one stands behind two nights or more. */
const DISTANCE = 1.5
const MOST = 2

export class SettledStates {
  readonly #read: () => readonly HiddenState[]
  /** Newest first; undefined while not read. */
  #states: readonly HiddenState[] | undefined
  changed = false

  /** @param read gives those that are kept, newest first */
  constructor (read: () => readonly HiddenState[]) {
    this.#read = read
  }

  get states (): readonly HiddenState[] {
    this.#states ??= this.#readable()
    return this.#states
  }

  /** The light curve gives them anew where they are damaged: an alert need not be lost for that. */
  #readable (): readonly HiddenState[] {
    try {
      return this.#read()
    } catch (error) {
      if (!(error instanceof CandelaError)) throw error
      this.changed = true
      return []
    }
  }

  /** The newest one that a change of the light curve from a time on leaves valid [d, MJD TAI]. */
  newestBefore (time: number): HiddenState | null {
    return this.states.find(({ midpointMjdTai }) => midpointMjdTai < time) ?? null
  }

  /** Drops those behind which the steps begin anew. @param from the hidden state that is stepped from; null for none */
  rewind (from: HiddenState | null): void {
    if (from === null) this.#drop()
    else if (this.states.some(({ midpointMjdTai }) => midpointMjdTai > from.midpointMjdTai)) {
      this.#set(this.states.filter(({ midpointMjdTai }) => midpointMjdTai <= from.midpointMjdTai))
    }
  }

  /** Called before each step: the end of a night is settled where the last one is far enough behind. */
  beforeStep (tip: HiddenState, midpointMjdTai: number): void {
    if (midpointMjdTai - tip.midpointMjdTai <= NIGHT_GAP) return
    const [newest] = this.states
    if (newest && tip.midpointMjdTai - newest.midpointMjdTai < DISTANCE) return
    this.#set([tip, ...this.states].slice(0, MOST))
  }

  /** Unread: damaged ones do not keep the light curve from being replayed. */
  #drop (): void {
    this.changed ||= this.#states === undefined || this.#states.length > 0
    this.#states = []
  }

  #set (states: readonly HiddenState[]): void {
    this.changed ||= states.length + this.states.length > 0
    this.#states = states
  }
}
