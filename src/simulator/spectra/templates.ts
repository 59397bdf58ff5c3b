/** Observed spectra as functions of time: of core-collapse supernovae (Vincenzi et al. 2019, arXiv:1908.05228), and the sequence of SN 1991bg's kind. */
import { readTemplate, readTemplateBytes, templateDamaged } from '../template-files.ts'
import { readFitsImage, type FitsImage } from './fits-image.ts'
import { parseGrid } from './grid.ts'
import type { SpectralSeries } from './spectral-series.ts'

/** Longest rest wavelength that any optical band sees [Å]. */
const REDDEST = 12_000

/** Spectra less than this apart are of the same night [d]. */
const NIGHT = 1

/** Spectra of the same night averaged: from one to the next they jump by up to 15 % (SN 2009ip), as no supernova does. */
function nightly ({ phases, wavelengths, flux }: SpectralSeries): SpectralSeries {
  const nodes = wavelengths.length
  const kept: number[] = []
  const averaged = new Float64Array(flux.length)
  for (let start = 0; start < phases.length;) {
    let end = start
    while (end < phases.length && phases[end]! - phases[start]! < NIGHT) end++
    const at = kept.length * nodes
    for (let p = start; p < end; p++) {
      for (let k = 0; k < nodes; k++) averaged[at + k]! += flux[p * nodes + k]! / (end - start)
    }
    kept.push(phases.subarray(start, end).reduce((sum, phase) => sum + phase, 0) / (end - start))
    start = end
  }
  return { phases: Float64Array.from(kept), wavelengths, flux: averaged.slice(0, kept.length * nodes) }
}

/**
 * Reads the series of one supernova. Negative fluxes, which the smoothing of faint spectra leaves, are made 0, and
 * spectra of the same night are averaged.
 * @param supernova as '2004fe'
 * @throws CandelaError `templates-missing`, `templates-damaged`
 */
export async function readSupernova (folder: string, supernova: string): Promise<SpectralSeries> {
  const name = `sed/v19-SN${supernova}.txt.xz`
  const series = parseGrid(name, await readTemplate(folder, name))
  for (let k = 0; k < series.flux.length; k++) series.flux[k] = Math.max(0, series.flux[k]!)
  return nightly(series)
}

const SEQUENCE = 'sed/91bg_sequence_0.2.fits.gz'

/**
 * Reads the sequence of SN 1991bg-like supernovae, from slow to fast, made for SNooPy (Burns et al. 2011,
 * arXiv:1010.4040), whose reader counts the pixels of the image from 0.
 * @throws CandelaError `templates-missing`, `templates-damaged`
 */
export async function readSequence91bg (folder: string): Promise<SpectralSeries[]> {
  const bytes = await readTemplateBytes(folder, SEQUENCE)
  try {
    return membersOf(await readFitsImage(bytes))
  } catch (cause) {
    throw templateDamaged(SEQUENCE, (cause as Error).message)
  }
}

function membersOf ({ shape, values, coordinate }: FitsImage): SpectralSeries[] {
  const [nodes, epochs, members] = [shape[0] ?? 0, shape[1] ?? 0, shape[2] ?? 0]
  if (shape.length !== 3 || nodes < 2 || epochs < 2 || members < 1) throw new Error(`its shape is ${shape.join(' × ')}; wavelengths, phases and members are expected`)
  const all = Float64Array.from({ length: nodes }, (_, k) => coordinate(1, k))
  const kept = all.filter(wavelength => wavelength <= REDDEST).length
  const phases = Float64Array.from({ length: epochs }, (_, k) => coordinate(2, k))
  return Array.from({ length: members }, (_, member) => {
    const flux = new Float64Array(epochs * kept)
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (let k = 0; k < kept; k++) flux[epoch * kept + k] = Math.max(0, values[(member * epochs + epoch) * nodes + k]!)
    }
    return { phases, wavelengths: all.slice(0, kept), flux }
  })
}
