/** Observed series carry the noise of their photometry: jumps of some per cent from one phase to the next, as no supernova has them. */
import type { SpectralSeries } from './spectral-series.ts'

/** Standard deviation of the kernel [d]: what a supernova does within it is mostly a straight line. */
const KERNEL = 1.5

/**
 * A straight line through the phases around each phase, weighted by a Gaussian of their distance in time (local linear
 * regression, Cleveland 1979, J. Am. Stat. Assoc. 74, 829); never below 0. A peak of 8 days' width loses 2 %.
 */
export function smoothed ({ phases, wavelengths, flux }: SpectralSeries): SpectralSeries {
  const nodes = wavelengths.length
  const out = new Float64Array(flux.length)
  phases.forEach((phase, p) => {
    let [sum, first, second] = [0, 0, 0]
    const near: Array<{ q: number, distance: number, weight: number }> = []
    phases.forEach((other, q) => {
      const distance = other - phase
      if (Math.abs(distance) > 4 * KERNEL) return
      const weight = Math.exp(-0.5 * (distance / KERNEL) ** 2)
      near.push({ q, distance, weight })
      sum += weight
      first += weight * distance
      second += weight * distance ** 2
    })
    const determinant = sum * second - first ** 2
    for (const { q, distance, weight } of near) {
      const share = determinant > 1e-6 * sum ** 2 ? weight * (second - first * distance) / determinant : weight / sum
      for (let k = 0; k < nodes; k++) out[p * nodes + k]! += share * flux[q * nodes + k]!
    }
  })
  for (let k = 0; k < out.length; k++) out[k] = Math.max(0, out[k]!)
  return { phases, wavelengths, flux: out }
}
