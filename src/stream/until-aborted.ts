/** The promise's value, or undefined as soon as the signal aborts: the promise is not waited for then. */
export async function untilAborted<T> (promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return undefined
  let giveUp = (): void => {}
  const aborted = new Promise<undefined>(resolve => { giveUp = () => resolve(undefined) })
  signal.addEventListener('abort', giveUp)
  try {
    const value = await Promise.race([promise, aborted])
    return signal.aborted ? undefined : value
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}
