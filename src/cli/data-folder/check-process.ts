/** Runs the walk of `candela check` in a process of its own: LMDB ends the process where inner pages of its file are damaged. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { CandelaError } from '../../errors.ts'
import type { CheckMessage } from './check-here.ts'

/** Signals that end a process which reads unmapped memory, or which LMDB ends itself. */
const DAMAGE: ReadonlySet<string> = new Set(['SIGSEGV', 'SIGBUS', 'SIGABRT', 'SIGFPE', 'SIGILL', 'SIGTRAP'])

/** Most of the inner process's stderr that is kept, in characters. */
const LONGEST_STDERR = 10_000

export interface CheckEnd {
  /** What was being read at the end. */
  reading: string
  /** The signal that ended the process because of the file; null where it came to its own end. */
  crashed: string | null
}

/**
 * Runs this command again with --here.
 * @param onMessage gets every message except those about reading
 * @throws CandelaError those of the walk, and `check-ended` where the process ended otherwise
 */
export async function runCheckProcess (onMessage: (message: Exclude<CheckMessage, { reading: string } | { error: unknown }>) => Promise<void>, signal: AbortSignal): Promise<CheckEnd> {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1), '--here'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const stop = (): void => { child.kill('SIGTERM') }
  signal.addEventListener('abort', stop, { once: true })
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => { stderr = (stderr + String(chunk)).slice(-LONGEST_STDERR) })
  let reading = 'the model'
  let ended = false
  let failure: CandelaError | undefined
  for await (const line of createInterface(child.stdout)) {
    const message = messageIn(line)
    if (message === null) continue
    if ('reading' in message) {
      reading = message.reading
    } else if ('error' in message) {
      const { code, message: what, action } = message.error
      failure = new CandelaError(code, what, action === undefined ? {} : { action })
    } else {
      ended ||= 'summary' in message
      await onMessage(message)
    }
  }
  const [status, endedBy] = await closed
  signal.removeEventListener('abort', stop)
  if (failure) throw failure
  if (ended || signal.aborted) return { reading, crashed: null }
  if (endedBy !== null && DAMAGE.has(endedBy) && !stderr.includes('out of memory')) return { reading, crashed: endedBy }
  throw new CandelaError('check-ended', `the process that reads the data folder ended by ${endedBy ?? `exit code ${status}`} at ${reading}${stderr === '' ? '' : `: ${stderr.trim()}`}`, {
    canRetry: true, action: 'Try it again where there is more memory; report it where that does not help.'
  })
}

/** @returns null for a line that is cut off or not from the walk */
function messageIn (line: string): CheckMessage | null {
  try {
    const message: unknown = JSON.parse(line)
    return typeof message === 'object' ? message as CheckMessage | null : null
  } catch {
    return null
  }
}
