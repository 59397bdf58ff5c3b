/** Work that a page does only while it is visible. */

/** @param act called at once, or when the page becomes visible */
export function onceVisible (act: () => void): void {
  if (document.visibilityState === 'visible') {
    act()
    return
  }
  document.addEventListener('visibilitychange', () => onceVisible(act), { once: true })
}

/**
 * Repeats some work, with a pause after each time. A hidden page does not work; it starts at once when it becomes visible.
 * @param pause after each time [ms]
 */
export function keepDoing (pause: number, act: () => Promise<void>): void {
  onceVisible(async () => {
    await act()
    setTimeout(() => keepDoing(pause, act), pause)
  })
}
