/**
 * The spectra of Type Ia supernovae: SALT3 (Kenworthy et al. 2021, arXiv:2104.07795), which has the form of SALT2
 * (Guy et al. 2007, arXiv:astro-ph/0701828, eq. 1): f_λ = x0 (M0(p, λ) + x1 M1(p, λ)) 10^(−0.4 c CL(λ)).
 */
import type { Passband } from '../passbands/passband.ts'
import { readTemplate, templateDamaged } from '../template-files.ts'
import { parseGrid } from './grid.ts'
import { largest, REST_B, restCurve } from './rest-frame.ts'
import { photometer, type BandCurves, type SpectralSeries } from './spectral-series.ts'

/** Middles of B and V that the colour law runs between [Å]. */
const B = 4302.57
const V = 5428.55

/** The model: both components on the same grid. */
export interface Salt3 {
  /** f_λ for x0 = 1 [erg s⁻¹ cm⁻² Å⁻¹]. */
  m0: SpectralSeries
  m1: SpectralSeries
  /** What c = 1 dims at each of their wavelengths [mag]: 0 in B, −1 in V. */
  colourLaw: Float64Array
  /** Flux of x0 = 1, x1 = c = 0 at its brightest in `REST_B`, in units of 0 mag AB at 10 pc. */
  peak: number
}

/**
 * Guy et al. 2010 (arXiv:1010.4743): a polynomial of (λ − B)/(V − B) that is 0 in B and 1 in V, linear
 * outside the range that it was trained in.
 * @param coefficients of the powers from 2 on
 * @returns [mag] for c = 1, in the sign of SALT3.INFO: the law as sncosmo evaluates it
 */
export function colourLaw (coefficients: readonly number[], least: number, most: number): (wavelength: number) => number {
  const reduced = (wavelength: number): number => (wavelength - B) / (V - B)
  const alpha = 1 - coefficients.reduce((sum, coefficient) => sum + coefficient, 0)
  const polynomial = [0, alpha, ...coefficients]
  const value = (l: number): number => polynomial.reduceRight((sum, coefficient) => sum * l + coefficient, 0)
  const slope = (l: number): number => polynomial.reduceRight((sum, coefficient, power) => power === 0 ? sum : sum * l + power * coefficient, 0)
  const [low, high] = [reduced(least), reduced(most)]
  return wavelength => {
    const l = reduced(wavelength)
    const edge = Math.min(high, Math.max(low, l))
    return -(value(edge) + slope(edge) * (l - edge))
  }
}

const INFO = 'salt3/SALT3.INFO'
/** Fluxes of the components in the files are in units of it; sncosmo's SALT3Source has the same. */
const SCALE = 1e-12

/**
 * Reads the components and the colour law.
 * @throws CandelaError `templates-missing`, `templates-damaged`
 */
export async function readSalt3 (folder: string): Promise<Salt3> {
  const component = async (name: string): Promise<SpectralSeries> => parseGrid(name, await readTemplate(folder, name), SCALE)
  const [m0, m1, info] = await Promise.all([component('salt3/salt3_template_0.dat.gz'), component('salt3/salt3_template_1.dat.gz'), readTemplate(folder, INFO)])
  const same = (a: Float64Array, b: Float64Array): boolean => a.length === b.length && a.every((value, k) => value === b[k])
  if (!same(m0.phases, m1.phases) || !same(m0.wavelengths, m1.wavelengths)) throw templateDamaged('salt3/salt3_template_1.dat.gz', 'its grid is not that of salt3_template_0.dat.gz')
  const [least, most, count, ...coefficients] = /^COLORCOR_PARAMS:\s*(.*)$/m.exec(info)?.[1]?.trim().split(/\s+/).map(Number) ?? []
  if (least === undefined || most === undefined || !(least < most) || count !== coefficients.length || !coefficients.every(Number.isFinite)) {
    throw templateDamaged(INFO, 'COLORCOR_PARAMS with the range of wavelengths, the number of coefficients and the coefficients are expected')
  }
  return { m0, m1, colourLaw: m0.wavelengths.map(colourLaw(coefficients, least, most)), peak: largest(restCurve(m0, REST_B)) }
}

/**
 * The light curve that the bands see of a supernova of x0 = 1; below 0 here and there where the components are poorly
 * known.
 */
export function saltCurves ({ m0, m1, colourLaw }: Pick<Salt3, 'm0' | 'm1' | 'colourLaw'>, x1: number, c: number, redshift: number, passbands: readonly Passband[]): BandCurves {
  const see = photometer(m0.wavelengths, redshift, passbands, (_, node) => Math.exp(-0.4 * Math.LN10 * c * colourLaw[node]!))
  const [mean, change] = [see(m0.flux), see(m1.flux)]
  return {
    times: m0.phases.map(phase => phase * (1 + redshift)),
    flux: mean.map((flux, band) => flux.map((value, k) => value + x1 * change[band]![k]!))
  }
}
