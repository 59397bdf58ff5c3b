/** Distance of a redshift, for the host features and for supernovae that training moves. */

/**
 * Luminosity distance in a flat universe with Ωm = 0.3, in units of the Hubble distance c/H0
 * (Hogg 1999, astro-ph/9905116, eqs. 14-16, 21), by Simpson's rule.
 */
export function luminosityDistance (redshift: number): number {
  const intervals = 32
  const width = redshift / intervals
  let sum = 0
  for (let k = 0; k <= intervals; k++) {
    const weight = k === 0 || k === intervals ? 1 : k % 2 === 1 ? 4 : 2
    sum += weight / Math.sqrt(0.3 * (1 + k * width) ** 3 + 0.7)
  }
  return (1 + redshift) * sum * width / 3
}
