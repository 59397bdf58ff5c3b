/** The features that do not change with time, the same in every version. */
import type { HostFacts } from '../../alert/alert.ts'
import { luminosityDistance } from './distance.ts'

export const HOST_FEATURES = 7

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most)

/**
 * Extinction E(B−V)·10, redshift z, 5·σ_z, ln of the luminosity distance, and whether extinction, redshift and its error are
 * known: [mwebv, known, z, σ, ln d, z known, σ known]. What is not known is 0.
 */
export function hostFeatures (host: HostFacts): Float32Array {
  const features = new Float32Array(HOST_FEATURES)
  if (host.mwebv !== null && Number.isFinite(host.mwebv)) {
    features[0] = 10 * clamp(host.mwebv, 0, 5)
    features[1] = 1
  }
  if (host.redshift !== null && Number.isFinite(host.redshift)) {
    const redshift = clamp(host.redshift, 0.005, 10)
    features[2] = redshift
    features[4] = Math.log(luminosityDistance(redshift))
    features[5] = 1
    if (host.redshiftErr !== null && Number.isFinite(host.redshiftErr)) {
      features[3] = 5 * clamp(host.redshiftErr, 0, 2)
      features[6] = 1
    }
  }
  return features
}
