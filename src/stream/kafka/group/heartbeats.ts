/** Heartbeats to the group while something takes long. */

/** kafkajs itself lets no more through than the group wants [ms]. */
const EVERY = 1000

/**
 * A heartbeat that fails is the caller's to see: its next one fails as well.
 * @param lost aborts with the error of a heartbeat that fails: the group goes on without this member
 */
export async function beating<Result> (work: () => Promise<Result>, heartbeat: () => Promise<void>, lost = new AbortController()): Promise<Result> {
  const timer = setInterval(() => { heartbeat().catch((error: unknown) => lost.abort(error)) }, EVERY)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}
