/** From what a packet says of an object to its context: fillers and damage are dropped, texts and lists are bounded. */
import { isTime, type HostFacts } from '../alert.ts'
import { SCORE_NAMES, type AlertContext, type CatalogueClass, type HostRedshift, type NearestSource, type ScoreName } from './context.ts'
import { bestFirst, isLabel } from './host-redshift.ts'

/** Letters of a name that are kept. */
const LONGEST_TEXT = 64
/** Classes, redshifts and matches that are kept of each. */
const MOST_ENTRIES = 16

/** The same facts as dialects find them; null, NaN and values out of range say nothing. */
export type ContextFacts = { readonly [Fact in Exclude<keyof AlertContext, 'realBogus'>]?: AlertContext[Fact] | null } & {
  readonly realBogus?: { score: number | null, name: ScoreName } | null
}

type Maybe<Value> = Value | null | undefined

const finite = (value: Maybe<number>): value is number => typeof value === 'number' && Number.isFinite(value)
/** −0 is 0: what is equal has equal bytes. */
const plain = (value: number): number => value + 0
const share = (value: Maybe<number>): value is number => finite(value) && value >= 0 && value <= 1
const count = (value: Maybe<number>): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value > 0
/** By way of UTF-8, in which texts lie at rest: half of a pair, as a cut can leave it, comes back as another letter. */
const short = (text: string): string => Buffer.from(text.slice(0, LONGEST_TEXT)).toString()
const said = (text: Maybe<string>): text is string => typeof text === 'string' && text.trim() !== ''

function nearestOf (nearest: Maybe<NearestSource>): NearestSource | undefined {
  if (!nearest) return undefined
  const { catalogue, starScore, separation } = nearest
  const kept = { catalogue: short(catalogue), starScore: share(starScore) ? plain(starScore) : null, separation: finite(separation) && separation >= 0 ? plain(separation) : null }
  return said(catalogue) && (kept.starScore !== null || kept.separation !== null) ? kept : undefined
}

const classesOf = (classes: readonly CatalogueClass[]): CatalogueClass[] =>
  classes.filter(one => said(one.catalogue) && said(one.class)).slice(0, MOST_ENTRIES)
    .map(({ catalogue, class: name, name: there }) => ({ catalogue: short(catalogue), class: short(name), ...said(there) && { name: short(there) } }))

const redshiftsOf = (redshifts: readonly HostRedshift[]): HostRedshift[] =>
  bestFirst(redshifts).slice(0, MOST_ENTRIES).map(redshift => ({ ...redshift, catalogue: short(redshift.catalogue) }))

const matchesOf = (matches: ReadonlyArray<{ survey: string, diaObjectId: string }>): Array<{ survey: string, diaObjectId: string }> =>
  matches.filter(({ survey, diaObjectId }) => said(survey) && said(diaObjectId)).slice(0, MOST_ENTRIES)
    .map(({ survey, diaObjectId }) => ({ survey: short(survey), diaObjectId: short(diaObjectId) }))

const listed = <Entry>(entries: Entry[]): Entry[] | undefined => entries.length > 0 ? entries : undefined

/**
 * The fields are always in the same order, and what is done twice is as if done once: equal contexts have equal texts.
 * @returns undefined where nothing is known
 */
export function contextOf (facts: ContextFacts): AlertContext | undefined {
  const { realBogus, templateFlux, extendedness, isDipole, detections, firstDetectionMjdTai } = facts
  const context: AlertContext = {}
  if (realBogus && share(realBogus.score) && SCORE_NAMES.includes(realBogus.name)) context.realBogus = { score: plain(realBogus.score), name: realBogus.name }
  if (finite(templateFlux)) context.templateFlux = plain(templateFlux)
  if (finite(extendedness)) context.extendedness = plain(extendedness)
  if (typeof isDipole === 'boolean') context.isDipole = isDipole
  const nearest = nearestOf(facts.nearest)
  if (nearest) context.nearest = nearest
  const classes = listed(classesOf(facts.classes ?? []))
  if (classes) context.classes = classes
  if (count(detections)) context.detections = detections
  if (finite(firstDetectionMjdTai) && isTime(firstDetectionMjdTai)) context.firstDetectionMjdTai = firstDetectionMjdTai
  const hostRedshifts = listed(redshiftsOf(facts.hostRedshifts ?? []))
  if (hostRedshifts) context.hostRedshifts = hostRedshifts
  const matches = listed(matchesOf(facts.matches ?? []))
  if (matches) context.matches = matches
  return Object.keys(context).length > 0 ? context : undefined
}

/** @returns where the redshift of a host comes from, among those that its context lists; undefined where that is not known */
export const provenanceOf = ({ redshift, redshiftErr }: HostFacts, context: AlertContext | null | undefined): HostRedshift | undefined =>
  redshift === null ? undefined : context?.hostRedshifts?.find(one => one.redshift === redshift && one.redshiftErr === redshiftErr && !isLabel(one))
