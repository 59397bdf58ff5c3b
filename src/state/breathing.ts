/** Long work in short stretches: between them whatever else waits has its turn. */
import { setImmediate } from 'node:timers/promises'

/** Work at a stretch [ms]: requests wait so long at most, and turns cost nothing beside it. */
const STRETCH = 40

/** @returns called often: gives others a turn where the work has gone on for a stretch since the last one */
export function breathing (): () => Promise<void> {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < STRETCH) return
    await setImmediate()
    since = performance.now()
  }
}
