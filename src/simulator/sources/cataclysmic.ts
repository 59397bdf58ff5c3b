/** Cataclysmic variables: dwarf novae, one outburst after the other, in half of the stars (SU UMa) with superoutbursts. */
import { nJyOfMagnitude } from '../../alert/alert.ts'
import { chance, gaussian, integer, logUniform, truncatedGaussian, uniform } from '../distributions.ts'
import { randomFrom, type Random } from '../random.ts'
import { blackBodyRatio } from '../stars/black-body.ts'
import { starMagnitude } from '../stars/brightness.ts'
import { wander } from '../stars/wander.ts'
import type { Circumstances, SimulatedSource, SourceModelMaker } from './source.ts'

/** Quiescence in r, relative to the depth of a visit: most are seen in outburst alone [mag]. */
const QUIESCENCE = { bright: -4.3, faint: 2.2 }
/** [Å] where magnitudes in r are given. */
const R_WAVELENGTH = 6200
/** Flickering forgets itself within [d]. */
const FLICKER_STEP = 8 / 1440
/** Part of the recurrence time that an ordinary outburst fills at most. */
const LONGEST_PART = 0.75

interface Outburst {
  /** Magnitude begins to rise linearly with time [d, MJD]. */
  start: number
  /** Durations [d]; at the end of the plateau the decline begins. */
  rise: number
  plateau: number
  /** Brightening at the end of the rise [mag]. */
  amplitude: number
  /** On the plateau, and after it [mag/d]. */
  plateauSlope: number
  decline: number
}

/** What a star's outbursts have in common. */
interface Star {
  seed: number
  /** Start of outburst 0 [d, MJD], and mean time from one to the next [d]. */
  start: number
  recurrence: number
  amplitude: number
  rise: number
  plateau: number
  decline: number
  superEvery: number
  superPhase: number
}

/** Brightening by an outburst at a time [mag]; 0 before and after. */
function brightening ({ start, rise, plateau, amplitude, plateauSlope, decline }: Outburst, mjd: number): number {
  const since = mjd - start
  if (since <= 0) return 0
  if (since < rise) return amplitude * since / rise
  if (since < rise + plateau) return amplitude - plateauSlope * (since - rise)
  return Math.max(0, amplitude - plateauSlope * plateau - decline * (since - rise - plateau))
}

/** The outbursts of a star by their number, any integer: each is drawn from a stream of its own. */
function outburstsOf (star: Star): (number: number) => Outburst {
  const known = new Map<number, Outburst>()
  return number => {
    let outburst = known.get(number)
    if (outburst) return outburst
    const random = randomFrom(star.seed, number)
    const isSuper = star.superEvery > 0 && (((number + star.superPhase) % star.superEvery) + star.superEvery) % star.superEvery === 0
    const decline = star.decline * Math.exp(0.1 * gaussian(random, 0, 1))
    const jitter = number === 0 ? 0 : uniform(random, -0.3, 0.3)
    let rise = number === 0 ? star.rise : star.rise * uniform(random, 0.8, 1.25)
    // outbursts between superoutbursts stay about half a magnitude below them
    const amplitude = Math.max(0.8, star.amplitude + gaussian(random, 0, 0.2) - (star.superEvery > 0 && !isSuper ? 0.5 : 0))
    let plateau = isSuper ? uniform(random, 8, 25) : star.plateau * uniform(random, 0.4, 1.6)
    const plateauSlope = isSuper ? uniform(random, 0.08, 0.13) : 0.03
    const fall = Math.max(0, amplitude - plateauSlope * plateau) / decline
    const squeeze = isSuper ? 1 : Math.min(1, LONGEST_PART * star.recurrence / (rise + plateau + fall))
    if (number !== 0) rise *= squeeze
    plateau *= squeeze
    outburst = { start: star.start + (number + jitter) * star.recurrence, rise, plateau, amplitude, plateauSlope, decline: decline / squeeze }
    known.set(number, outburst)
    return outburst
  }
}

/** One dwarf nova, of which an outburst reaches its maximum at the time given. */
function dwarfNova (random: Random, circumstances: Circumstances): SimulatedSource {
  const { passbands, peakMjd } = circumstances
  const wavelengths = passbands.map(({ effectiveWavelength }) => effectiveWavelength)
  const recurrence = logUniform(random, 12, 700)
  // Kukarkin and Parenago's relation (Warner 1995, Cataclysmic Variable Stars, Cambridge, chapter 3)
  const amplitude = truncatedGaussian(random, 0.7 + 1.9 * Math.log10(recurrence), 0.8, 1.5, 7.5)
  const rise = Math.min(uniform(random, 0.3, 2.2), recurrence / 10)
  const star: Star = {
    seed: integer(random, 0, 2 ** 31),
    start: peakMjd - rise,
    recurrence,
    amplitude,
    rise,
    plateau: uniform(random, 0.5, 6),
    decline: chance(random, 0.15) ? uniform(random, 0.15, 0.4) : uniform(random, 0.4, 1.6),
    superEvery: chance(random, 0.5) ? integer(random, 3, 12) : 0,
    superPhase: integer(random, 0, 11)
  }
  const outburst = outburstsOf(star)
  // the longest superoutburst lasts 25 d, and falls from the amplitude
  const longest = star.superEvery > 0 ? 28 + 1.4 * (amplitude + 1) / star.decline : LONGEST_PART * recurrence
  const quiescence = starMagnitude(random, circumstances, QUIESCENCE)
  const [coolest, hottest] = [uniform(random, 5000, 9000), uniform(random, 9000, 20_000)]
  const flicker = uniform(random, 0.03, 0.2)
  const flickering = wander(integer(random, 0, 2 ** 31), FLICKER_STEP)
  return {
    subtype: 'CV',
    persistent: true,
    peakMjd: null,
    from: -Infinity,
    until: Infinity,
    fluxes (visits) {
      return Float64Array.from(visits.mjd, (mjd, k) => {
        const last = Math.ceil((mjd - star.start) / recurrence + 0.3)
        let brighter = 0
        for (let number = last; number >= last - 2 - Math.ceil(longest / recurrence); number--) {
          brighter = Math.max(brighter, brightening(outburst(number), mjd))
        }
        // the disc is hot throughout once it is half a maximum up
        const temperature = coolest + (hottest - coolest) * Math.min(1, brighter / (0.6 * amplitude))
        return nJyOfMagnitude(quiescence - brighter + flicker * flickering(mjd)) * blackBodyRatio(wavelengths[visits.band[k]!]!, R_WAVELENGTH, temperature)
      })
    },
    hostEbv: 0,
    parameters: { r_mag: quiescence, amplitude, recurrence, rise, decline: star.decline, super_every: star.superEvery }
  }
}

export const cataclysmicModel: SourceModelMaker = async () => ({ draw: dwarfNova })
