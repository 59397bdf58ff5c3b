/** The input vectors of Charnock & Moss 2017 (arXiv:1606.07442, sec. 2), padded into batches. */
import { isTypeIa, type LabelledObject } from '../data/labelled-object.ts'
import type { Random } from '../data/random.ts'
import { filledColumn } from './filling.ts'
import { groupPoints, type GroupedLightCurve } from './grouping.ts'
import type { ReferenceSettings } from './settings.ts'

export type InputSettings = Pick<ReferenceSettings, 'bands' | 'photoZ' | 'scaling'>

/**
 * Divisors of the inputs. The paper gives them as they are: days since the first observation, FLUXCAL, degrees, mag.
 * A constant divisor leaves the set of functions that the network can be as it is, and starts the gates unsaturated.
 */
export const INPUT_SCALES = { time: 50, flux: 50, position: 50, extinction: 0.1, redshift: 1 } as const
const UNSCALED = { time: 1, flux: 1, position: 1, extinction: 1, redshift: 1 } as const

/** SNANA's value of a redshift that is not known. */
const REDSHIFT_UNKNOWN = -9

/** One object, ready to be filled. */
export interface ReferenceObject {
  isIa: boolean
  curve: GroupedLightCurve
  /** What stands in every step: RA, Dec, dust extinction and, where it is used, the photo-z; unscaled. */
  fixed: number[]
}

export interface ReferenceBatch {
  steps: number
  rows: number
  /** [steps, rows, inputLength], row-major, padded with zeros at the end of the time axis. */
  inputs: Float32Array
  /** [rows]: number of steps that are not padding. */
  lengths: Int32Array
  /** [rows]: 1 for Ia. */
  isIa: Uint8Array
}

/** Time; flux of each band; error of each band; RA, Dec, extinction; photo-z where known. */
export const inputLength = ({ bands, photoZ }: InputSettings): number => 1 + 2 * bands.length + 3 + (photoZ === 'known' ? 1 : 0)

export function referenceObject (object: LabelledObject, { bands, photoZ }: InputSettings): ReferenceObject {
  const { host, ra, dec } = object
  return {
    isIa: isTypeIa(object),
    curve: groupPoints(object.points, bands),
    fixed: [ra ?? 0, dec ?? 0, host.mwebv ?? 0, ...(photoZ === 'known' ? [host.redshift ?? REDSHIFT_UNKNOWN] : [])]
  }
}

/** Writes one random filling of a light curve into the column `row` of a [steps, rows, inputLength] array. */
export function writeInputs ({ curve, fixed }: ReferenceObject, settings: InputSettings, random: Random, inputs: Float32Array, row: number, rows: number): void {
  const { bands, scaling } = settings
  const scales = scaling === 'constant' ? INPUT_SCALES : UNSCALED
  const length = inputLength(settings)
  const columns = [curve.fluxes, curve.errors].flatMap(values => bands.map((_, band) => filledColumn(values, bands.length, band, random)))
  const fixedScales = [scales.position, scales.position, scales.extinction, scales.redshift]
  for (let step = 0; step < curve.times.length; step++) {
    const at = (step * rows + row) * length
    inputs[at] = curve.times[step]! / scales.time
    columns.forEach((column, k) => { inputs[at + 1 + k] = column[step]! / scales.flux })
    fixed.forEach((value, k) => { inputs[at + 1 + columns.length + k] = value / fixedScales[k]! })
  }
}

/** A batch in which every gap is filled anew. */
export function makeReferenceBatch (objects: readonly ReferenceObject[], settings: InputSettings, random: Random): ReferenceBatch {
  const rows = objects.length
  const lengths = Int32Array.from(objects, ({ curve }) => curve.times.length)
  const steps = Math.max(1, ...lengths)
  const inputs = new Float32Array(steps * rows * inputLength(settings))
  objects.forEach((object, row) => writeInputs(object, settings, random, inputs, row, rows))
  return { steps, rows, inputs, lengths, isIa: Uint8Array.from(objects, ({ isIa }) => isIa ? 1 : 0) }
}
