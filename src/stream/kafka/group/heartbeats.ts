/** Heartbeats to the group while something takes long. */
import { setTimeout as sleep } from 'node:timers/promises'

/** kafkajs itself lets no more through than the group wants [ms]. */
const EVERY = 1000

/**
 * Works; the member keeps its place in the group meanwhile. A heartbeat that fails does not end the work by itself.
 * @param work gets a signal that aborts with the error of a heartbeat that fails: the group goes on without this member
 */
export async function whileBeating<Result> (heartbeat: () => Promise<void>, work: (lost: AbortSignal) => Promise<Result>): Promise<Result> {
  const lost = new AbortController()
  const done = new AbortController()
  const beat = async (): Promise<void> => {
    while (await sleep(EVERY, true, { signal: done.signal }).catch(() => false)) await heartbeat().catch((error: unknown) => lost.abort(error))
  }
  beat().catch(() => {})
  try {
    return await work(lost.signal)
  } finally {
    done.abort()
  }
}
