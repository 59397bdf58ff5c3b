/** A sky of generated light curves for threads: object 77 fails where the seed is 66, the thread ends at it where the seed is 67. */
import { DETECTION_ROWS } from '../../../src/simulator/rates/detections.ts'
import type { OpenSky, SkyOpener } from '../../../src/simulator/workers/tasks.ts'
import { generatedLightCurve } from '../snana/generated-light-curves.ts'

export const FAILS = { index: 77, seed: 66, endsWithSeed: 67 }

const rows = (first: readonly number[]): number[] => DETECTION_ROWS.map((_, row) => first[row] ?? 0)

export const openSky: SkyOpener = async ({ sky, seed }): Promise<OpenSky> => ({
  shares: new Map([['Ia', 0.75], ['RRL', 0.25]]),
  survey: { area: 100, years: 10 },
  givenUp: new Map(),
  object (index) {
    if (index === FAILS.index && seed === FAILS.seed) throw new TypeError('no such spectrum')
    if (index === FAILS.index && seed === FAILS.endsWithSeed) process.exit(9)
    return generatedLightCurve(sky, seed, index)
  },
  // A quarter of the events is seen, with 10 alerts in 5 nights, the first of one detection; half of the stars, with 200 in 100, ten a year of few detections.
  attempt: (skyClass, index, followed) => skyClass === 'Ia' ? { alerts: index % 4 === 0 ? 10 : 0, nights: index % 4 === 0 ? 5 : 0, rows: rows(index % 4 === 0 ? [1, 9] : []) } : { alerts: index % 2 === 0 ? 200 : 0, nights: index % 2 === 0 ? 100 : 0, rows: rows(index % 2 === 0 ? [100 / followed, 200 - 100 / followed] : []) },
  population: skyClass => skyClass === 'Ia' ? { density: 2, kind: 'events' } : { density: 3, kind: 'sources' }
})
