/** LSST: Rubin's simulated observing plan baseline v3.0 (Bianco et al. 2022, ApJS 258, 1), ten years at 300 points of the sky and on five deep drilling fields. */
import { chance } from '../distributions.ts'
import { readPassbands } from '../passbands/surveys.ts'
import { readCadence } from './cadence-file.ts'
import { medianOfPointings, withDepths, yearsOf } from './pointings.ts'
import type { Pointing, Survey } from './survey.ts'
import { medianDepths, nightOf, type Visits } from './visits.ts'

export const LSST_CADENCE = 'cadence/lsst-baseline-v3.0.csv.xz'
/** Points that the plan hardly visits are at the edge of its area. */
const LEAST_VISITS = 300
/** Of the objects of a training set that lie on a deep drilling field. */
const DEEP_SHARE = 0.08
/** [deg²]: the wide survey and the five fields of 9.6 deg² each (Bianco et al. 2022). */
const WIDE_AREA = 18_000
const DEEP_AREA = 5 * 9.6

/** Visits of one night in one band as one: inverse variances add up, the time is their middle. */
export function coadded ({ mjd, band, depth }: Visits, bands: number): Visits {
  const rows: Array<{ mjd: number, band: number, depth: number }> = []
  for (let first = 0, end = 0; first < mjd.length; first = end) {
    while (end < mjd.length && nightOf(mjd[end]!) === nightOf(mjd[first]!)) end++
    for (let b = 0; b < bands; b++) {
      let [count, time, weight] = [0, 0, 0]
      for (let k = first; k < end; k++) {
        if (band[k] !== b) continue
        count++
        time += mjd[k]!
        weight += 10 ** (0.8 * depth[k]!)
      }
      if (count > 0) rows.push({ mjd: time / count, band: b, depth: 1.25 * Math.log10(weight) })
    }
  }
  rows.sort((a, b) => a.mjd - b.mjd)
  return { mjd: Float64Array.from(rows, row => row.mjd), band: Uint8Array.from(rows, row => row.band), depth: Float64Array.from(rows, row => row.depth) }
}

/** @throws CandelaError `templates-missing`, `templates-damaged` */
export async function readLsst (folder: string): Promise<Survey> {
  const passbands = await readPassbands(folder, 'lsst')
  const bands = passbands.length
  const points = await readCadence(folder, LSST_CADENCE, passbands.map(({ band }) => band))
  const [wide, deep]: [Pointing[], Pointing[]] = [[], []]
  for (const { field, ra, dec, visits } of points) {
    if (visits.mjd.length < LEAST_VISITS) continue
    const isDeep = !field.startsWith('wfd')
    const kept = isDeep ? coadded(visits, bands) : visits
    ;(isDeep ? deep : wide).push({ ra, dec, field, isDeep, visits: kept, depth: medianDepths(kept, bands) })
  }
  // a table of few points, as a test has one, is taken as it is
  const found = wide.length > 0 ? wide : deep.length > 0 ? deep : points.map(point => ({ ...point, isDeep: false, depth: medianDepths(point.visits, bands) }))
  const depth = medianOfPointings(found, bands)
  const [all, drilled] = [withDepths(found, depth), withDepths(deep, depth)]
  return {
    sky: 'lsst',
    passbands,
    depth,
    area: WIDE_AREA + DEEP_AREA,
    years: yearsOf(all),
    pointing (random, choice = 'training') {
      const isDeep = chance(random, choice === 'training' ? DEEP_SHARE : DEEP_AREA / (WIDE_AREA + DEEP_AREA))
      const among = isDeep && drilled.length > 0 ? drilled : all
      return among[Math.floor(random() * among.length)]!
    }
  }
}
