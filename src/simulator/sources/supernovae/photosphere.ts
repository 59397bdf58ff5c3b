/** Supernovae by formula: a photosphere at phases and wavelengths that are dense enough. */
import { blackBodySeries, type Photosphere } from '../../spectra/black-body.ts'
import { templateOf, type Template } from './template-blend.ts'

/** Where the brightness is told [Å]. */
const REFERENCE = 6200
/** From 1150 to 11650 Å. */
const WAVELENGTHS = Float64Array.from({ length: 106 }, (_, k) => 1150 + 100 * k)

/** From `start` to `end`, denser the nearer to `middle`: a step is `finest`, or a twelfth of the distance. */
export function phasesAround (middle: number, start: number, end: number, finest: number): Float64Array {
  const phases = [start]
  for (let phase = start; phase < end;) {
    phase = Math.min(end, phase + Math.max(finest, Math.abs(phase - middle) / 12))
    phases.push(phase)
  }
  return Float64Array.from(phases)
}

/** A template out of a photosphere whose brightness is that at 6200 Å; `lateDecline` [mag d⁻¹] holds after the last phase. */
export const photosphericTemplate = (photosphere: Omit<Photosphere, 'reference'>, lateDecline: number, rise: number): Template =>
  templateOf(blackBodySeries({ ...photosphere, reference: REFERENCE }, WAVELENGTHS), () => lateDecline, { rise })
