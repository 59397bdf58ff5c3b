/** A small simulation on the disk, made of generated light curves. */
import { bandsOfSky, type SkyName } from '../../../src/simulator/passbands/surveys.ts'
import type { SimulatedLightCurve } from '../../../src/simulator/light-curves/light-curve.ts'
import { blockOf, layoutsOf } from '../../../src/simulator/snana/block.ts'
import { prepareFolder, SnanaFiles } from '../../../src/simulator/snana/snana-files.ts'
import { filterOf } from '../../../src/simulator/snana/survey-names.ts'
import { generatedLightCurve } from './generated-light-curves.ts'

export interface SkyOptions { sky?: SkyName, objects?: number, objectsPerPair?: number, gzip?: boolean, seed?: number }

/** Writes the files into the folder; returns the light curves that are in them. */
export async function writeSky (folder: string, { sky = 'lsst', objects = 25, objectsPerPair = 10, gzip = false, seed = 7 }: SkyOptions = {}): Promise<SimulatedLightCurve[]> {
  const bands = bandsOfSky(sky)
  const layouts = layoutsOf(sky, bands, seed)
  const curves = Array.from({ length: objects }, (_, index) => generatedLightCurve(sky, seed, index))
  await prepareFolder(folder, sky, false)
  const files = new SnanaFiles({ folder, sky, filters: bands.map(filterOf).join(''), seed, version: '0.0', gzip, objectsPerPair }, layouts)
  for (let first = 0; first < objects; first += 5) await files.add(blockOf(layouts, curves.slice(first, first + 5)))
  await files.finish(({ objects }) => `DOCUMENTATION:\n  WRITTEN: ${objects}\n`)
  return curves
}
