/** The tasks of the partitions that this process has: opened, closed and opened again one after the other. */
import type { PartitionTask } from './task.ts'

/**
 * The life of a partition's task. Each state leads to the next one, and any state to `closed`, which is the last: a
 * partition that is opened again has a new slot.
 */
export type TaskState = Created | Restoring | Running | Closed

/** The store of the partition's task before is still open: a store is closed before it is opened again. */
export interface Created { readonly is: 'created' }

/** The task fences its predecessor and brings its store to the end of the changelog. */
export interface Restoring { readonly is: 'restoring' }

export interface Running {
  readonly is: 'running'
  readonly task: PartitionTask
  /** Whether alerts or objects of the partition are in work. */
  hasBatch: boolean
  /** Resolves when the task has done what it does beside its alerts, see background.ts. */
  background: Promise<void>
}

/** The partition was taken away, its task has failed, or the process stops. What is in hand is committed or fails. */
export interface Closed { readonly is: 'closed' }

export interface Slot {
  readonly partition: number
  readonly state: TaskState
}

interface OpenSlot extends Slot {
  state: TaskState
  readonly closing: AbortController
  readonly opened: Promise<PartitionTask>
}

export interface TaskSetOptions {
  /** @param signal aborts where the partition is taken away meanwhile */
  open: (partition: number, signal: AbortSignal) => Promise<PartitionTask>
  onRunning: (slot: Slot, running: Running) => void
  /** A task could not be opened. */
  onFailure: (slot: Slot, error: unknown) => void
}

export class TaskSet {
  readonly #options: TaskSetOptions
  /** None of them is closed. */
  readonly #slots = new Map<number, OpenSlot>()
  /** Of each partition that had a task, the end of the last one's store. */
  readonly #ended = new Map<number, Promise<void>>()

  constructor (options: TaskSetOptions) {
    this.#options = options
  }

  get slots (): Slot[] {
    return [...this.#slots.values()]
  }

  get (partition: number): Slot | undefined {
    return this.#slots.get(partition)
  }

  /** What runs of a partition; undefined where nothing does. */
  running (partition: number): Running | undefined {
    const state = this.#slots.get(partition)?.state
    return state?.is === 'running' ? state : undefined
  }

  open (partition: number): void {
    const { open, onRunning, onFailure } = this.#options
    const closing = new AbortController()
    const before = this.#ended.get(partition) ?? Promise.resolve()
    const opened = before.then(async () => {
      closing.signal.throwIfAborted()
      slot.state = { is: 'restoring' }
      return await open(partition, closing.signal)
    })
    const slot: OpenSlot = { partition, state: { is: 'created' }, closing, opened }
    this.#slots.set(partition, slot)
    opened.then(task => {
      if (slot.state.is === 'closed') return
      const running: Running = { is: 'running', task, hasBatch: false, background: Promise.resolve() }
      slot.state = running
      onRunning(slot, running)
    }, error => {
      if (slot.state.is !== 'closed') onFailure(slot, error)
    })
  }

  /** Begins to close a task: what it has in hand is committed or fails. */
  close (partition: number): void {
    const slot = this.#slots.get(partition)
    if (!slot) return
    this.#slots.delete(partition)
    slot.state = { is: 'closed' }
    slot.closing.abort(new Error(`partition ${partition} is closed`))
    // What the task could not commit, the next one finds in the changelog or reads again.
    this.#ended.set(partition, slot.opened.then(task => task.close()).catch(() => {}))
  }

  /** Resolves when the store of each task that was closed is closed. */
  async closed (): Promise<void> {
    await Promise.all(this.#ended.values())
  }
}
