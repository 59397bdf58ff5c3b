/** Extinction by dust: Cardelli, Clayton & Mathis 1989 (ApJ 345, 245), with the optical coefficients of O'Donnell 1994 left out. */

/** Wavelengths of the law [Å]. */
const REDDEST = 33_333
const BLUEST = 1000

/** Far and mid ultraviolet, 3.3 to 8 μm⁻¹ (eqs. 4a, 4b). */
function ultraviolet (x: number): [number, number] {
  const y = x - 5.9
  const [fa, fb] = x < 5.9 ? [0, 0] : [-0.04473 * y ** 2 - 0.009779 * y ** 3, 0.2130 * y ** 2 + 0.1207 * y ** 3]
  return [1.752 - 0.316 * x - 0.104 / ((x - 4.67) ** 2 + 0.341) + fa, -3.090 + 1.825 * x + 1.206 / ((x - 4.62) ** 2 + 0.263) + fb]
}

/** 8 to 10 μm⁻¹ (eqs. 5a, 5b). */
function farUltraviolet (x: number): [number, number] {
  const y = x - 8
  return [-1.073 - 0.628 * y + 0.137 * y ** 2 - 0.070 * y ** 3, 13.670 + 4.257 * y - 0.420 * y ** 2 + 0.374 * y ** 3]
}

const OPTICAL_A = [1, 0.17699, -0.50447, -0.02427, 0.72085, 0.01979, -0.77530, 0.32999]
const OPTICAL_B = [0, 1.41338, 2.28305, 1.07233, -5.38434, -0.62251, 5.30260, -2.09002]
const polynomial = (coefficients: readonly number[], y: number): number => coefficients.reduceRight((sum, coefficient) => sum * y + coefficient, 0)

/**
 * A(λ)/A(V) (eq. 1).
 * @param wavelength [Å]; taken as 1000 below 1000 and as 33333 above 33333
 * @param rv A(V)/E(B−V), 3.1 in the Milky Way
 */
export function extinctionCurve (wavelength: number, rv = 3.1): number {
  const x = 1e4 / Math.min(REDDEST, Math.max(BLUEST, wavelength))
  const [a, b] = x < 1.1
    ? [0.574 * x ** 1.61, -0.527 * x ** 1.61]
    : x < 3.3
      ? [polynomial(OPTICAL_A, x - 1.82), polynomial(OPTICAL_B, x - 1.82)]
      : x < 8 ? ultraviolet(x) : farUltraviolet(x)
  return a + b / rv
}

/**
 * Share of the light that passes.
 * @param wavelength in the frame of the dust [Å]
 * @param ebv E(B−V) [mag]
 */
export const dustTransmission = (wavelength: number, ebv: number, rv = 3.1): number =>
  10 ** (-0.4 * ebv * rv * extinctionCurve(wavelength, rv))
