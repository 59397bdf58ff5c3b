/**
 * An object as Babamul's API answers it: the light curve under `data`, with the ids that the stream lacks, and
 * `cross_matches`. Keys without a value are absent. Times and units are the stream's (see babamul.ts); LSST's points have
 * `midpointMjdTai` and visits. https://github.com/boom-astro/boom (src/api/routes/babamul/surveys/)
 */
import { z } from 'zod'
import { CandelaError } from '../../../errors.ts'
import type { Alert } from '../../alert.ts'
import { incomplete, type Alerts, type JsonDialect } from '../../dialect.ts'
import type { Given } from '../../given.ts'
import { hostFactsOf } from '../../context/host-redshift.ts'
import { checked } from '../../json/checked.ts'
import { flag, id, listOf, looseText, number, object, text } from '../../json/fields.ts'
import type { ContextFacts } from '../../context/known-context.ts'
import { isPosition, type SourceFields } from '../../points/points.ts'
import { classesOf, historyOf, isRock, LSST, midpoint, pointsOf, sourceOf, withMatches, ZTF, type Convention } from './babamul.ts'
import { crossMatched, crossMatches } from './cross-matches.ts'
import { lsstContext } from '../lsst-context.ts'
import { isFlagged, LSST_FLAGS } from '../lsst-flags.ts'
import { realBogusOf, ztfContext } from '../ztf-context.ts'
import { BAD_PIXELS } from '../ztf-magnitudes.ts'

const pointFields = { jd: number, psfFlux: number, psfFluxErr: number, band: text }
const lsstFlags = Object.fromEntries(LSST_FLAGS.map(name => [name, flag])) as Record<typeof LSST_FLAGS[number], typeof flag>
const sourceSchema = object({
  ...pointFields,
  ...lsstFlags,
  diaSourceId: id,
  candid: id,
  midpointMjdTai: number,
  visit: number,
  ra: number,
  dec: number,
  reliability: number,
  templateFlux: number,
  extendedness: number,
  isDipole: flag,
  nbad: number,
  rb: number,
  drb: number,
  ndethist: number,
  jdstarthist: number,
  sgscore1: number,
  distpsnr1: number
})
type Source = z.output<typeof sourceSchema>
/** Warnings of ZTF's forced photometry, with commas between several. */
const forcedSchema = object({ ...pointFields, midpointMjdTai: number, visit: number, procstatus: z.unknown().optional() })
const lightCurve = { prv_candidates: listOf(sourceSchema), prv_nondetections: listOf(forcedSchema), fp_hists: listOf(forcedSchema) }
const matchSchema = object({
  objectId: text,
  ra: number,
  dec: number,
  prv_candidates: listOf(object(pointFields)),
  prv_nondetections: listOf(object(pointFields)),
  fp_hists: listOf(object(pointFields))
}).nullish()
const answerSchema = object({
  objectId: text,
  candid: id,
  candidate: sourceSchema,
  ...lightCurve,
  properties: z.object({
    rock: flag,
    star: flag,
    near_brightstar: flag,
    sso: z.object({ is_sso: flag, designation: looseText, separation_arcsec: number }).nullish()
  }).nullish().catch(null),
  cross_matches: crossMatches,
  survey_matches: object({ ztf: matchSchema, lsst: matchSchema }).nullish()
})

const isImpacted = (procstatus: unknown): boolean => String(procstatus ?? '').split(',').includes(BAD_PIXELS)

/** Of ZTF's forced photometry there is no exposure number, so that its detections have none either. */
function pointOf (survey: Convention, source: Source | z.output<typeof forcedSchema>): SourceFields {
  const isLsst = survey === LSST
  const point = { ...sourceOf(survey, source), ...isLsst && { midpointMjdTai: source.midpointMjdTai ?? midpoint(survey, source.jd), visit: source.visit } }
  if (!('diaSourceId' in source)) return { ...point, flagged: 'procstatus' in source && isImpacted(source.procstatus) }
  return {
    ...point,
    diaSourceId: isLsst ? source.diaSourceId : source.candid,
    flagged: isLsst ? isFlagged(source) : source.nbad !== null && source.nbad > 0,
    reliability: isLsst ? source.reliability : realBogusOf(source)?.score ?? null
  }
}

