/** How bright stars are: magnitudes by the letter of the band, the same for all surveys, and the range that a survey sees them in. */
import { BANDS, type Band } from '../../alert/alert.ts'
import { uniform } from '../distributions.ts'
import type { Passband } from '../passbands/passband.ts'
import type { Random } from '../random.ts'
import type { Circumstances } from '../sources/source.ts'

/** Index of a band among `BANDS`, in whose order all colours and shapes of stars are. */
export const letterOf = (band: Band): number => BANDS.indexOf(band)
export const [U, G, R, I, Z, Y] = [0, 1, 2, 3, 4, 5] as const

/** Index among `BANDS` of each of a survey's passbands. */
export const lettersOf = (passbands: ReadonlyArray<Pick<Passband, 'band'>>): Uint8Array => Uint8Array.from(passbands, ({ band }) => letterOf(band))

/** Median 5σ depth of one visit in r; in the band that is next to it where the survey has no r [mag]. */
export function depthInR ({ passbands, depth }: Circumstances): number {
  let nearest = 0
  for (let k = 1; k < passbands.length; k++) {
    if (Math.abs(letterOf(passbands[k]!.band) - R) < Math.abs(letterOf(passbands[nearest]!.band) - R)) nearest = k
  }
  return depth[nearest]!
}

/** Brighter stars saturate, or their difference images fail; fainter ones vary below the noise. Relative to the depth [mag]. */
export const VARIABLE_STARS = { bright: -7.5, faint: -0.8 }

/** r magnitude of a star: uniform between two ends, relative to the depth of the survey [mag]. */
export const starMagnitude = (random: Random, circumstances: Circumstances, { bright, faint } = VARIABLE_STARS): number =>
  depthInR(circumstances) + uniform(random, bright, faint)
