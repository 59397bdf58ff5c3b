/** Spectral series from text: a line of phase, wavelength and flux for each point of a grid, the wavelengths running fastest. */
import { templateDamaged } from '../template-files.ts'
import type { SpectralSeries } from './spectral-series.ts'

/**
 * Lines that begin with # are passed over, and so is what follows the third number of a line.
 * @param name of the file, for errors
 * @param scale of the fluxes
 * @throws CandelaError `templates-damaged` where the points are no grid of ascending phases and wavelengths
 */
export function parseGrid (name: string, text: string, scale = 1): SpectralSeries {
  const phases: number[] = []
  const wavelengths: number[] = []
  const flux: number[] = []
  let column = 0
  for (let at = 0, line = 1; at < text.length; line++) {
    const newline = text.indexOf('\n', at)
    const end = newline < 0 ? text.length : newline
    const words = text.slice(at, end).trim().split(/\s+/, 3)
    at = end + 1
    if (words[0] === '' || words[0]!.startsWith('#')) continue
    const [phase, wavelength, value] = [Number(words[0]), Number(words[1]), Number(words[2])]
    if (!Number.isFinite(phase + wavelength + value)) throw templateDamaged(name, `line ${line} is '${words.join(' ')}'; a phase, a wavelength and a flux are expected`)
    if (phase !== phases.at(-1)) {
      if (phase < (phases.at(-1) ?? -Infinity) || (phases.length > 0 && column !== wavelengths.length)) throw templateDamaged(name, `line ${line} begins phase ${phase} before the grid of the last one is complete, or out of order`)
      phases.push(phase)
      column = 0
    }
    if (phases.length === 1) {
      if (wavelength <= (wavelengths.at(-1) ?? 0)) throw templateDamaged(name, `line ${line} has wavelength ${wavelength}, which does not ascend`)
      wavelengths.push(wavelength)
    } else if (wavelength !== wavelengths[column]) {
      throw templateDamaged(name, `line ${line} has wavelength ${wavelength}, the first phase has ${wavelengths[column] ?? 'none'} there`)
    }
    flux.push(value * scale)
    column++
  }
  if (phases.length < 2 || wavelengths.length < 2 || column !== wavelengths.length) {
    throw templateDamaged(name, `it ends after ${flux.length} points; a grid of at least two phases and wavelengths is expected, each phase complete`)
  }
  return { phases: Float64Array.from(phases), wavelengths: Float64Array.from(wavelengths), flux: Float64Array.from(flux) }
}
