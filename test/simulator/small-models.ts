/** Two classes that are simple enough to know the truth of: a Gaussian in time, and a sine that is always there. */
import { nJyOfMagnitude } from '../../src/alert/alert.ts'
import { distanceModulus } from '../../src/simulator/cosmology/cosmology.ts'
import type { SimulatedSource, SourceModel } from '../../src/simulator/sources/source.ts'

/** Grey, of one absolute magnitude, fifteen days wide in its own frame. */
export const gaussianBump = (absoluteMagnitude: number): SourceModel => ({
  draw (_random, { redshift, peakMjd }): SimulatedSource {
    const z = redshift ?? 0
    const peak = nJyOfMagnitude(absoluteMagnitude + distanceModulus(z))
    const width = 15 * (1 + z)
    return {
      subtype: 'bump',
      persistent: false,
      peakMjd,
      from: peakMjd - 4 * width,
      until: peakMjd + 4 * width,
      fluxes: ({ mjd }) => mjd.map(time => Math.abs(time - peakMjd) < 4 * width ? peak * Math.exp(-0.5 * ((time - peakMjd) / width) ** 2) : 0),
      hostEbv: 0,
      parameters: { peak }
    }
  }
})

/** Half a magnitude about a mean that is drawn from 17 to 21 mag, in 0.6 d. */
export const sine: SourceModel = {
  draw (random): SimulatedSource {
    const mean = nJyOfMagnitude(17 + 4 * random())
    const phase = random()
    return {
      subtype: 'sine',
      persistent: true,
      peakMjd: null,
      from: -Infinity,
      until: Infinity,
      fluxes: ({ mjd }) => mjd.map(time => mean * (1 + 0.4 * Math.sin(2 * Math.PI * (time / 0.6 + phase)))),
      hostEbv: 0,
      parameters: { mean }
    }
  }
}
