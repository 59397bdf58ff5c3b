/** Heartbeats to the group while something takes long. */

/** kafkajs itself lets no more through than the group wants [ms]. */
const EVERY = 1000

/** A heartbeat that fails is the caller's to see: its next one fails as well. */
export async function beating<Result> (work: () => Promise<Result>, heartbeat: () => Promise<void>): Promise<Result> {
  const timer = setInterval(() => { heartbeat().catch(() => {}) }, EVERY)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}
