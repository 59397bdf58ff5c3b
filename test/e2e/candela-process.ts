/** The program as a user runs it: a process of its own. */
import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { PROGRAM } from '../compiled.ts'

export { PROGRAM }

/** No settings of the developer's own shell reach the program; tokens have tests of their own. */
export const environment = (): NodeJS.ProcessEnv => ({ ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CANDELA_'))), CANDELA_AUTH: 'none' })

/** A test, or whatever else ends what it has started. */
export interface Cleanup { after (fn: () => void): void }

export interface Finished { status: number | null, stdout: string, stderr: string }

export interface StartOptions {
  /** Of Node, before the program. */
  nodeArgs?: readonly string[]
  /** A command that runs the program, as itself in the end. */
  under?: readonly string[]
  /** Another user. */
  uid?: number
  /** Where it is started. */
  cwd?: string
}

export function start (t: Cleanup, args: readonly string[], env: NodeJS.ProcessEnv = {}, { under = [], nodeArgs = [], uid, cwd }: StartOptions = {}): ChildProcessByStdio<Writable, Readable, Readable> {
  const [command, ...rest] = [...under, process.execPath, ...nodeArgs, PROGRAM, ...args]
  const child = spawn(command!, rest, { env: { ...environment(), ...env }, stdio: ['pipe', 'pipe', 'pipe'], ...uid !== undefined && { uid, gid: uid }, ...cwd !== undefined && { cwd } })
  t.after(() => child.kill('SIGKILL'))
  return child
}

/** Runs a command to its end, with `input` on its standard input. */
export async function candela (t: Cleanup, args: readonly string[], env: NodeJS.ProcessEnv = {}, input = '', options: StartOptions = {}): Promise<Finished> {
  const child = start(t, args, env, options)
  // A command that has ended does not read it.
  child.stdin.on('error', () => {}).end(input)
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number | null]>])
  return { status, stdout, stderr }
}

export interface Serving {
  url: string
  child: ChildProcess
  /** Messages of the log so far. */
  log: string[]
  /** What it wrote to stderr so far. */
  stderr (): string
  /** Waits for a log message. */
  logged (message: RegExp): Promise<string>
  /** Sends a signal; gives the exit code and how long it took [ms]. */
  stop (signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): Promise<{ status: number | null, took: number }>
}

/** Starts `candela serve` on a free port and waits until it says where it listens. */
export async function serve (t: Cleanup, args: readonly string[], env: NodeJS.ProcessEnv = {}, options: StartOptions = {}): Promise<Serving> {
  const child = start(t, ['serve', '--http-port', '0', ...args], env, options)
  const log: string[] = []
  const waiting = new Set<() => void>()
  const closed = once(child, 'close') as Promise<[number | null]>
  let ended = false
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => { stderr += String(chunk) })
  createInterface(child.stdout).on('line', line => {
    log.push((JSON.parse(line) as { msg: string }).msg)
    for (const wake of waiting) wake()
  })
  closed.then(() => {
    ended = true
    for (const wake of waiting) wake()
  }, () => {})
  async function logged (message: RegExp): Promise<string> {
    for (;;) {
      const found = log.find(line => message.test(line))
      if (found !== undefined) return found
      if (ended) throw new Error(`candela ended without logging ${message}: ${log.join('\n')}\n${stderr}`)
      await new Promise<void>(resolve => waiting.add(() => resolve()))
      waiting.clear()
    }
  }
  const url = /https?:\/\/localhost:\d+/.exec(await logged(/^(dashboard|health) /))![0]
  return {
    url,
    child,
    log,
    stderr: () => stderr,
    logged,
    async stop (signal) {
      const began = performance.now()
      child.kill(signal)
      const [status] = await closed
      return { status, took: performance.now() - began }
    }
  }
}

/** Rejects when a process ends by itself. */
export async function ended ({ child, stderr }: Serving): Promise<never> {
  const [status] = await once(child, 'close') as [number | null]
  throw new Error(`a process ended with ${status}: ${stderr()}`)
}
