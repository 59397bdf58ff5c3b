/** The process that feeds, as seen from the night. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Cleanup } from '../../e2e/candela-process.ts'
import type { FeedReport, FeedRequest } from './feed-process.ts'
import type { PrepareRequest } from './prepare-process.ts'

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

/** Resolves when the folder has the packets. */
export async function prepareApart (t: Cleanup, request: PrepareRequest): Promise<void> {
  const child = fork(new URL('prepare-process.ts', import.meta.url), { execArgv: ['--max-old-space-size=8192', '--import', 'tsx'] })
  t.after(() => { child.kill('SIGKILL') })
  child.send(request)
  const [status] = await once(child, 'exit')
  if (status !== 0) throw new Error(`the preparation of packets ended with ${String(status)}`)
}

/** Resolves when the feed can begin. The packets are prepared. */
export async function startFeed (t: Cleanup, request: FeedRequest): Promise<SurveyFeed> {
  const child = fork(new URL('feed-process.ts', import.meta.url), { execArgv: ['--import', 'tsx'] })
  t.after(() => { child.kill('SIGKILL') })
  const seconds: Second[] = []
  let prepared = (): void => {}
  const ready = new Promise<void>(resolve => { prepared = resolve })
  let finish = (_: { sent: number, refused: number }): void => {}
  const finished = new Promise<{ sent: number, refused: number }>(resolve => { finish = resolve })
  child.on('message', (told: FeedReport) => {
    if (told.kind === 'prepared') prepared()
    else if (told.kind === 'progress') seconds.push({ due: told.due, sent: told.sent })
    else finish({ sent: told.sent, refused: told.refused })
  })
  const ended = once(child, 'exit').then(([status]) => { throw new Error(`the feed ended with ${String(status)}`) })
  ended.catch(() => {})
  child.send(request)
  await Promise.race([ready, ended])
  return { pid: child.pid!, go: () => { child.send('go') }, seconds, done: Promise.race([finished, ended]) }
}
