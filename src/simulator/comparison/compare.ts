/** Two sides' distributions beside each other. */
import { CandelaError } from '../../errors.ts'
import { SKY_CLASSES, type SkyClass } from '../sources/source.ts'
import { keyOf, type Side } from './collect.ts'
import { distanceByChance, kolmogorovSmirnov, type Distribution } from './distribution.ts'
import { QUANTITIES, type Quantity } from './quantities.ts'

/** Largest Kolmogorov–Smirnov distance that is not flagged, where nothing else is asked for. */
export const DEFAULT_LIMIT = 0.2
/** Fewer objects of a side are not judged. */
export const FEWEST = 10
/** Of normal errors these shares lie at −1σ, the middle and +1σ. */
const SHARES = [0.16, 0.5, 0.84] as const

export interface Summary {
  /** Objects that have the quantity. */
  objects: number
  median: number
  low: number
  high: number
}

export interface Row {
  class: SkyClass
  quantity: Quantity
  /** Band, colour, or band and magnitude; '' where there is none. */
  part: string
  real: Summary | null
  simulated: Summary | null
  /** Of Kolmogorov and Smirnov, 0 to 1; null where a side has none. */
  distance: number | null
  /** What equal distributions of so many objects exceed once in a hundred times; null as `distance`. */
  chance: number | null
  /** Null where a side has fewer than `FEWEST` objects. */
  differs: boolean | null
  /** Ascending. */
  values: { real: Float64Array, simulated: Float64Array }
}

export interface ComparedClass {
  class: SkyClass
  real: number
  simulated: number
  rows: Row[]
}

export interface Comparison {
  real: Side
  simulated: Side
  limit: number
  /** In the order of `SKY_CLASSES`, those that one side has. */
  classes: ComparedClass[]
}

function summary (distribution: Distribution | undefined): Summary | null {
  if (distribution === undefined) return null
  const [low, median, high] = SHARES.map(share => distribution.quantile(share))
  return { objects: distribution.count, low: low!, median: median!, high: high! }
}

const BAND_ORDER = 'ugrizy'
/** Bands by wavelength, then magnitudes. */
const byPart = (a: string, b: string): number =>
  BAND_ORDER.indexOf(a[0] ?? '') - BAND_ORDER.indexOf(b[0] ?? '') || a.localeCompare(b, 'en', { numeric: true })

function rowsOf (name: SkyClass, real: Side, simulated: Side, limit: number): Row[] {
  const of = (side: Side, key: string): Distribution | undefined => side.classes.get(name)?.distributions.get(key)
  const keys = new Set([real, simulated].flatMap(side => [...side.classes.get(name)?.distributions.keys() ?? []]))
  return QUANTITIES.flatMap(quantity => {
    const parts = [...keys].filter(key => key.split(' ', 1)[0] === quantity.id).map(key => key.slice(quantity.id.length + 1)).sort(byPart)
    return parts.map((part): Row => {
      const [a, b] = [of(real, keyOf(quantity.id, part)), of(simulated, keyOf(quantity.id, part))]
      const values = { real: a?.values ?? new Float64Array(), simulated: b?.values ?? new Float64Array() }
      const both = a !== undefined && b !== undefined
      const distance = both ? kolmogorovSmirnov(values.real, values.simulated) : null
      const chance = both ? distanceByChance(values.real.length, values.simulated.length) : null
      const differs = both && Math.min(a.count, b.count) >= FEWEST ? distance! > Math.max(limit, chance!) : null
      return { class: name, quantity, part, real: summary(a), simulated: summary(b), distance, chance, differs, values }
    })
  })
}

/**
 * @param limit of the distance, above which two distributions are flagged; what chance alone gives is never flagged
 * @throws CandelaError `nothing-to-compare` where no class is on both sides
 */
export function compare (real: Side, simulated: Side, limit: number): Comparison {
  const names = SKY_CLASSES.filter(name => real.classes.has(name) || simulated.classes.has(name))
  if (!names.some(name => real.classes.has(name) && simulated.classes.has(name))) {
    const listed = (side: Side): string => [...side.classes.keys()].join(', ')
    throw new CandelaError('nothing-to-compare', `no class is on both sides: real are ${listed(real)}, simulated are ${listed(simulated)}`, {
      value: names.join(' '), action: 'Simulate the classes that the real light curves have, or give others.'
    })
  }
  return {
    real,
    simulated,
    limit,
    classes: names.map(name => ({
      class: name,
      real: real.classes.get(name)?.objects ?? 0,
      simulated: simulated.classes.get(name)?.objects ?? 0,
      rows: rowsOf(name, real, simulated, limit)
    }))
  }
}
