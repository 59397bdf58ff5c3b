/** A supernova made of spectra: what the classes that are have in common. */
import type { Passband } from '../../passbands/passband.ts'
import { gaussian, logUniform, uniform } from '../../distributions.ts'
import type { Random } from '../../random.ts'
import type { ContinuedCurves } from '../../spectra/continued-curves.ts'
import { colourLever } from '../../spectra/passing.ts'
import type { Circumstances, SimulatedSource } from '../source.ts'

/** Fainter than any survey's visit sees: nothing of an outburst is told from here on [nJy]. */
const FAINTEST = 10
const MAGNITUDE = -0.4 * Math.LN10

/** A change of the flux [mag] in a band at a rest-frame time from phase 0 [d]. */
export type Modulation = (band: number, phase: number) => number

export interface Scatter {
  /** Of a band, all the time [mag]. */
  band: number
  /** Of a band, smooth in time [mag]. */
  time: number
  /** Of the colour that grows from −1 before the peak to 1 after it, as `colourWarp` has it [mag]; 0 where not given. */
  drift?: number
}

/** Draws how an object departs from its spectra. */
export function drawModulation (random: Random, passbands: readonly Passband[], redshift: number, { band: bandSigma, time: timeSigma, drift: driftSigma = 0 }: Scatter): Modulation {
  const drift = gaussian(random, 0, driftSigma)
  const bands = passbands.map(passband => ({
    offset: gaussian(random, 0, bandSigma),
    drift: drift * colourLever(passband.effectiveWavelength / (1 + redshift)),
    waves: [0, 1].map(() => ({ amplitude: gaussian(random, 0, timeSigma), frequency: 2 * Math.PI / logUniform(random, 15, 60), start: uniform(random, 0, 2 * Math.PI) }))
  }))
  return (band, phase) => {
    const { offset, drift, waves } = bands[band]!
    let change = offset + drift * Math.tanh(phase / 30)
    for (const { amplitude, frequency, start } of waves) change += amplitude * Math.sin(frequency * phase + start)
    return change
  }
}

/** Redshift of an object of a class that lies beyond the Milky Way. */
export function redshiftOf ({ redshift }: Circumstances): number {
  if (redshift === null || !(redshift > 0)) throw new RangeError(`a supernova needs a redshift above 0, not ${redshift}`)
  return redshift
}

/** Curves that are added, each with its weight. */
export type Blend = ReadonlyArray<{ curves: ContinuedCurves, weight: number }>

const blendAt = (blend: Blend, band: number, time: number): number => {
  let sum = 0
  for (const { curves, weight } of blend) sum += weight * curves.at(band, time)
  return sum
}

/** Observer's time from phase 0 [d] at which the bands are brightest together; 0 where nothing of the curves is seen. */
function brightestTime (blend: Blend, bands: number): number {
  const brightness = (time: number): number => {
    let sum = 0
    for (let band = 0; band < bands; band++) sum += blendAt(blend, band, time)
    return sum
  }
  let [time, most] = [0, 0]
  const consider = (other: number): void => {
    const flux = brightness(other)
    if (flux > most) [time, most] = [other, flux]
  }
  const { times } = blend[0]!.curves
  times.forEach(consider)
  if (most === 0) return 0
  for (let step = 1; step > 0.05; step /= 2) {
    consider(time - step)
    consider(time + step)
  }
  return time
}

export interface SpectralObject {
  subtype: string
  blend: Blend
  modulation: Modulation
  /** Whether phase 0 is the peak, as by definition for SALT; otherwise the moment when all bands together are brightest. */
  peaksAtZero?: boolean
  hostEbv: number
  parameters: Readonly<Record<string, number>>
}

/** The object at its place. */
export function spectralSource (circumstances: Circumstances, { subtype, blend, modulation, peaksAtZero, hostEbv, parameters }: SpectralObject): SimulatedSource {
  const redshift = redshiftOf(circumstances)
  const { peakMjd, passbands } = circumstances
  const zero = peakMjd - (peaksAtZero ? 0 : brightestTime(blend, passbands.length))
  const from = zero + Math.min(...blend.map(({ curves }) => curves.start))
  const until = zero + Math.max(...blend.map(({ curves, weight }) => curves.end(FAINTEST / Math.max(weight, Number.MIN_VALUE))))
  return {
    subtype,
    persistent: false,
    peakMjd,
    from,
    until,
    hostEbv,
    parameters,
    fluxes: ({ mjd, band }) => mjd.map((time, k) => time <= from || time > until
      ? 0
      : blendAt(blend, band[k]!, time - zero) * Math.exp(MAGNITUDE * modulation(band[k]!, (time - zero) / (1 + redshift))))
  }
}
