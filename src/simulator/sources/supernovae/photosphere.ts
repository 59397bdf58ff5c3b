/** Phases at which the parametric light curves of supernovae are told. */
import { blackBodySeries, type Photosphere } from '../../spectra/black-body-series.ts'
import { templateOf, type Template } from './template-blend.ts'

/** From `start` to `end`, denser the nearer to `middle`: a step is `finest`, or a twelfth of the distance. */
export function phasesAround (middle: number, start: number, end: number, finest: number): Float64Array {
  const phases = [start]
  for (let phase = start; phase < end;) {
    phase = Math.min(end, phase + Math.max(finest, Math.abs(phase - middle) / 12))
    phases.push(phase)
  }
  return Float64Array.from(phases)
}

/** A template out of a photosphere; `lateDecline` [mag d⁻¹] holds after the last phase. */
export const photosphericTemplate = (phases: Float64Array, photosphere: Photosphere, lateDecline: number, rise: number): Template =>
  templateOf(blackBodySeries(phases, photosphere), () => lateDecline, { rise })
