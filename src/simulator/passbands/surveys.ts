/** The bands of each simulated survey, read from a folder of templates. */
import type { Band } from '../../alert/alert.ts'
import { numberRows, readTemplate, templateDamaged } from '../template-files.ts'
import { Passband } from './passband.ts'

/** `generic` is no survey: LSST's bands, of which each object gets some, at a cadence and depth of its own, so that a model does not learn one survey's habits. */
export const SKIES = ['lsst', 'ztf', 'des', 'generic'] as const
export type SkyName = typeof SKIES[number]

interface BandFiles { bands: readonly Band[], file: (band: Band) => string, ångströmPerUnit: number }

const LSST: BandFiles = { bands: ['u', 'g', 'r', 'i', 'z', 'y'], file: band => `passbands/total_${band}.dat`, ångströmPerUnit: 10 }
const FILES: Readonly<Record<SkyName, BandFiles>> = {
  lsst: LSST,
  generic: LSST,
  ztf: { bands: ['g', 'r', 'i'], file: band => `passbands/p48${band}.txt`, ångströmPerUnit: 1 },
  des: { bands: ['g', 'r', 'i', 'z'], file: band => `passbands/decam_${band}.txt`, ångströmPerUnit: 1 }
}

export const bandsOfSky = (sky: SkyName): readonly Band[] => FILES[sky].bands

/**
 * In the order of wavelength.
 * @throws CandelaError `templates-missing`, `templates-damaged`
 */
export const readPassbands = async (folder: string, sky: SkyName): Promise<Passband[]> => await Promise.all(FILES[sky].bands.map(async band => {
  const name = FILES[sky].file(band)
  const rows = numberRows(await readTemplate(folder, name)).filter(row => row.length >= 2)
  if (rows.length < 10 || rows.some(([wavelength], k) => k > 0 && wavelength! <= rows[k - 1]![0]!)) {
    throw templateDamaged(name, 'at least ten lines of wavelength and transmission are expected, the wavelengths ascending')
  }
  return new Passband(`${sky === 'generic' ? 'lsst' : sky}-${band}`, band, rows.map(([wavelength]) => wavelength! * FILES[sky].ångströmPerUnit), rows.map(([, transmission]) => transmission!))
}))