function factsOf (survey: Convention, source: Source): ContextFacts {
  const { reliability, templateFlux, extendedness, isDipole, ndethist, jdstarthist, rb, drb, sgscore1, distpsnr1 } = source
  const first = midpoint(survey, jdstarthist)
  return survey === LSST
    ? lsstContext({ reliability, templateFlux, extendedness, isDipole, nDiaSources: ndethist, firstDiaSourceMjdTai: first })
    : ztfContext({ rb, drb, ndethist, firstDetectionMjdTai: first, sgscore1, distpsnr1 })
}

/** The object alone, or under `data`. */
function bodyOf (document: object): object | undefined {
  const body: unknown = 'data' in document ? document.data : document
  return typeof body === 'object' && body !== null && !Array.isArray(body) && 'objectId' in body && 'candidate' in body && 'prv_candidates' in body ? body : undefined
}

/** @throws CandelaError 'alert-invalid', 'alert-incomplete' */
async function toAlerts (survey: Convention, document: object, given: Given): Promise<Alerts> {
  const name = `Babamul (${survey.survey})`
  const { objectId, candid, candidate, properties, cross_matches: matches, survey_matches: others, ...light } = await checked(answerSchema, bodyOf(document)!)
  const trigger = pointOf(survey, candidate)
  const diaSourceId = candid ?? trigger.diaSourceId
  if (diaSourceId === null) throw incomplete(name, 'candid')
  const { midpointMjdTai } = trigger
  if (midpointMjdTai === null) throw incomplete(name, 'jd in its candidate')
  const { ra, dec } = candidate
  if (!isPosition(ra, dec)) throw incomplete(name, 'ra and dec')
  const crossed = crossMatched(matches)
  const history = historyOf<Source | z.output<typeof forcedSchema>>(light, point => pointOf(survey, point))
  const alert: Alert = {
    diaObjectId: objectId || null,
    diaSourceId: diaSourceId.toString(),
    midpointMjdTai,
    ra: ra!,
    dec: dec!,
    ...pointsOf(survey, history, given, { ...trigger, diaSourceId: diaSourceId.toString() }),
    host: hostFactsOf(crossed.hostRedshifts),
    solarSystem: isRock(properties),
    readAs: survey.readAs
  }
  const facts = factsOf(survey, candidate)
  return withMatches(alert, survey, others, {
    ...facts,
    classes: [...classesOf(properties), ...crossed.classes],
    hostRedshifts: crossed.hostRedshifts,
    nearest: crossed.nearest ?? facts.nearest ?? null
  }, given)
}

const fieldsOf = (document: object): Set<string> => {
  const body = bodyOf(document)
  const candidate: unknown = body && 'candidate' in body ? body.candidate : undefined
  return new Set(typeof candidate === 'object' && candidate !== null ? Object.keys(candidate) : [])
}

/** What the API answers where it has nothing. */
const messageIn = (document: object): string | undefined =>
  'status' in document && 'message' in document && typeof document.message === 'string' && (!('data' in document) || document.data === null) && Object.keys(document).length <= 3 ? document.message : undefined

export const babamulLsstObject: JsonDialect = {
  name: 'babamul-lsst',
  matches: document => fieldsOf(document).has('midpointMjdTai') || messageIn(document) !== undefined,
  async alerts (document, { given }) {
    const message = messageIn(document)
    if (message === undefined) return await toAlerts(LSST, document, given)
    throw new CandelaError('answer-is-error', `the answer of Babamul has no object: ${message.slice(0, 200)}`, {
      value: message.slice(0, 200), action: 'Ask again for an object that Babamul has, with a token that is valid.'
    })
  }
}

export const babamulZtfObject: JsonDialect = {
  name: 'babamul-ztf',
  matches: document => fieldsOf(document).has('fid'),
  alerts: (document, { given }) => toAlerts(ZTF, document, given)
}
