/** The process that feeds, as seen from the night. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Cleanup } from '../../e2e/candela-process.ts'
import type { FeedReport, FeedRequest } from './feed-process.ts'

export interface Second {
  /** All since the beginning. */
  due: number
  sent: number
}

export interface SurveyFeed {
  pid: number
  /** Begins to send. */
  go (): void
  /** One a second. */
  seconds: Second[]
  /** Alerts that the broker has in the end, and those that it refused. */
  done: Promise<{ sent: number, refused: number }>
}

/** Resolves when the packets are prepared. */
export async function startFeed (t: Cleanup, request: FeedRequest, onEvent: (line: string) => void): Promise<SurveyFeed> {
  const child = fork(new URL('feed-process.ts', import.meta.url), { execArgv: ['--import', 'tsx'] })
  t.after(() => { child.kill('SIGKILL') })
  const seconds: Second[] = []
  let prepared = (): void => {}
  const ready = new Promise<void>(resolve => { prepared = resolve })
  let finish = (_: { sent: number, refused: number }): void => {}
  const finished = new Promise<{ sent: number, refused: number }>(resolve => { finish = resolve })
  child.on('message', (told: FeedReport) => {
    if (told.kind === 'preparing') onEvent(told.line)
    else if (told.kind === 'prepared') prepared()
    else if (told.kind === 'progress') seconds.push({ due: told.due, sent: told.sent })
    else finish({ sent: told.sent, refused: told.refused })
  })
  const ended = once(child, 'exit').then(([status]) => { throw new Error(`the feed ended with ${String(status)}`) })
  ended.catch(() => {})
  child.send(request)
  await Promise.race([ready, ended])
  return { pid: child.pid!, go: () => { child.send('go') }, seconds, done: Promise.race([finished, ended]) }
}
