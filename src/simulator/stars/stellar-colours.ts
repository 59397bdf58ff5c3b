/** Colours of stars in the bands that they were not seen in. */

/**
 * Node after node [g−r, u−g, r−i, i−z]. From 0.18 on: the median locus of 600,000 stars (Covey et al. 2007, AJ 134, 2398,
 * table 1). Up to 0.14: RR Lyrae (medians of Sesar et al. 2010, table 3), Vega, and the Rayleigh–Jeans end f_ν ∝ ν².
 */
const LOCUS: ReadonlyArray<readonly [number, number, number, number]> = [
  [-0.57, -0.64, -0.41, -0.37],
  [-0.24, 1.00, -0.21, -0.17],
  [0.05, 1.14, -0.01, -0.03],
  [0.14, 1.15, 0.03, -0.02],
  [0.30, 1.07, 0.10, 0.01],
  [0.40, 1.18, 0.14, 0.03],
  [0.51, 1.40, 0.19, 0.06],
  [0.60, 1.60, 0.22, 0.09],
  [0.73, 1.90, 0.27, 0.12],
  [0.87, 2.17, 0.32, 0.16],
  [1.02, 2.38, 0.38, 0.20],
  [1.15, 2.53, 0.45, 0.24],
  [1.26, 2.61, 0.54, 0.29],
  [1.35, 2.61, 0.65, 0.35],
  [1.41, 2.60, 0.88, 0.47],
  [1.43, 2.62, 1.36, 0.72],
  [1.50, 2.62, 1.60, 0.85],
  [1.56, 2.50, 1.83, 0.99]
]
/** z−y over i−z: between a black body's 0.7 and M dwarfs' 0.5; no survey of the locus has LSST's y. */
export const Y_PER_Z = 0.55

/**
 * Magnitudes less that of r, in the order of `BANDS`.
 * @param column what is given: 0 for g−r, 2 for r−i [mag]; beyond the ends of the locus it is an end's
 */
function onLocus (column: 0 | 2, colour: number): Float64Array {
  let k = 1
  while (k < LOCUS.length - 1 && LOCUS[k]![column] < colour) k++
  const [low, high] = [LOCUS[k - 1]!, LOCUS[k]!]
  const part = Math.min(1, Math.max(0, (colour - low[column]) / (high[column] - low[column])))
  const [gr, ug, ri, iz] = low.map((value, n) => value + part * (high[n]! - value)) as [number, number, number, number]
  return Float64Array.of(ug + gr, gr, 0, -ri, -ri - iz, -ri - iz * (1 + Y_PER_Z))
}

/** From g−r [mag]: all stars but M dwarfs, whose g−r hardly changes. */
export const coloursFromGr = (gr: number): Float64Array => onLocus(0, gr)

/** From r−i [mag]: M dwarfs. */
export const coloursFromRi = (ri: number): Float64Array => onLocus(2, ri)
