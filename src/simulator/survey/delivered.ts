/** What comes with an object's light curve: where it is, what lies beside it, what is known of its host, and the truth. */
import { uniform } from '../distributions.ts'
import type { SimulatedLightCurve } from '../light-curves/light-curve.ts'
import type { Random } from '../random.ts'
import type { Exposed, Scene } from './exposure.ts'
import { observedRedshift } from './observer-redshift.ts'
import type { Practice } from './practice.ts'
import { surroundings } from './surroundings.ts'

/** Objects lie beside the middle of their field [deg]. */
const FIELD_SIZE = 0.9

/** All of a light curve beside its number and its points. */
export function delivered (random: Random, practice: Practice, { skyClass, source, redshift, pointing }: Exposed, scene: Scene): Omit<SimulatedLightCurve, 'index' | 'triggerMjd' | 'photometry'> {
  const { context, isCatalogued } = surroundings(random, practice, scene.catalogued, scene.templateFlux, pointing.depth)
  const host = observedRedshift(random, practice, redshift, scene.catalogued.magnitude, isCatalogued, source.persistent)
  const dec = Math.max(-90, Math.min(90, pointing.dec + uniform(random, -FIELD_SIZE, FIELD_SIZE)))
  return {
    ra: (pointing.ra + uniform(random, -FIELD_SIZE, FIELD_SIZE) / Math.max(0.05, Math.cos(dec * Math.PI / 180)) + 360) % 360,
    dec,
    field: pointing.field,
    context,
    host: { ...host, mwebv: Math.max(0, scene.mwebv * uniform(random, 0.9, 1.1)) },
    truth: { class: skyClass, subtype: source.subtype, redshift, peakMjd: source.peakMjd, mwebv: scene.mwebv, hostEbv: source.hostEbv, parameters: source.parameters }
  }
}
