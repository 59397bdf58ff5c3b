/** What a page does only while somebody sees it. */

/** @param act is called at once, or when the page is seen again */
export function onceVisible (act: () => void): void {
  if (document.visibilityState === 'visible') {
    act()
    return
  }
  document.addEventListener('visibilitychange', () => onceVisible(act), { once: true })
}

/**
 * Does something now, and again a while after it has ended; not while nobody sees the page, and at once when it is seen again.
 * @param pause between two [ms]
 */
export function keepDoing (pause: number, act: () => Promise<void>): void {
  onceVisible(async () => {
    await act()
    setTimeout(() => keepDoing(pause, act), pause)
  })
}
