/** Processes that classify from Kafka together: they come, go, are killed and stand still. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { emptyStatistics, sumOfStatistics } from '../../src/state/statistics.ts'
import type { StoreStatistics } from '../../src/state/views.ts'
import { serve, type Cleanup, type Serving } from '../e2e/candela-process.ts'

export interface Member {
  readonly folder: string
  readonly serving: Serving
}

export interface FleetOptions {
  address: string
  /** Beginning of the names of topics and groups. */
  prefix: string
  partitions: number
  /** Holds a data folder for each place in the fleet. */
  folder: string
  sessionSeconds: number
  /** 'wasm' where not given. */
  engine?: string
  /** Of Node, see StartOptions. */
  nodeArgs?: readonly string[]
  onEvent: (line: string) => void
}

/** A supervisor kills what takes longer [ms]. */
const LONGEST_END = 6000

export class Fleet {
  readonly #t: Cleanup
  readonly #options: FleetOptions
  readonly #members = new Map<number, Member>()
  readonly #folders = new Set<string>()
  readonly #ended: string[] = []
  /** What nobody asked for. */
  readonly faults: string[] = []

  constructor (t: Cleanup, options: FleetOptions) {
    this.#t = t
    this.#options = options
  }

  get places (): number[] {
    return [...this.#members.keys()]
  }

  get members (): Member[] {
    return [...this.#members.values()]
  }

  folderOf (place: number): string {
    return join(this.#options.folder, `process-${place}`)
  }

  member (place: number): Member {
    const member = this.#members.get(place)
    if (!member) throw new Error(`no process in place ${place}`)
    return member
  }

  /** Resolves when it serves; it may not have a partition yet. */
  async start (place: number): Promise<Member> {
    const { address, prefix, partitions, sessionSeconds, engine = 'wasm', nodeArgs = [], onEvent } = this.#options
    const folder = this.folderOf(place)
    onEvent(`start ${place}`)
    const serving = await serve(this.#t, [
      '--role', 'classify', '--engine', engine, '--kafka-brokers', address, '--kafka-prefix', prefix, '--kafka-group', prefix, '--kafka-partitions', String(partitions),
      '--kafka-session-timeout-seconds', String(sessionSeconds), '--data-dir', folder
    ], {}, { nodeArgs })
    const member = { folder, serving }
    this.#members.set(place, member)
    this.#folders.add(folder)
    serving.child.once('close', status => {
      if (this.#members.get(place) !== member) return
      this.#members.delete(place)
      this.#ended.push(...logOf(place, serving))
      this.faults.push(`process ${place} ended by itself with ${status}: ${serving.stderr()}`)
    })
    return member
  }

  async end (place: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<{ status: number | null, took: number }> {
    const { serving } = this.member(place)
    this.#members.delete(place)
    this.#options.onEvent(`${signal} ${place}`)
    const ended = await serving.stop(signal)
    this.#options.onEvent(`${place} has ended with ${ended.status} after ${(ended.took / 1000).toFixed(1)} s`)
    this.#ended.push(...logOf(place, serving))
    if (signal === 'SIGTERM' && (ended.status !== 0 || ended.took > LONGEST_END)) this.faults.push(`process ${place} ended with ${ended.status}, ${(ended.took / 1000).toFixed(1)} s after SIGTERM`)
    return ended
  }

  /** Only of a place where nothing runs. */
  removeFolder (place: number): void {
    this.#options.onEvent(`folder of ${place} removed`)
    rmSync(this.folderOf(place), { recursive: true, force: true })
  }

  freeze (place: number): void {
    this.#options.onEvent(`SIGSTOP ${place}`)
    this.member(place).serving.child.kill('SIGSTOP')
  }

  thaw (place: number): void {
    this.#options.onEvent(`SIGCONT ${place}`)
    this.member(place).serving.child.kill('SIGCONT')
  }

  /** Data folders of all that ever ran. */
  get folders (): string[] {
    return [...this.#folders]
  }

  /** Resolves when all partitions of those that run are open. */
  async ready (patience: number): Promise<void> {
    const until = performance.now() + patience
    for (const [place, { serving: { url } }] of this.#members) {
      for (;;) {
        const answer = await fetch(`${url}/health/ready`)
        if (answer.ok) break
        if (performance.now() > until) throw new Error(`process ${place} is not ready: ${await answer.text()}`)
        await delay(200)
      }
    }
  }

  /** Sum over the partitions of those that run. */
  async statistics (): Promise<StoreStatistics> {
    let sum = emptyStatistics()
    for (const { serving: { url } } of this.members) {
      const { stream: _, ...one } = await (await fetch(`${url}/v1/statistics`)).json() as StoreStatistics & { stream: unknown }
      sum = sumOfStatistics(sum, one)
    }
    return sum
  }

  /** Lines of the logs of all that ever ran, with their places. */
  get log (): string[] {
    return [...this.#ended, ...[...this.#members].flatMap(([place, { serving }]) => logOf(place, serving))]
  }

  async endAll (): Promise<void> {
    await Promise.all(this.places.map(place => this.end(place, 'SIGTERM')))
  }
}

const logOf = (place: number, { log }: Serving): string[] => log.map(line => `${place}: ${line}`)
