/**
 * Checkpoints: hidden states kept behind the tip, to rewind to. Late photometry then repeats the steps of a few
 * nights instead of all.
 */
import { CandelaError } from '../../errors.ts'
import type { HiddenState } from './record.ts'

/** Two points further apart belong to different nights [d]. */
const NIGHT_GAP = 0.5
/** Two checkpoints are at least this far apart [d], so that the older one lies two or more nights back. */
const DISTANCE = 1.5
const MOST = 2

export class Checkpoints {
  readonly #read: () => readonly HiddenState[]
  /** Newest first; undefined while not read. */
  #states: readonly HiddenState[] | undefined
  changed = false

  /** @param read returns the stored ones, newest first */
  constructor (read: () => readonly HiddenState[]) {
    this.#read = read
  }

  get states (): readonly HiddenState[] {
    this.#states ??= this.#readable()
    return this.#states
  }

  /** Damaged ones are dropped: a replay of the light curve makes them again, and no alert is lost. */
  #readable (): readonly HiddenState[] {
    try {
      return this.#read()
    } catch (error) {
      if (!(error instanceof CandelaError)) throw error
      this.changed = true
      return []
    }
  }

  /** The newest one that stays valid when the light curve changes from a time on [d, MJD TAI]. */
  newestBefore (time: number): HiddenState | null {
    return this.states.find(({ midpointMjdTai }) => midpointMjdTai < time) ?? null
  }

  /** Drops those after the hidden state that is stepped from. @param from null for the beginning */
  rewind (from: HiddenState | null): void {
    if (from === null) this.#drop()
    else if (this.states.some(({ midpointMjdTai }) => midpointMjdTai > from.midpointMjdTai)) {
      this.#set(this.states.filter(({ midpointMjdTai }) => midpointMjdTai <= from.midpointMjdTai))
    }
  }

  /** Called before each step: keeps the tip at the end of a night, where the newest checkpoint is far enough back. */
  beforeStep (tip: HiddenState, midpointMjdTai: number): void {
    if (midpointMjdTai - tip.midpointMjdTai <= NIGHT_GAP) return
    const [newest] = this.states
    if (newest && tip.midpointMjdTai - newest.midpointMjdTai < DISTANCE) return
    this.#set([tip, ...this.states].slice(0, MOST))
  }

  /** Without reading them, so that damaged ones do not prevent a replay. */
  #drop (): void {
    this.changed ||= this.#states === undefined || this.#states.length > 0
    this.#states = []
  }

  #set (states: readonly HiddenState[]): void {
    this.changed ||= states.length + this.states.length > 0
    this.#states = states
  }
}
