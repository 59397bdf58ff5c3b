/** A sky whose fluxes are straight lines of asinh(flux), and a network that forecasts straight lines. */
import assert from 'node:assert/strict'
import { UNKNOWN_HOST } from '../../../../src/alert/alert.ts'
import { FLUX_SCALE } from '../../../../src/light-curve/features/version-2.ts'
import type { ModelClass } from '../../../../src/model/classes.ts'
import type { Network } from '../../../../src/model/engine.ts'
import { outputLength, PEAK_VALUES, type NetworkShape } from '../../../../src/model/shape.ts'
import type { LabelledObject } from '../../../../src/training/data/labelled-object.ts'

const BANDS = ['g', 'r'] as const
export const CLASSES: readonly ModelClass[] = [{ name: 'Ia', id: 2222, positive: true }, { name: 'AGN', id: 2332, positive: false }]
export const SHAPE: NetworkShape = {
  cell: 'lstm', bands: BANDS, features: 2, layers: 1, width: 1, consensus: 'attention', heads: 1, headWidth: 1, classes: 2, decoder: { width: 1, days: 30 }
}
/** One point a day, in g and r by turns, from day 100 on; asinh(flux/10 FLUXCAL) falls by so much a day. */
export const SLOPE = -0.04
const PEAK = 112
const asinhAt = (time: number): number => 4 + SLOPE * (time - 100)

/**
 * Its forecast goes on from the newest flux with a slope, and its phase is off by so much.
 * @param sigma of asinh flux, and of asinh(days/10)
 */
export function straight (slope: number, sigma: number, phaseOff = 0): Network {
  const variance = 2 * Math.log(sigma)
  const length = outputLength(SHAPE)
  return {
    engine: 'wasm',
    shape: SHAPE,
    // The hidden state [4] names the row and the step that it belongs to.
    sequence: (_, steps, rows) => {
      const outputs = new Float32Array(steps * rows * length)
      const hidden = new Float32Array(steps * rows * 4)
      for (let k = 0; k < steps * rows; k++) {
        const step = Math.floor(k / rows)
        outputs.set([Math.asinh((100 + step - PEAK + phaseOff) / 10), variance], k * length + length - 2)
        hidden[4 * k] = step
      }
      return { hidden, outputs, weights: null }
    },
    forecast: ({ hidden, steps, outlook }, rows) => {
      const days = new Float32Array(31 * rows * 4)
      for (let row = 0; row < rows; row++) {
        assert.equal(hidden[4 * row], steps[row]! - 1)
        const time = 99 + steps[row]!
        for (let day = 0; day <= 30; day++) {
          for (let band = 0; band < 2; band++) {
            // The band of the newest point has its flux of today, the other one that of yesterday.
            const isNewest = (time - 100) % 2 === band
            const now = outlook[row * (outlook.length / rows) + band]! + (isNewest ? 0 : SLOPE)
            days.set([now + slope * day], (day * rows + row) * 4 + band)
            days.set([variance], (day * rows + row) * 4 + 2 + band)
          }
        }
      }
      return { days, peaks: new Float32Array(rows * 2 * PEAK_VALUES) }
    },
    dispose: () => {}
  }
}

export function curve (snid: string, isSimulated: boolean, given: Partial<LabelledObject> = {}): LabelledObject {
  const fluxes = Array.from({ length: 60 }, (_, k) => FLUX_SCALE * Math.sinh(asinhAt(100 + k)))
  const points = fluxes.map((psfFlux, k) => ({ midpointMjdTai: 100 + k, band: BANDS[k % 2]!, psfFlux, psfFluxErr: 0.02 * psfFlux }))
  return { snid, points, noiseFree: isSimulated ? Float64Array.from(fluxes) : null, host: UNKNOWN_HOST, type: 'Ia', isIa: true, redshift: null, peakMjd: PEAK, source: 'set', ...given }
}

export const asked = { told: { photoZ: 'known', context: 'known' }, classes: CLASSES, most: 40 } as const
