/** SNANA text files of made-up light curves in two kinds that differ in their decline: enough to learn, too simple to be real. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededRandom } from '../../../src/training/data/random.ts'

/** Flux over time: a rise over 8 days, then a decline over 12 days (Ia) or 60 days (II), brighter in g for II. */
function brightness (isIa: boolean, band: string, sincePeak: number): number {
  const decline = isIa ? 12 : 60
  const colour = isIa ? { g: 0.6, r: 1, i: 0.9, z: 0.7 } : { g: 1, r: 0.8, i: 0.7, z: 0.6 }
  return colour[band as 'g'] * Math.exp(sincePeak < 0 ? sincePeak / 8 : -sincePeak / decline)
}

export interface GeneratedFile {
  name: string
  text: string
}

/** The text of one object: 20 nights in g, r, i, z around the peak, with noise. */
export function generatedLightCurve (snid: number, isIa: boolean, options: { peakFlux?: number, photoZ?: boolean } = {}): string {
  const random = seededRandom(snid)
  const peakFlux = options.peakFlux ?? 80 + 120 * random.uniform()
  const redshift = 0.2 + 0.4 * random.uniform()
  const peak = 56_250 + 20 * random.uniform()
  const rows: string[] = []
  for (let night = 0; night < 20; night++) {
    for (const [k, band] of ['g', 'r', 'i', 'z'].entries()) {
      const mjd = 56_220 + 5 * night + 0.01 * k
      const error = 3 + 2 * random.uniform()
      const flux = peakFlux * brightness(isIa, band, mjd - peak) + error * random.normal()
      rows.push(`OBS: ${mjd.toFixed(3)} ${band} NULL ${flux.toExponential(3)} ${error.toExponential(3)}`)
    }
  }
  return [
    'SURVEY: TEST', `SNID: ${snid}`, 'RA: 30.5 deg', 'DECL: -12.25 deg', 'MWEBV: 0.0420 MW E(B-V)',
    options.photoZ === false ? 'HOST_GALAXY_PHOTO-Z: -9.0 +- 9.0' : `HOST_GALAXY_PHOTO-Z: ${redshift.toFixed(4)} +- 0.0300`,
    `SIM_COMMENT: SN Type = ${isIa ? 'Ia' : 'II'} , MODEL = TEST`, `SIM_REDSHIFT: ${redshift.toFixed(4)}`, `SIM_PEAKMJD: ${peak.toFixed(3)} days`,
    '', `NOBS: ${rows.length}`, 'NVAR: 5', 'VARLIST: MJD FLT FIELD FLUXCAL FLUXCALERR', ...rows, ''
  ].join('\n')
}

/** `count` objects, every other one an Ia. */
export const generatedFiles = (count: number, first = 1): GeneratedFile[] => Array.from({ length: count }, (_, k) => ({
  name: `TEST_SN${String(first + k).padStart(6, '0')}.DAT`,
  text: generatedLightCurve(first + k, k % 2 === 0)
}))

/** Writes `count` objects into a folder, which is made. */
export function writeGenerated (folder: string, count: number): void {
  mkdirSync(folder, { recursive: true })
  for (const { name, text } of generatedFiles(count)) writeFileSync(join(folder, name), text)
}
