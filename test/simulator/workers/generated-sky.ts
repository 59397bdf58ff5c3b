/** A sky of generated light curves for threads: object 77 fails where the seed is 66, the thread ends at it where the seed is 67. */
import type { OpenSky, SkyOpener } from '../../../src/simulator/workers/tasks.ts'
import { generatedLightCurve } from '../snana/generated-light-curves.ts'

export const FAILS = { index: 77, seed: 66, endsWithSeed: 67 }

export const openSky: SkyOpener = async ({ sky, seed }): Promise<OpenSky> => ({
  shares: new Map([['Ia', 0.75], ['RRL', 0.25]]),
  survey: { area: 100, years: 10 },
  givenUp: new Map(),
  object (index) {
    if (index === FAILS.index && seed === FAILS.seed) throw new TypeError('no such spectrum')
    if (index === FAILS.index && seed === FAILS.endsWithSeed) process.exit(9)
    return generatedLightCurve(sky, seed, index)
  },
  // A quarter of the events is seen, with 10 alerts in 5 nights; half of the stars, with 200 in 100.
  attempt: (skyClass, index) => skyClass === 'Ia' ? { alerts: index % 4 === 0 ? 10 : 0, nights: index % 4 === 0 ? 5 : 0 } : { alerts: index % 2 === 0 ? 200 : 0, nights: index % 2 === 0 ? 100 : 0 },
  population: skyClass => skyClass === 'Ia' ? { density: 2, kind: 'events' } : { density: 3, kind: 'sources' }
})
