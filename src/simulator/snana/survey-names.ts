/** How SNANA's files name surveys, their bands and the objects of a simulation. */
import type { Band } from '../../alert/alert.ts'
import { SKIES, type SkyName } from '../passbands/surveys.ts'

export const SURVEY_NAMES: Readonly<Record<SkyName, string>> = { lsst: 'LSST', ztf: 'ZTF', des: 'DES', generic: 'GENERIC' }

/** SNANA's letter: y is written Y. */
export const filterOf = (band: Band): string => band === 'y' ? 'Y' : band

/** Beginning of the names of a sky's files. */
export const prefixOf = (sky: SkyName): string => `CANDELA_${SURVEY_NAMES[sky]}`

/** Objects of one simulation have eight digits. */
export const MOST_OBJECTS = 1e8

/**
 * The id of an object, a whole number: the sky's digit (1 LSST, 2 ZTF, 3 DES, 4 generic), the seed, eight digits of the
 * object. Simulations of other skies and seeds have other ids, so that files of several can train one model.
 */
export const objectId = (sky: SkyName, seed: number, index: number): string => `${SKIES.indexOf(sky) + 1}${seed}${String(index).padStart(8, '0')}`
