/** Command lines that end before they do anything: wrong usage, and help. A process of their own for each takes a second. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { scriptOf } from '../compiled.ts'
import { environment, type Cleanup, type Finished } from '../e2e/candela-process.ts'

/** @returns what each would have ended with in a process of its own, in the same order */
export async function usages (t: Cleanup, lines: ReadonlyArray<readonly string[]>): Promise<Finished[]> {
  const { execArgv, file } = scriptOf(new URL('usages-process.ts', import.meta.url))
  const child = fork(file, [JSON.stringify(lines)], { execArgv, env: environment(), stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  t.after(() => child.kill('SIGKILL'))
  const finished: Finished[] = []
  child.on('message', one => finished.push(one as Finished))
  const [unexpected, [status]] = await Promise.all([text(child.stderr!), once(child, 'close')])
  if (status !== 0 || finished.length !== lines.length) throw new Error(`${finished.length} of ${lines.length} command lines came to their end, and the process ended with ${status}: ${unexpected}`)
  return finished
}
