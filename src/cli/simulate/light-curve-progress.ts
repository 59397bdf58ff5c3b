/** Progress on stderr while light curves are read: how many there are is known only at the end. */

export function lightCurveProgress (name: string): { read: (count: number) => void, end: () => void } {
  const began = performance.now()
  let said = began
  let read = 0
  const tell = (now: number, what: string): void => {
    process.stderr.write(`${name}: ${read} light curve${read === 1 ? '' : 's'} ${what}, ${Math.round(read / Math.max(1e-3, (now - began) / 1000))} a second\n`)
  }
  return {
    read (count) {
      read = count
      const now = performance.now()
      if (now - said < 2000) return
      said = now
      tell(now, 'read')
    },
    end: () => tell(performance.now(), 'read in all')
  }
}
