/** A star's light curve by phase, in all six bands. */
import { coloursFromGr } from '../stars/stellar-colours.ts'
import { G, I, U, Y, Z } from '../stars/brightness.ts'
import { templateDamaged } from '../template-files.ts'
import { readLclib } from './lclib.ts'
import { USABLE_ZTF_STARS } from './usable-stars.ts'

export interface PhasedCurve {
  /** [d] */
  period: number
  /** Mean magnitude less that in r, in the order of `BANDS` [mag]. */
  colours: Float64Array
  /** [band][k]: magnitude less its mean, at phase k / length [mag]. */
  shapes: Float64Array[]
}

/** Magnitude less its mean at a phase, which may be any number: linear between the nodes, the last joined to the first. */
export function shapeAt (shape: Float64Array, phase: number): number {
  const place = (phase - Math.floor(phase)) * shape.length
  const node = Math.min(shape.length - 1, Math.floor(place))
  const part = place - node
  return shape[node]! * (1 - part) + shape[node + 1 === shape.length ? 0 : node + 1]! * part
}

/** How amplitude goes on from band to band where a band was not seen: u of g, i of r, z of i, y of z. */
export interface AmplitudeRatios { u: number, i: number, z: number, y: number }

/** Medians of the amplitudes of 483 RR Lyrae (Sesar et al. 2010, table 2); y: half of the step before it. */
export const PULSATION: AmplitudeRatios = { u: 0.94, i: 0.79, z: 0.89, y: 0.95 }
/** What is hidden, and the shape of a star, are the same in all bands. */
export const GEOMETRY: AmplitudeRatios = { u: 1, i: 1, z: 1, y: 1 }

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length

/**
 * All six bands of a star that was seen in g, r and perhaps i.
 * @param period [d]
 * @param seen one period at equal steps, the first phase not repeated [mag]
 */
export function phasedCurve (period: number, seen: { g: Float64Array, r: Float64Array, i?: Float64Array | undefined }, ratios: AmplitudeRatios): PhasedCurve {
  const means = { g: meanOf(seen.g), r: meanOf(seen.r), i: seen.i && meanOf(seen.i) }
  const colours = coloursFromGr(means.g - means.r)
  const gr = means.g - means.r
  const [locusU, locusI] = [colours[U]! - colours[G]!, colours[I]!]
  colours[G] = gr
  colours[U] = gr + locusU
  if (means.i !== undefined) {
    for (const band of [I, Z, Y]) colours[band]! += means.i - means.r - locusI
  }
  const scaled = (shape: Float64Array, ratio: number): Float64Array => shape.map(value => value * ratio)
  const g = seen.g.map(magnitude => magnitude - means.g)
  const r = seen.r.map(magnitude => magnitude - means.r)
  const i = seen.i ? seen.i.map(magnitude => magnitude - means.i!) : scaled(r, ratios.i)
  const z = scaled(i, ratios.z)
  const shapes = [scaled(g, ratios.u), g, r, i, z, scaled(z, ratios.y)]
  return { period, colours, shapes }
}

/**
 * Phased curves of variables of ZTF (Malanchev, from ZTF DR3 and VSX; dereddened), of the stars alone that no set of
 * real light curves measures with.
 * @throws CandelaError `templates-missing`, `templates-damaged`
 */
export async function readPhasedCurves (folder: string, name: keyof typeof USABLE_ZTF_STARS, ratios: AmplitudeRatios): Promise<PhasedCurve[]> {
  const { filters, events } = await readLclib(folder, name)
  const usable = new Set<number>(USABLE_ZTF_STARS[name])
  const [g, r, i] = ['g', 'r', 'i'].map(filter => filters.indexOf(filter)) as [number, number, number]
  if (g < 0 || r < 0) throw templateDamaged(name, `its filters are '${filters.join('')}', but g and r are needed`)
  const curves: PhasedCurve[] = []
  for (const { number, parameters: { VSXOID, PERIOD }, times, magnitudes } of events) {
    if (VSXOID === undefined || !(PERIOD! > 0) || Math.abs(times.at(-1)! / PERIOD! - 1) > 0.01 || times[0] !== 0) {
      throw templateDamaged(name, `event ${number} does not give VSXOID, and PERIOD as the time that its lines span from 0`)
    }
    // the last line is phase 1, which is phase 0 again
    const whole = (filter: number): Float64Array => magnitudes[filter]!.slice(0, -1)
    if (usable.has(VSXOID)) curves.push(phasedCurve(PERIOD!, { g: whole(g), r: whole(r), i: i < 0 ? undefined : whole(i) }, ratios))
  }
  if (curves.length === 0) throw templateDamaged(name, 'it holds none of the stars that the simulator may use: src/simulator/phased/usable-stars.ts names them')
  return curves
}
