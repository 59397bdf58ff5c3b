/** What difference images show where nothing changed: passing objects, bad subtractions, spikes. */
import { nJyOfMagnitude } from '../../alert/alert.ts'
import { chance, gaussian, integer, logUniform, uniform, weightedOneOf } from '../distributions.ts'
import type { Passband } from '../passbands/passband.ts'
import type { Random } from '../random.ts'
import { lettersOf } from '../stars/brightness.ts'
import { coloursFromGr } from '../stars/stellar-colours.ts'
import { skyNoise } from '../survey/noise.ts'
import type { Visits } from '../survey/visits.ts'
import type { SimulatedSource, SourceModelMaker } from './source.ts'

type SeenBand = Pick<Passband, 'band'>

/** Flux at each visit [nJy], and the moment of the artefact where it has one. */
interface Marks { flux: Float64Array, peakMjd: number | null }

/** All that lies within this time is one night [d]. */
const NIGHT = 0.5
/** Share of the artefacts of one night that move. */
const MINOR_PLANETS = 0.7

/** Points of one night: a minor planet, in all bands with the colours of sunlight, or glints, each as bright as it happens. */
function night (random: Random, { mjd, depth, band }: Visits, near: number, passbands: readonly SeenBand[]): Marks {
  let first = 0
  for (let k = 1; k < mjd.length; k++) if (Math.abs(mjd[k]! - near) < Math.abs(mjd[first]! - near)) first = k
  const [signal, share] = [logUniform(random, 6, 200), uniform(random, 0, 1)]
  const letters = lettersOf(passbands)
  const colours = chance(random, MINOR_PLANETS) ? coloursFromGr(uniform(random, 0.4, 0.75)) : null
  const colourOf = (k: number): number => colours![letters[band[k]!]!]!
  const flux = new Float64Array(mjd.length)
  for (let k = 0; k < mjd.length; k++) {
    // the first one always, of others of the night a share
    if (k !== first && (Math.abs(mjd[k]! - mjd[first]!) > NIGHT || !chance(random, share))) continue
    flux[k] = k === first
      ? signal * skyNoise(depth[k]!)
      : colours
        ? signal * skyNoise(depth[first]!) * nJyOfMagnitude(colourOf(k)) / nJyOfMagnitude(colourOf(first)) * uniform(random, 0.9, 1.1)
        : skyNoise(depth[k]!) * Math.min(200, Math.max(6, signal * uniform(random, 0.5, 1.5)))
  }
  return { flux, peakMjd: mjd.length > 0 ? mjd[first]! : null }
}

/** A star that was not subtracted well: an offset in each band, and a scatter of both signs. */
function subtraction (random: Random, { mjd, depth, band }: Visits, _near: number, passbands: readonly SeenBand[]): Marks {
  const size = logUniform(random, 2, 30)
  const scatter = size * uniform(random, 0.3, 1.5)
  const offsets = passbands.map(() => gaussian(random, 0, size))
  return { flux: Float64Array.from(mjd, (_, k) => skyNoise(depth[k]!) * (offsets[band[k]!]! + gaussian(random, 0, scatter))), peakMjd: null }
}

/** Single points here and there, a few of them negative. */
function spikes (random: Random, { mjd, depth }: Visits): Marks {
  const share = uniform(random, 0.02, 0.15)
  const signal = logUniform(random, 8, 60)
  const sure = mjd.length > 0 ? integer(random, 0, mjd.length - 1) : -1
  return {
    flux: Float64Array.from(mjd, (_, k) => k !== sure && !chance(random, share)
      ? 0
      : skyNoise(depth[k]!) * Math.min(200, Math.max(6, signal * Math.exp(gaussian(random, 0, 0.7)))) * (chance(random, 0.15) ? -1 : 1)),
    peakMjd: null
  }
}

const KINDS = [
  { subtype: 'night', share: 0.4, marks: night },
  { subtype: 'subtraction', share: 0.35, marks: subtraction },
  { subtype: 'spike', share: 0.25, marks: spikes }
]

/**
 * Made of nothing but the visits, and 0 at others.
 * @param near time of the artefact, where it has one [d, MJD TAI]
 * @param bands those that the visits' indices name
 */
export function drawArtefact (random: Random, visits: Visits, near: number, bands: readonly SeenBand[]): SimulatedSource {
  const { subtype, marks } = weightedOneOf(random, KINDS, ({ share }) => share)
  const { flux, peakMjd } = marks(random, visits, near, bands)
  // by the band, and there by the time of the visit
  const known: Array<Map<number, number>> = bands.map(() => new Map<number, number>())
  let points = 0
  let [from, until, most] = [Infinity, -Infinity, 0]
  flux.forEach((value, k) => {
    if (value === 0) return
    const mjd = visits.mjd[k]!
    known[visits.band[k]!]!.set(mjd, value)
    points++
    from = Math.min(from, mjd)
    until = Math.max(until, mjd)
    most = Math.max(most, Math.abs(value) / skyNoise(visits.depth[k]!))
  })
  return {
    subtype,
    persistent: false,
    peakMjd,
    from: points > 0 ? from : near,
    until: points > 0 ? until : near,
    fluxes: ({ mjd, band }) => Float64Array.from(mjd, (time, k) => known[band[k]!]!.get(time) ?? 0),
    hostEbv: 0,
    parameters: { points, max_snr: most }
  }
}

export const artefactModel: SourceModelMaker = async () => ({
  draw: (random, { passbands, visits, peakMjd }) => drawArtefact(random, visits, peakMjd, passbands)
})
