/** Distances and volumes of a flat ΛCDM universe with H0 = 70 km/s/Mpc, Ωm = 0.3 (Hogg 1999, astro-ph/9905116). */

/** [km s⁻¹ Mpc⁻¹] */
export const HUBBLE_CONSTANT = 70
export const OMEGA_MATTER = 0.3
const SPEED_OF_LIGHT = 299_792.458
const HUBBLE_DISTANCE = SPEED_OF_LIGHT / HUBBLE_CONSTANT
export const LARGEST_REDSHIFT = 6
const STEPS = 6000
const STEP = LARGEST_REDSHIFT / STEPS

/** H(z)/H0 (Hogg 1999, eq. 14). */
const expansion = (z: number): number => Math.sqrt(OMEGA_MATTER * (1 + z) ** 3 + 1 - OMEGA_MATTER)

/** Comoving distance at each step [Mpc] (Hogg 1999, eq. 15), by Simpson's rule. */
const DISTANCES = new Float64Array(STEPS + 1)
for (let k = 1; k <= STEPS; k++) {
  const z = k * STEP
  DISTANCES[k] = DISTANCES[k - 1]! + HUBBLE_DISTANCE * STEP / 6 * (1 / expansion(z - STEP) + 4 / expansion(z - STEP / 2) + 1 / expansion(z))
}

/**
 * [Mpc], from 0 to `LARGEST_REDSHIFT`.
 * @throws RangeError outside
 */
export function comovingDistance (z: number): number {
  if (!(z >= 0 && z <= LARGEST_REDSHIFT)) throw new RangeError(`redshift ${z} is not from 0 to ${LARGEST_REDSHIFT}`)
  const k = Math.min(STEPS - 1, Math.floor(z / STEP))
  const part = z - k * STEP
  const middle = k * STEP + part / 2
  return DISTANCES[k]! + HUBBLE_DISTANCE * part / 6 * (1 / expansion(k * STEP) + 4 / expansion(middle) + 1 / expansion(z))
}

/** [Mpc] (Hogg 1999, eq. 21). */
export const luminosityDistance = (z: number): number => (1 + z) * comovingDistance(z)

/** m − M of a bolometric flux [mag]; the factor 1 + z of a flux density comes beside it. */
export const distanceModulus = (z: number): number => 5 * Math.log10(luminosityDistance(z)) + 25

/** Comoving volume of the whole sky a unit of redshift [Mpc³] (Hogg 1999, eq. 28). */
export const volumeElement = (z: number): number => 4 * Math.PI * HUBBLE_DISTANCE * comovingDistance(z) ** 2 / expansion(z)
