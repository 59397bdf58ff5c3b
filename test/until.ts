import { setTimeout as delay } from 'node:timers/promises'

/** Looks again until it is so. @param patience [ms] */
export async function until (what: string, condition: () => boolean | Promise<boolean>, patience = 120_000): Promise<void> {
  const end = performance.now() + patience
  while (!await condition()) {
    if (performance.now() > end) throw new Error(`${what}: not after ${patience / 1000} s`)
    await delay(20)
  }
}
