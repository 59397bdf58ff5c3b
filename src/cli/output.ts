/** Writes to stdout at the pace of its reader, until a signal comes or the reader has gone. */
import { once } from 'node:events'

export interface Output {
  /** Aborts with the first SIGINT or SIGTERM, and when nobody reads stdout any more. */
  readonly signal: AbortSignal
  /** The signal or the error of stdout that ended the work early; null where the reader has gone (`| head`), which is no failure. */
  readonly stoppedBy: string | null
  write (text: string): Promise<void>
}

export function stdoutUntilStopped (): Output {
  const stopping = new AbortController()
  const { signal } = stopping
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort(name))
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.stderr.write(`candela: stdout: ${error.message}\n`)
    stopping.abort(error.code)
  })
  return {
    signal,
    get stoppedBy () {
      return signal.aborted && signal.reason !== 'EPIPE' ? String(signal.reason) : null
    },
    async write (text) {
      if (text === '' || process.stdout.write(text) || signal.aborted) return
      await once(process.stdout, 'drain', { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
    }
  }
}
