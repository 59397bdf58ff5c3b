/** The tasks of the partitions that this process has: opened, closed and opened again one after the other. */
import type { PartitionTask } from './task.ts'

/** A task from its opening on; another opening is another slot. */
export interface Slot {
  readonly partition: number
  /** Null until it is open, and where it could not be opened. */
  task: PartitionTask | null
}

interface OpenSlot extends Slot {
  readonly closing: AbortController
  readonly opened: Promise<PartitionTask>
}

export interface TaskSetOptions {
  /** @param signal aborts where the partition is taken away meanwhile */
  open: (partition: number, signal: AbortSignal) => Promise<PartitionTask>
  onOpen: (slot: Slot, task: PartitionTask) => void
  /** Could not be opened, or not closed. */
  onFailure: (slot: Slot, error: unknown) => void
}

export class TaskSet {
  readonly #options: TaskSetOptions
  readonly #slots = new Map<number, OpenSlot>()
  /** A store must be closed before it is opened again. */
  readonly #closing = new Map<number, Promise<void>>()

  constructor (options: TaskSetOptions) {
    this.#options = options
  }

  get slots (): Iterable<Slot> {
    return this.#slots.values()
  }

  get (partition: number): Slot | undefined {
    return this.#slots.get(partition)
  }

  open (partition: number): void {
    const closing = new AbortController()
    const before = this.#closing.get(partition)
    const opened = (async () => {
      await before
      closing.signal.throwIfAborted()
      return await this.#options.open(partition, closing.signal)
    })()
    const slot: OpenSlot = { partition, task: null, closing, opened }
    this.#slots.set(partition, slot)
    opened.then(task => {
      if (closing.signal.aborted) return
      slot.task = task
      this.#options.onOpen(slot, task)
    }, error => {
      if (!closing.signal.aborted) this.#options.onFailure(slot, error)
    })
  }

  /** Begins to close a task: what it has in hand is committed or fails. */
  close (partition: number): void {
    const slot = this.#slots.get(partition)
    if (!slot) return
    this.#slots.delete(partition)
    slot.closing.abort(new Error(`partition ${partition} is closed`))
    this.#closing.set(partition, slot.opened.then(task => task.close().catch((error: unknown) => this.#options.onFailure(slot, error)), () => {}))
  }

  /** Resolves when the store of each task that was closed is closed. */
  async closed (): Promise<void> {
    await Promise.all(this.#closing.values())
  }
}
