/** Long work in short turns: whoever else waits for the event loop has its turn in between. */
import { setImmediate } from 'node:timers/promises'

/** How long one piece of work may hold the event loop [ms]. */
export const TURN = 10

/**
 * @param longest of a turn [ms]
 * @returns to be asked often: undefined while the turn is short, else a promise to wait for before the work goes on. No promise is
 *   made, and nothing waited for, where the work is short.
 */
export function turns (longest = TURN): () => Promise<void> | undefined {
  let began = performance.now()
  return () => performance.now() - began < longest ? undefined : setImmediate().then(() => { began = performance.now() })
}
