/** What the decoder is to say from some steps of each light curve of a batch: what came after. */
import type { Band } from '../../alert/alert.ts'
import { featureSet } from '../../light-curve/features/features.ts'
import { asinhFlux, FLUX_SCALE } from '../../light-curve/features/version-2.ts'
import { isDetection } from '../../light-curve/window.ts'
import { PHASE_SCALE } from '../../model/forecast/phase.ts'
import type { NetworkShape } from '../../model/shape.ts'
import { bandPeaks, type Peak } from './band-peaks.ts'
import type { BatchItem } from './batch.ts'
import type { LabelledObject } from './labelled-object.ts'
import type { Random } from './random.ts'

type Shape = Pick<NetworkShape, 'bands' | 'features' | 'decoder'>

/** The peaks of an object are looked for once. */
const known = new WeakMap<LabelledObject, ReadonlyMap<Band, Peak>>()

/** Of what has a peak, and is simulated. */
function peaksOf (object: LabelledObject): ReadonlyMap<Band, Peak> {
  let peaks = known.get(object)
  if (!peaks) known.set(object, peaks = object.peakMjd === null ? new Map<Band, Peak>() : bandPeaks(object))
  return peaks
}

/** One step that is forecast from. */
interface Epoch {
  item: BatchItem
  /** Place of the light curve in the batch. */
  column: number
  step: number
  /** [d, MJD] */
  time: number
}

/**
 * `epochs` random steps of each light curve from its first detection on, of those that show the object's own fluxes. Targets come
 * from the whole object, beyond the end that the light curve was cut at: noise-free fluxes, or measured ones with their errors.
 */
export class ForecastTargets {
  /** Steps that are forecast from; at least 1, whose weights may all be 0. */
  readonly rows: number
  /** [rows]: step·light curves + column, of each. */
  readonly places: Int32Array
  /** [rows, outlookLength]: see FeatureSet.outlook. */
  readonly outlook: Float32Array
  /** [days, rows, bands]: asinh flux at k + fraction days less the band's reference, variance of that, and what it counts. */
  readonly flux: Float32Array
  readonly variance: Float32Array
  readonly fraction: Float32Array
  readonly weight: Float32Array
  /** [rows, bands]: asinh(days since the peak/10), its asinh flux less the largest so far, and what they count. */
  readonly peakTime: Float32Array
  readonly peakFlux: Float32Array
  readonly peakWeight: Float32Array
  readonly #shape: Shape
  readonly #days: number
  readonly #outlookLength: number
  /** By place in the batch. */
  readonly #rowsAt = new Map<number, number[]>()
  readonly #epochs: Epoch[] = []
  readonly #columns: number

  /** @param shape of a network with a decoder */
  constructor (items: readonly BatchItem[], shape: Shape, epochs: number, random: Random) {
    this.#shape = shape
    this.#columns = items.length
    this.#days = shape.decoder!.days
    items.forEach((item, column) => this.#choose(item, column, epochs, random))
    this.rows = Math.max(1, this.#epochs.length)
    const bands = shape.bands.length
    this.#outlookLength = featureSet(shape.features).outlookLength(shape.bands)
    const arrays = (count: number, length: number): Float32Array[] => Array.from({ length: count }, () => new Float32Array(length))
    this.places = new Int32Array(this.rows)
    this.outlook = new Float32Array(this.rows * this.#outlookLength)
    ;[this.flux, this.variance, this.fraction, this.weight] = arrays(4, this.#days * this.rows * bands) as [Float32Array, Float32Array, Float32Array, Float32Array]
    ;[this.peakTime, this.peakFlux, this.peakWeight] = arrays(3, this.rows * bands) as [Float32Array, Float32Array, Float32Array]
    this.#epochs.forEach(({ column, step }, row) => {
      this.places[row] = this.#placeOf(column, step)
      const rows = this.#rowsAt.get(this.places[row]!)
      if (rows) rows.push(row)
      else this.#rowsAt.set(this.places[row]!, [row])
    })
  }

  #placeOf (column: number, step: number): number {
    return step * this.#columns + column
  }

  #choose (item: BatchItem, column: number, epochs: number, random: Random): void {
    const { points, brightness } = item.variant
    const first = points.findIndex(isDetection)
    if (brightness === null || first < 0) return
    for (let k = 0; k < epochs; k++) {
      const step = first + random.integer(points.length - first)
      this.#epochs.push({ item, column, step, time: points[step]!.midpointMjdTai })
    }
  }

  /** Writes the targets of a step from the running values that the network has there; for makeBatch. */
  readonly onStep = (column: number, step: number, accumulator: Float64Array): void => {
    for (const row of this.#rowsAt.get(this.#placeOf(column, step)) ?? []) {
      const outlook = featureSet(this.#shape.features).outlook(this.#shape.bands, accumulator)
      this.outlook.set(outlook, row * this.#outlookLength)
      this.#writeFluxes(row, outlook)
      this.#writePeaks(row, outlook)
    }
  }

  #writeFluxes (row: number, outlook: Float32Array): void {
    const { item: { object: { points, noiseFree }, variant: { brightness } }, time } = this.#epochs[row]!
    const { bands } = this.#shape
    const cells: number[] = []
    for (let k = points.findIndex(point => point.midpointMjdTai > time); k >= 0 && k < points.length; k++) {
      const { midpointMjdTai, band, psfFlux, psfFluxErr } = points[k]!
      const [ahead, place] = [midpointMjdTai - time, bands.indexOf(band)]
      if (ahead >= this.#days) break
      if (place < 0) continue
      const day = Math.floor(ahead)
      const cell = (day * this.rows + row) * bands.length + place
      const flux = brightness! * (noiseFree ? noiseFree[k]! : psfFlux)
      this.flux[cell] = asinhFlux(flux) - outlook[place]!
      this.variance[cell] = noiseFree ? 0 : (brightness! * psfFluxErr) ** 2 / (FLUX_SCALE ** 2 + flux ** 2)
      this.fraction[cell] = ahead - day
      if (cells.at(-1) !== cell && !cells.includes(cell)) cells.push(cell)
    }
    for (const cell of cells) this.weight[cell] = 1 / (cells.length * this.rows)
  }

  #writePeaks (row: number, outlook: Float32Array): void {
    const { item: { object, variant: { brightness } }, time } = this.#epochs[row]!
    const { bands } = this.#shape
    const peaks = peaksOf(object)
    for (const [band, peak] of peaks) {
      const place = bands.indexOf(band)
      if (place < 0) continue
      const cell = row * bands.length + place
      this.peakTime[cell] = Math.asinh((time - peak.time) / PHASE_SCALE)
      this.peakFlux[cell] = asinhFlux(brightness! * peak.flux) - outlook[bands.length + place]!
      this.peakWeight[cell] = 1 / (peaks.size * this.rows)
    }
  }
}
