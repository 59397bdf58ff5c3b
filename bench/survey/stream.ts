/** Objects of a survey's stream as it is expected: simulated ones, each with the number of objects it stands for. */
import type { Band } from '../../src/alert/alert.ts'
import type { FirstContext } from '../../src/light-curve/features/context.ts'
import type { ClassShares, ModelClass } from '../../src/model/classes.ts'
import type { Network } from '../../src/model/engine.ts'
import type { Calibrated } from '../../src/model/probabilities.ts'
import type { Streamed } from '../../src/simulator/attempts.ts'
import type { SkyName } from '../../src/simulator/passbands/surveys.ts'
import { classesOf, simulationSettings } from '../../src/simulator/settings.ts'
import { createSimulation } from '../../src/simulator/simulation.ts'
import { readModels } from '../../src/simulator/sources/models.ts'
import type { SkyClass } from '../../src/simulator/sources/source.ts'
import { probabilitiesAt } from '../../src/training/evaluation/evaluate.ts'
import type { Outcome } from '../../src/training/evaluation/metrics.ts'
import { playObjects, type Told } from '../../src/training/evaluation/playback.ts'
import type { LabelledObject } from '../../src/training/data/labelled-object.ts'

const FOLLOWED_YEARS = 1
const MOST_ATTEMPTS = 60
/** Classes that make most alerts, or most of the mistakes, have more objects than the others. */
const WEIGHT_OF_CLASS: Readonly<Partial<Record<SkyClass, number>>> = { Ia: 4, AGN: 4, II: 2, Ibc: 2, artefact: 2, EB: 2 }

export interface StreamObject {
  class: SkyClass
  object: LabelledObject & { context: FirstContext }
  /** Steps after which the survey sends an alert. */
  alerts: readonly number[]
  /** Objects a year that it stands for. */
  weight: number
}

const known = (value: number): number | null => Number.isFinite(value) ? value : null

function labelled (skyClass: SkyClass, { curve }: Streamed, bands: readonly Band[], positive: ReadonlySet<string>): StreamObject['object'] {
  const { photometry: { mjd, band, flux, fluxErr, realBogus }, host, context, truth, triggerMjd, ra, dec, index } = curve
  const trigger = mjd.indexOf(triggerMjd)
  const redshift = known(host.redshift)
  return {
    snid: `${skyClass} ${index}`,
    points: Array.from(mjd, (midpointMjdTai, k) => ({ midpointMjdTai, band: bands[band[k]!]!, psfFlux: flux[k]!, psfFluxErr: fluxErr[k]! })),
    host: { redshift, redshiftErr: redshift === null ? null : known(host.redshiftErr), mwebv: host.mwebv },
    context: { templateFlux: known(context.templateFlux[band[trigger]!]!), starScore: known(context.starScore), separation: known(context.separation), realBogus: known(realBogus[trigger]!), detections: null },
    ra,
    dec,
    type: skyClass,
    label: skyClass,
    isIa: positive.has(skyClass),
    redshift: truth.redshift,
    peakMjd: truth.peakMjd
  }
}

/**
 * @param folder of templates
 * @param each objects of a class; of those that matter most, some times as many
 */
export async function surveyStream (sky: SkyName, folder: string, seed: number, each: number, classes: readonly ModelClass[]): Promise<StreamObject[]> {
  const settings = simulationSettings.parse({})
  const names = classesOf(settings, sky)
  const { streamed, population, survey: { area, years, passbands } } = await createSimulation({ sky, folder, seed, settings, models: await readModels(folder, names) })
  const bands = passbands.map(({ band }) => band)
  const positive = new Set(classes.filter(({ positive }) => positive).map(({ name }) => name))
  return names.flatMap(skyClass => {
    const wanted = each * (WEIGHT_OF_CLASS[skyClass] ?? 1)
    const found: Streamed[] = []
    let attempts = 0
    for (; found.length < wanted && attempts < MOST_ATTEMPTS * wanted; attempts++) {
      const one = streamed(skyClass, attempts, FOLLOWED_YEARS)
      if (one) found.push(one)
    }
    const { kind, density } = population(skyClass)
    const weight = density * area / attempts / (kind === 'events' ? 1 : Math.min(FOLLOWED_YEARS, years))
    return found.map(one => ({ class: skyClass, object: labelled(skyClass, one, bands, positive), alerts: one.alerts.map(({ at }) => at), weight }))
  })
}

/** An alert of the stream, as a user filters it. */
export interface AlertOutcome extends Outcome {
  class: SkyClass
  detections: number
  /** Place of the object in the stream: its alerts are not independent. */
  place: number
}

/** What a model says at every alert of the stream. */
export function alertOutcomes (stream: readonly StreamObject[], network: Network, calibrated: Calibrated, shares: ClassShares | null, told: Told): AlertOutcome[] {
  const played = playObjects(network, stream.map(({ object }) => object), told)
  return stream.flatMap(({ class: skyClass, object, alerts, weight }, place) => {
    const one = played[place]!
    // Rounded to float32, the only flux above 5 σ can be at 5 σ: then nothing is stepped, and the survey sends no alert.
    if (one.times.length !== object.points.length) return []
    return alerts.map(step => ({
      class: skyClass, place, weight, isIa: object.isIa, detections: one.detections[step]!, probabilityIa: probabilitiesAt(one, step, calibrated, shares)!.probabilityIa
    }))
  })
}
