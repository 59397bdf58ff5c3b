/** M dwarfs that flare. */
import { nJyOfMagnitude } from '../../alert/alert.ts'
import { chance, gaussian, integer, logUniform, oneOf, uniform } from '../distributions.ts'
import { readLclib, type LclibEvent } from '../phased/lclib.ts'
import type { Random } from '../random.ts'
import { fluxAt } from '../spectra/spectral-series.ts'
import { blackBodyRatio } from '../stars/black-body.ts'
import { G, lettersOf, starMagnitude } from '../stars/brightness.ts'
import { coloursFromRi } from '../stars/stellar-colours.ts'
import type { Visits } from '../survey/visits.ts'
import { templateDamaged } from '../template-files.ts'
import type { Circumstances, SourceModelMaker } from './source.ts'

const LIBRARY = 'flares/sample.LCLIB.TEXT.xz'
/** Quiescence in r, relative to the depth of a visit [mag]. */
const QUIESCENCE = { bright: -5.5, faint: 0.9 }
/** Share of stars whose flares are those that Kepler saw. */
const KEPLER_SHARE = 0.4
/** [Å] where the amplitude of a flare is given. */
const G_WAVELENGTH = 4750
/** A flare is over after this many of its half-widths: a thousandth of it is left. */
const HALF_WIDTHS = 20

/** What a flare adds. */
interface Flare {
  /** Rise begins, it is brightest, nothing is left [d, MJD]. */
  start: number
  peak: number
  end: number
  /** Added to the flux in one of the survey's bands [nJy]. */
  flux: (band: number, mjd: number) => number
}

/** A star: fluxes of its quiescence in the survey's bands [nJy], and a flare that begins at a time. */
interface FlaringStar { quiescent: Float64Array, flare: (random: Random, start: number) => Flare }

/**
 * White light of a flare, 1 at its peak (Davenport et al. 2014, ApJ 797, 122, eqs. 1 and 4).
 * @param time from the peak, in units of the full width at half maximum
 */
function davenport (time: number): number {
  if (time < -1) return 0
  if (time < 0) return Math.max(0, 1 + time * (1.941 + time * (-0.175 + time * (-2.246 - 1.125 * time))))
  return 0.6890 * Math.exp(-1.600 * time) + 0.3030 * Math.exp(-0.2783 * time)
}

/** Flares of any size, black bodies. */
function inventedStar (random: Random, circumstances: Circumstances): FlaringStar & { magnitude: number } {
  const { passbands } = circumstances
  const letters = lettersOf(passbands)
  const magnitude = starMagnitude(random, circumstances, QUIESCENCE)
  const colours = coloursFromRi(uniform(random, 0.6, 1.8))
  return {
    magnitude,
    quiescent: Float64Array.from(letters, letter => nJyOfMagnitude(magnitude + colours[letter]!)),
    flare (random, start) {
      const width = logUniform(random, 0.008, 0.12)
      const amplitude = nJyOfMagnitude(magnitude + colours[G]!) * 10 ** uniform(random, -1, 1.2)
      const temperature = uniform(random, 8000, 14_000)
      const sizes = passbands.map(({ effectiveWavelength }) => amplitude * blackBodyRatio(effectiveWavelength, G_WAVELENGTH, temperature))
      const peak = start + width
      return { start, peak, end: start + HALF_WIDTHS * width, flux: (band, mjd) => sizes[band]! * davenport((mjd - peak) / width) }
    }
  }
}

/** A star and its flares from the library; the star is moved to the brightness that is asked for. */
function keplerStar (random: Random, circumstances: Circumstances, events: readonly LclibEvent[], filters: readonly string[]): FlaringStar & { magnitude: number } {
  const event = oneOf(random, events)
  const magnitude = starMagnitude(random, circumstances, QUIESCENCE)
  const brighter = magnitude - event.magnitudes[filters.indexOf('r')]![0]!
  const columns = circumstances.passbands.map(({ band }) => event.magnitudes[filters.indexOf(band)]!)
  const begin = event.times[0]!
  const times = event.times.map(time => time - begin)
  const quiescent = Float64Array.from(columns, column => nJyOfMagnitude(column[0]! + brighter))
  const added = columns.map((column, band) => column.map(value => Math.max(0, nJyOfMagnitude(value + brighter) - quiescent[band]!)))
  const inU = event.magnitudes[filters.indexOf('u')]!
  const brightest = inU.indexOf(Math.min(...inU))
  return {
    magnitude,
    quiescent,
    flare (random, start) {
      // a later flare of the same star is of the same kind and another size
      const scale = uniform(random, 0.6, 1.4)
      return {
        start,
        peak: start + times[brightest]!,
        end: start + times.at(-1)!,
        flux: (band, mjd) => mjd > start + times.at(-1)! ? 0 : scale * fluxAt(times, added[band]!, mjd - start)
      }
    }
  }
}

/** Index of the visit that is nearest to a time; −1 where there is none. */
function nearestVisit ({ mjd }: Visits, time: number): number {
  let nearest = -1
  for (let k = 0; k < mjd.length; k++) if (nearest < 0 || Math.abs(mjd[k]! - time) < Math.abs(mjd[nearest]! - time)) nearest = k
  return nearest
}

/** Flares that surveys see begin shortly before a visit: one near the time given, in some stars others at any visit. */
function flaresOf (random: Random, { flare }: FlaringStar, { visits, peakMjd }: Circumstances): Flare[] {
  const first = nearestVisit(visits, peakMjd)
  const further = chance(random, 0.3) ? integer(random, 1, 4) : 0
  const seenAt = Array.from({ length: 1 + further }, (_, k) => first < 0
    ? peakMjd
    : visits.mjd[k === 0 ? first : integer(random, 0, visits.mjd.length - 1)]!)
  return seenAt.map(mjd => flare(random, mjd - Math.abs(gaussian(random, 0, 0.03))))
}

export const mDwarfModel: SourceModelMaker = async folder => {
  const { filters, events } = await readLclib(folder, LIBRARY)
  const letters = filters.map(filter => filter.toLowerCase())
  if (!['u', 'g', 'r', 'i', 'z', 'y'].every(letter => letters.includes(letter))) {
    throw templateDamaged(LIBRARY, `its filters are '${filters.join('')}', but u, g, r, i, z and Y are needed`)
  }
  return {
    draw (random, circumstances) {
      const isKepler = chance(random, KEPLER_SHARE)
      const star = isKepler ? keplerStar(random, circumstances, events, letters) : inventedStar(random, circumstances)
      const flares = flaresOf(random, star, circumstances)
      return {
        subtype: 'M-dwarf',
        persistent: true,
        peakMjd: flares[0]!.peak,
        from: Math.min(...flares.map(({ start }) => start)),
        until: Math.max(...flares.map(({ end }) => end)),
        fluxes ({ mjd, band }) {
          return Float64Array.from(mjd, (time, k) => flares.reduce((sum, { start, end, flux }) =>
            time >= start && time <= end ? sum + flux(band[k]!, time) : sum, star.quiescent[band[k]!]!))
        },
        hostEbv: 0,
        parameters: { r_mag: star.magnitude, flares: flares.length, kepler: Number(isKepler) }
      }
    }
  }
}
