/**
 * DES: the supernova programme of the Dark Energy Survey by rule, for no table of its visits is here (Bernstein et al.
 * 2012, ApJ 753, 152; Kessler et al. 2015, AJ 150, 172): ten fields in griz, five seasons of five and a half months.
 */
import { chance, gaussian, truncatedGaussian, uniform } from '../distributions.ts'
import { readPassbands } from '../passbands/surveys.ts'
import { randomFrom, type Random } from '../random.ts'
import { medianOfPointings, yearsOf } from './pointings.ts'
import type { Pointing, Survey } from './survey.ts'
import { medianDepths, type Visits } from './visits.ts'

/** Names and positions [deg] (Kessler et al. 2015, table 1); C3 and X3 are the deep ones. */
const FIELDS: ReadonlyArray<readonly [name: string, ra: number, dec: number, isDeep: boolean]> = [
  ['C1', 54.2743, -27.1116, false], ['C2', 54.2743, -29.0884, false], ['C3', 52.6484, -28.1000, true],
  ['E1', 7.8744, -43.0096, false], ['E2', 9.5000, -43.9980, false],
  ['S1', 42.8200, 0, false], ['S2', 41.1944, -0.9884, false],
  ['X1', 34.4757, -4.9295, false], ['X2', 35.6645, -6.4121, false], ['X3', 36.4500, -4.6000, true]
]
/** 5σ in g, r, i, z [mag]: about 23.5 in a shallow field and 24.5 in a deep one (Kessler et al. 2015, sect. 2). */
const SHALLOW = [23.7, 23.6, 23.4, 23.3]
const DEEP = [24.5, 24.6, 24.5, 24.5]
/** Scatter of the depth from night to night [mag], by seeing and transparency; more in g and r near a full moon. */
const DEPTH_SCATTER = 0.25
const MOONLIGHT = [0.5, 0.3, 0.1, 0]
/** A full moon [MJD], and the length of a month [d]. */
const FULL_MOON = 56_524.07
const SYNODIC_MONTH = 29.530589
/** Middle of August 2013 [MJD], and what a season lasts [d]. */
const FIRST_NIGHT = 56_534
const SEASONS = 5
const SEASON = 168
/** Between two visits of a field [d]: taken after seven days, or sooner where the seeing is poor (Kessler et al. 2015, sect. 2.1). */
const GAP = { mean: 6.6, sigma: 1.9, least: 3, most: 14 }
const LOST_SHARE = 0.08
/** Histories of visits that each field has; an object gets one of them. */
const HISTORIES = 6
/** [deg²]: 3 of each field, less what chips lose (Kessler et al. 2015). */
const AREA = 27

function history (random: Random, isDeep: boolean): Visits {
  const rows: Array<{ mjd: number, band: number, depth: number }> = []
  for (let season = 0; season < SEASONS; season++) {
    const start = FIRST_NIGHT + 365.25 * season
    let night = start + uniform(random, 0, 6)
    while (night < start + SEASON) {
      for (let band = 0; band < 4; band++) {
        // in the deep fields each band is a sequence of its own, and has its own night; elsewhere all four follow each other
        const time = Math.floor(night + (isDeep ? Math.floor(uniform(random, 0, 4)) : 0)) + uniform(random, 0.05, 0.3)
        const moon = Math.cos(2 * Math.PI * (time - FULL_MOON) / SYNODIC_MONTH)
        const depth = gaussian(random, (isDeep ? DEEP : SHALLOW)[band]!, DEPTH_SCATTER) - MOONLIGHT[band]! * Math.max(0, moon)
        if (!chance(random, LOST_SHARE)) rows.push({ mjd: isDeep ? time : Math.floor(night) + 0.15 + 0.004 * band, band, depth })
      }
      night += truncatedGaussian(random, GAP.mean, GAP.sigma, GAP.least, GAP.most)
    }
  }
  rows.sort((a, b) => a.mjd - b.mjd)
  return { mjd: Float64Array.from(rows, row => row.mjd), band: Uint8Array.from(rows, row => row.band), depth: Float64Array.from(rows, row => row.depth) }
}

/** @throws CandelaError `templates-missing`, `templates-damaged` */
export async function readDes (folder: string): Promise<Survey> {
  const passbands = await readPassbands(folder, 'des')
  const bands = passbands.length
  const pointings = FIELDS.flatMap(([field, ra, dec, isDeep], number) => Array.from({ length: HISTORIES }, (_, k): Pointing => {
    // the visits are the survey's, whatever the seed of a simulation
    const visits = history(randomFrom(2013, number, k), isDeep)
    return { field, ra, dec, isDeep, visits, depth: medianDepths(visits, bands) }
  }))
  return {
    sky: 'des',
    passbands,
    depth: medianOfPointings(pointings, bands),
    area: AREA,
    years: yearsOf(pointings),
    pointing: random => pointings[Math.floor(random() * pointings.length)]!
  }
}
