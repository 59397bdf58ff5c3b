/** What a survey's template image holds of a source, and so what is missing from its difference fluxes. */
import { chance, integer, logUniform, uniform, weightedOneOf } from '../distributions.ts'
import type { Random } from '../random.ts'
import { fluxesInAllBands, type SimulatedSource, type SkyClass } from '../sources/source.ts'

/** How a template of several exposures is made of a source that varies. */
type Way = 'mean' | 'median' | 'faintest'
type Shares = Readonly<Record<Way, number>>

/** Periodic stars: half of the sets subtract a median as light curves of variables do, 15 % count all light above the least. */
const PERIODIC: Shares = { mean: 0.35, median: 0.5, faintest: 0.15 }
const WAYS: Readonly<Partial<Record<SkyClass, Shares>>> = {
  RRL: PERIODIC,
  Cepheid: PERIODIC,
  DSCT: PERIODIC,
  EB: PERIODIC,
  LPV: { mean: 0.6, median: 0.4, faintest: 0 },
  AGN: { mean: 1, median: 0, faintest: 0 },
  // rejection of outliers takes most outbursts out of a template
  CV: { mean: 0.3, median: 0.7, faintest: 0 },
  'M-dwarf': { mean: 0, median: 1, faintest: 0 }
}
const ALL_WAYS: readonly Way[] = ['mean', 'median', 'faintest']
/** Exposures of a template, and how long before the first alert they were taken [d]. */
const MOST_EXPOSURES = 14
const BEFORE = [30, 1000] as const
/** Templates of transients that were taken while the event lasted: a share, and how much of its brightest moment they hold. */
const CONTAMINATED = 0.05
const HELD = [0.02, 0.4] as const

/**
 * The template of a persistent source.
 * @param start before which the template was taken [d, MJD]
 * @returns [nJy], by band
 */
export function templateOfPersistent (random: Random, skyClass: SkyClass, source: SimulatedSource, start: number, bands: number): Float64Array {
  const shares = WAYS[skyClass] ?? { mean: 1, median: 0, faintest: 0 }
  const way = weightedOneOf(random, ALL_WAYS, name => shares[name])
  const exposures = way === 'mean' ? integer(random, 1, MOST_EXPOSURES) : MOST_EXPOSURES + 1
  const times = Float64Array.from({ length: exposures }, () => start - uniform(random, ...BEFORE)).sort()
  // each exposure in all bands: a template's bands were not taken together, but no survey's difference tells
  return Float64Array.from(fluxesInAllBands(source, times, bands), values => {
    values.sort()
    if (way === 'faintest') return values[0]!
    return way === 'median' ? values[exposures >> 1]! : values.reduce((sum, value) => sum + value, 0) / exposures
  })
}

/**
 * The template of a transient: empty, but for a share of them.
 * @param brightest of the event in each band, as far as visits saw it [nJy]
 * @returns [nJy], by band
 */
export function templateOfTransient (random: Random, brightest: Float64Array): Float64Array {
  if (!chance(random, CONTAMINATED)) return new Float64Array(brightest.length)
  const held = logUniform(random, ...HELD)
  return brightest.map(flux => Math.max(0, flux) * held * uniform(random, 0.3, 1.5))
}
