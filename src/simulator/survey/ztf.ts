/** ZTF: its real visits from 2018 to 2022 at 400 pointings (Bellm et al. 2019, PASP 131, 018002). */
import { readPassbands } from '../passbands/surveys.ts'
import { oneOf } from '../distributions.ts'
import { readCadence } from './cadence-file.ts'
import { medianOfPointings, withDepths, yearsOf } from './pointings.ts'
import type { Pointing, Survey } from './survey.ts'
import { chosenVisits, medianDepths, nightOf, type Visits } from './visits.ts'

export const ZTF_CADENCE = 'cadence/ztf-2018-2022.csv.xz'
const LEAST_VISITS = 150
/** The table's limits stand above those of difference images [mag]. */
const DEPTH_OFFSET = -0.3
/** Shallower visits are of clouded nights, and leave no alerts [mag]. */
const LEAST_DEPTH = 17.5
/** Of one night in one band. */
const MOST_A_NIGHT = 2
/** Fields of the high-cadence surveys hold most of the objects that surveys follow up: 4 times as likely in a training set. */
const OFTEN = 700
const OFTEN_WEIGHT = 4
/** North of −30° and beyond 10° from the Galactic plane [deg²]. */
const AREA = 25_000

function usable (visits: Visits): Visits {
  const chosen: number[] = []
  const counts = new Uint32Array(256)
  let night = NaN
  for (let k = 0; k < visits.mjd.length; k++) {
    if (visits.depth[k]! <= LEAST_DEPTH) continue
    if (nightOf(visits.mjd[k]!) !== night) {
      night = nightOf(visits.mjd[k]!)
      counts.fill(0)
    }
    if (counts[visits.band[k]!]!++ < MOST_A_NIGHT) chosen.push(k)
  }
  const kept = chosenVisits(visits, chosen)
  for (let k = 0; k < kept.depth.length; k++) kept.depth[k]! += DEPTH_OFFSET
  return kept
}

/** @throws CandelaError `templates-missing`, `templates-damaged` */
export async function readZtf (folder: string): Promise<Survey> {
  const passbands = await readPassbands(folder, 'ztf')
  const bands = passbands.length
  const points = await readCadence(folder, ZTF_CADENCE, passbands.map(({ band }) => band))
  const enough = points.filter(({ visits }) => visits.mjd.length >= LEAST_VISITS)
  const found = (enough.length > 0 ? enough : points).map(({ field, ra, dec, visits }): Pointing => {
    const kept = usable(visits)
    return { field, ra, dec, isDeep: false, visits: kept, depth: medianDepths(kept, bands) }
  })
  const depth = medianOfPointings(found, bands)
  const pointings = withDepths(found, depth)
  const weights = pointings.map(({ visits }) => visits.mjd.length > OFTEN ? OFTEN_WEIGHT : 1)
  // each pointing as often as its weight, so that one is drawn by its place
  const weighed = pointings.flatMap((pointing, k) => Array.from({ length: weights[k]! }, () => pointing))
  return {
    sky: 'ztf',
    passbands,
    depth,
    area: AREA,
    years: yearsOf(pointings),
    pointing: (random, choice = 'training') => oneOf(random, choice === 'training' ? weighed : pointings)
  }
}
