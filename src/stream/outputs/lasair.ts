/**
 * Annotations for Lasair, JSON with the arguments of its client's annotate(). Lasair keeps one for each object, topic and
 * classification: the word for the classification never changes, so that a new P(Ia) takes the place of the old one.
 * https://github.com/lsst-uk/lasair-lsst/blob/main/docs/source/core_functions/make_annotator.md
 */
import type { Classification } from '../../state/views.ts'
import { headersOf, keyOf, besideProbability, type Encoder } from './published.ts'

/** Short and constant; the numbers are in classdict. */
const CLASSIFICATION = 'P(Ia)'

/** Lasair's client refuses longer ones. */
const LONGEST_VERSION = 16

export interface LasairSettings {
  /** Name of the annotator that Lasair's team has set up. */
  topic: string
  /** Address of this Candela for people, or of its API: '/v1/objects/ID' is put behind it. */
  url?: string | undefined
}

const errorOf = ({ probabilityIaErr }: Classification): string => probabilityIaErr === undefined ? '' : ` ± ${probabilityIaErr}`

/** The most probable class, where there are classes. */
function mostProbable ({ classProbabilities = {} }: Classification): string {
  const [first] = Object.entries(classProbabilities).sort(([, a], [, b]) => b - a)
  return first ? `, most probably ${first[0]} (${first[1]}),` : ''
}

/** Where in its light curve the object is, of a model that tells it. */
function daysFromPeak ({ phase, phaseLow, phaseHigh }: Classification): string {
  if (phase === undefined) return ''
  const when = phase < 0 ? `${-phase} d before its peak` : `${phase} d past its peak`
  return ` ${when} (phase ${phaseLow} to ${phaseHigh} d),`
}

/** Only for new classifications: anything else tells nothing new of an object. */
export const lasairAnnotation = ({ topic, url }: LasairSettings): Encoder => alert => {
  const { outcome: { outcome, diaObjectId, diaSourceId }, standing } = alert
  if ((outcome !== 'classified' && outcome !== 'revised') || standing === null || diaObjectId === null) return null
  const { probabilityIa, epochs, revision, midpointMjdTai, classifierName, classifierVersion, publishedAt } = standing
  const annotation = {
    objectId: diaObjectId,
    topic,
    classification: CLASSIFICATION,
    version: classifierVersion.slice(0, LONGEST_VERSION),
    explanation: `P(Ia) = ${probabilityIa}${errorOf(standing)}${mostProbable(standing)}${daysFromPeak(standing)} after ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}, by Candela's ${classifierName} ${classifierVersion}`,
    classdict: { probabilityIa, epochs, revision, midpointMjdTai, diaSourceId, classifierName, classifierVersion, publishedAt, ...besideProbability(standing) },
    url: url === undefined ? '' : `${url.replace(/\/+$/, '')}/v1/objects/${diaObjectId}`
  }
  return { key: keyOf(alert), value: Buffer.from(JSON.stringify(annotation)), headers: headersOf('application/json', alert) }
}
