/** Threads that simulate side by side. What they make comes in the order of the tasks, so that it does not depend on their number. */
import { Worker } from 'node:worker_threads'
import { CandelaError, messageOf } from '../../errors.ts'
import type { Answer, ResultOf, SkyOptions, Task, ThreadData } from './tasks.ts'

/** Tasks of each thread that are given out, or done and not yet taken: what bounds the memory. */
const TASKS_PER_THREAD = 3

/** A thread from the built program; from the source through tsx, whose hooks a thread of Node 20 does not inherit. */
function startThread (workerData: ThreadData): Worker {
  if (import.meta.url.endsWith('.js')) return new Worker(new URL('thread.js', import.meta.url), { workerData })
  const [tsx, thread] = [import.meta.resolve('tsx/esm/api'), new URL('thread.ts', import.meta.url).href]
  return new Worker(`import(${JSON.stringify(tsx)}).then(({ register }) => { register(); return import(${JSON.stringify(thread)}) })`, { eval: true, workerData })
}

interface Job { task: Task, resolve: (result: ResultOf<Task>) => void, reject: (error: CandelaError) => void }
interface Thread { worker: Worker, progress: Int32Array, job: Job | null }

export class SkyThreads {
  readonly #threads: Thread[] = []
  readonly #waiting: Job[] = []
  readonly #start: () => Thread
  readonly #most: number
  #failure: CandelaError | null = null
  #closing = false

  /**
   * @param module URL of a module that exports `openSky`
   * @param jobs most threads; each starts with the first task that finds no idle one
   */
  constructor (module: URL, options: SkyOptions, jobs: number) {
    this.#most = jobs
    this.#start = () => this.#thread({ module: module.href, options, progress: new Int32Array(new SharedArrayBuffer(4)) })
  }

  /**
   * @param signal no more tasks are given out once it aborts; what was given out still comes
   * @throws CandelaError what a thread says, or `simulation-failed` where one ends; nothing comes after that
   */
  async * results<T extends Task> (tasks: Iterable<T>, signal?: AbortSignal): AsyncGenerator<ResultOf<T>> {
    const pending: Array<Promise<ResultOf<T>>> = []
    for (const task of tasks) {
      if (signal?.aborted) break
      if (pending.length >= TASKS_PER_THREAD * this.#most) yield await pending.shift()!
      const result = this.#run(task) as Promise<ResultOf<T>>
      // It is heard of where its turn comes.
      result.catch(() => {})
      pending.push(result)
    }
    while (pending.length > 0) yield await pending.shift()!
  }

  async close (): Promise<void> {
    this.#closing = true
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()))
  }

  #run (task: Task): Promise<ResultOf<Task>> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) {
        reject(this.#failure)
        return
      }
      this.#waiting.push({ task, resolve, reject })
      const idle = this.#threads.find(({ job }) => job === null)
      if (idle) this.#next(idle)
      else if (this.#threads.length < this.#most) this.#next(this.#start())
    })
  }

  #next (thread: Thread): void {
    const job = this.#waiting.shift() ?? null
    thread.job = job
    if (job === null) return
    const { task } = job
    Atomics.store(thread.progress, 0, 'first' in task ? task.first : 0)
    thread.worker.postMessage(task)
  }

  #thread (data: ThreadData): Thread {
    const thread: Thread = { worker: startThread(data), progress: data.progress, job: null }
    this.#threads.push(thread)
    thread.worker.on('message', (answer: Answer) => {
      const { job } = thread
      if ('result' in answer) job!.resolve(answer.result)
      else this.#fail(thread, new CandelaError(answer.error.code, answer.error.message, answer.error.action === undefined ? {} : { action: answer.error.action }))
      if (this.#failure === null) this.#next(thread)
    })
    const ended = (reason: string, cause?: unknown): void => {
      if (this.#closing || this.#failure !== null) return
      const at = thread.job === null || thread.job.task.kind === 'facts' ? 'before the first object' : `at ${thread.job.task.kind === 'block' ? 'object' : `attempt of ${thread.job.task.class}`} ${Atomics.load(thread.progress, 0)}`
      this.#fail(thread, new CandelaError('simulation-failed', `a thread ended ${at}: ${reason}`, { cause, action: 'Report it with the command, its seed and its settings; where memory ran out, give fewer --jobs.' }))
    }
    thread.worker.on('error', error => ended(messageOf(error), error))
    thread.worker.on('exit', code => ended(`exit code ${code}`))
    return thread
  }

  /** The first failure ends all that is given out or waits. */
  #fail (thread: Thread, error: CandelaError): void {
    this.#failure ??= error
    for (const { job } of [thread, ...this.#threads]) job?.reject(this.#failure)
    for (const job of this.#waiting.splice(0)) job.reject(this.#failure)
  }
}
