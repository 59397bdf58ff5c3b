/**
 * No survey: each object has bands, a cadence and a depth of its own, so that a model does not learn one survey's habits
 * (domain randomisation; Tobin et al. 2017, arXiv:1703.06907).
 */
import { bandsOfSky, readPassbands } from '../passbands/surveys.ts'
import { chance, exponential, gaussian, logNormal, oneOf, uniform } from '../distributions.ts'
import type { Random } from '../random.ts'
import type { Pointing, Survey } from './survey.ts'

/** Bands that an object is seen in; what stands twice is twice as likely. */
const BAND_SETS = ['gri', 'gri', 'griz', 'griz', 'ugriz', 'gr', 'gr', 'riz', 'grizy', 'ugrizy', 'i', 'gi', 'ri']
/** [d, MJD] */
const FIRST_NIGHT = 60_000
const LENGTH = 4 * 365.25
/** Median days between nights: its own median and scatter (of the logarithm). */
const GAP = { median: 3.5, sigma: 0.7, least: 0.7 }
/** Bands of a night that has them all. */
const ALL_AT_ONCE = 0.55
/** Base depth [mag], as a rule and of a bright survey's share. */
const DEPTH = [18.5, 24.5] as const
const BRIGHT_DEPTH = [16.5, 19] as const
const BRIGHT_SHARE = 0.25
/** What a band is deeper than the base [mag], in the order u, g, r, i, z, y. */
const DEPTH_OF_BAND = [-0.6, 0.1, 0.1, 0, -0.4, -0.9]
const NIGHTLY_SCATTER = 0.3

function pointing (random: Random): Pointing {
  const bands = [...oneOf(random, BAND_SETS)].map(band => bandsOfSky('generic').indexOf(band as never))
  const base = chance(random, BRIGHT_SHARE) ? uniform(random, ...BRIGHT_DEPTH) : uniform(random, ...DEPTH)
  const depth = DEPTH_OF_BAND.map(offset => base + offset + gaussian(random, 0, 0.25))
  const allAtOnce = chance(random, ALL_AT_ONCE)
  const gap = Math.max(GAP.least, logNormal(random, GAP.median, GAP.sigma)) / Math.LN2
  const [season, phase] = [uniform(random, 0.45, 0.8), random()]
  const [mjd, band, depths]: [number[], number[], number[]] = [[], [], []]
  for (let time = FIRST_NIGHT + exponential(random, gap); time < FIRST_NIGHT + LENGTH; time += exponential(random, gap)) {
    if ((time / 365.25 + phase) % 1 > season) continue
    const clouds = gaussian(random, 0, NIGHTLY_SCATTER)
    const tonight = allAtOnce ? bands : [oneOf(random, bands)]
    tonight.forEach((b, k) => {
      const at = time + 0.003 * k
      // nights that begin within minutes of each other would overlap
      mjd.push(Math.max(at, (mjd.at(-1) ?? 0) + 0.0005))
      band.push(b)
      depths.push(depth[b]! + clouds)
    })
  }
  const cosine = uniform(random, -1, 1)
  return {
    ra: uniform(random, 0, 360),
    dec: Math.asin(cosine) * 180 / Math.PI,
    field: 'generic',
    isDeep: false,
    visits: { mjd: Float64Array.from(mjd), band: Uint8Array.from(band), depth: Float64Array.from(depths) },
    depth
  }
}

/** @throws CandelaError `templates-missing`, `templates-damaged` */
export const readGeneric = async (folder: string): Promise<Survey> => ({
  sky: 'generic',
  passbands: await readPassbands(folder, 'generic'),
  depth: DEPTH_OF_BAND.map(offset => (DEPTH[0] + DEPTH[1]) / 2 + offset),
  area: NaN,
  years: LENGTH / 365.25,
  pointing
})
