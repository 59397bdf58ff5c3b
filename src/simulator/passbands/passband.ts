/** A survey's filter with telescope, detector and air, and the AB fluxes of spectra seen through it. */
import type { Band } from '../../alert/alert.ts'

/** Step of the integrals [Å], as sncosmo has it. */
const STEP = 5
/** [Å s⁻¹] */
const SPEED_OF_LIGHT = 2.99792458e18
/** f_ν of 0 mag AB [erg s⁻¹ cm⁻² Hz⁻¹] and [nJy] (Oke & Gunn 1983). */
const AB_FLUX_DENSITY = 3.631e-20
const AB_NJY = 3.631e12

/** A spectrum's nodes from `first` on, and what each of them weighs: flux [nJy] = Σ weights[k] · f_λ(first + k) [erg s⁻¹ cm⁻² Å⁻¹]. */
export interface BandWeights { first: number, weights: Float64Array }

export class Passband {
  /** As 'lsst-g'. */
  readonly name: string
  readonly band: Band
  /** Middles of the steps [Å]. */
  readonly wavelengths: Float64Array
  /** Share of photons that are counted, at each of `wavelengths`; its scale does not matter. */
  readonly transmission: Float64Array
  /** Mean over the photons of a spectrum that is flat in f_λ [Å]. */
  readonly effectiveWavelength: number
  /** What a constant f_ν = 0 mag AB gives: ∫ f_λ T λ dλ. */
  readonly #abIntegral: number

  /**
   * @param wavelengths [Å], ascending
   * @param transmission at each of them; taken as 0 outside, and linear in between
   */
  constructor (name: string, band: Band, wavelengths: ArrayLike<number>, transmission: ArrayLike<number>) {
    this.name = name
    this.band = band
    let [low, high] = [0, wavelengths.length - 1]
    let most = 0
    for (let k = 0; k < transmission.length; k++) most = Math.max(most, transmission[k]!)
    // what is left out is less than a hundred thousandth of the light
    while (low < high && transmission[low + 1]! < 1e-5 * most) low++
    while (high > low && transmission[high - 1]! < 1e-5 * most) high--
    const [start, end] = [wavelengths[low]!, wavelengths[high]!]
    const steps = Math.ceil((end - start) / STEP)
    const step = (end - start) / steps
    this.wavelengths = Float64Array.from({ length: steps }, (_, k) => start + (k + 0.5) * step)
    let node = low
    this.transmission = this.wavelengths.map(wavelength => {
      while (wavelengths[node + 1]! < wavelength) node++
      const part = (wavelength - wavelengths[node]!) / (wavelengths[node + 1]! - wavelengths[node]!)
      return transmission[node]! * (1 - part) + transmission[node + 1]! * part
    })
    let [photons, moment, ab] = [0, 0, 0]
    for (let k = 0; k < steps; k++) {
      const [wavelength, share] = [this.wavelengths[k]!, this.transmission[k]!]
      photons += share * wavelength
      moment += share * wavelength ** 2
      ab += share * AB_FLUX_DENSITY * SPEED_OF_LIGHT / wavelength
    }
    this.effectiveWavelength = moment / photons
    this.#abIntegral = ab
  }

  /**
   * The weights of a spectrum that is known at nodes and linear between them (Bessell & Murphy 2012, eq. A12: photons
   * are counted). The spectrum is 0 outside its nodes.
   * @param nodes rest wavelengths [Å], ascending
   * @param redshift the spectrum is stretched by 1 + z, and its f_λ falls by the same factor
   */
  weightsOn (nodes: Float64Array, redshift: number): BandWeights {
    const { wavelengths, transmission } = this
    const stretch = 1 + redshift
    const unit = AB_NJY / stretch / this.#abIntegral
    const [shortest, longest, penultimate] = [nodes[0]!, nodes[nodes.length - 1]!, nodes.length - 2]
    let node = 0
    let [first, last] = [-1, -1]
    const all = new Float64Array(nodes.length)
    for (let k = 0; k < wavelengths.length; k++) {
      const rest = wavelengths[k]! / stretch
      if (rest < shortest || rest > longest) continue
      while (node < penultimate && nodes[node + 1]! < rest) node++
      const part = (rest - nodes[node]!) / (nodes[node + 1]! - nodes[node]!)
      const weight = transmission[k]! * wavelengths[k]! * unit
      all[node] = all[node]! + weight * (1 - part)
      all[node + 1] = all[node + 1]! + weight * part
      if (first < 0) first = node
      last = node + 1
    }
    return first < 0 ? { first: 0, weights: new Float64Array(0) } : { first, weights: all.slice(first, last + 1) }
  }
}
