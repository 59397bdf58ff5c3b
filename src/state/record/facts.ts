/** Which alert's facts stand in a record, whatever the order of arrival: those of the newest one, and of the earliest one what becomes features. */
import type { Alert, HostFacts } from '../../alert/alert.ts'
import { REDSHIFT_KINDS, type AlertContext } from '../../alert/context/context.ts'
import { contextOf, provenanceOf } from '../../alert/context/known-context.ts'
import { isPosition } from '../../alert/points/points.ts'
import { firstContextOf, sameContext, type FirstContext } from '../../light-curve/features/context.ts'
import { keptTime } from '../../light-curve/stored-point.ts'

/** What a record knows of an object beside its light curve. */
export interface ObjectFacts {
  /** [deg, ICRS]; both NaN where no alert has told the position. */
  ra: number
  dec: number
  /** Time of the alert that the position is from, the newest one that has one [d, MJD TAI]; −∞ where there is none. */
  positionMjdTai: number
  /** Of the newest alert. */
  host: HostFacts
  /** Of the newest alert; null where it says nothing. */
  context: AlertContext | null
  /** Time of the alert that host facts and context are from, the newest one [d, MJD TAI]; −∞ before the first. */
  factsMjdTai: number
  /** Of the earliest alert. */
  firstContext: FirstContext
  /**
   * Time of the earliest alert [d, MJD TAI]; ∞ before the first. −∞ in a record of an older Candela, which did not keep
   * it: its first context stays unknown, so that no alert makes its hidden states stale.
   */
  firstMjdTai: number
}

const compare = (a: number | null, b: number | null): number => {
  const [one, other] = [a ?? -Infinity, b ?? -Infinity]
  return one > other ? 1 : one < other ? -1 : 0
}

const known = (coordinate: number): number | null => Number.isNaN(coordinate) ? null : coordinate

/** How much the redshift of a host is worth: more where its kind is known, and with its kind. */
function worthOf ({ host, context }: Pick<ObjectFacts, 'host' | 'context'>): number {
  if (host.redshift === null) return 0
  const kind = provenanceOf(host, context)?.kind
  return kind === undefined ? 1 : 1 + REDSHIFT_KINDS.length - REDSHIFT_KINDS.indexOf(kind)
}

function compareContexts (a: AlertContext | null, b: AlertContext | null): number {
  const [one, other] = [JSON.stringify(a), JSON.stringify(b)]
  if (one === other) return 0
  return compare(Object.keys(a ?? {}).length, Object.keys(b ?? {}).length) || (one > other ? 1 : -1)
}

/**
 * The newest alert goes first. Among alerts of one time, as when several brokers pass one on: the better redshift, the
 * greater values, the context that says more.
 */
const compareHosts = (a: ObjectFacts, b: ObjectFacts): number =>
  compare(a.factsMjdTai, b.factsMjdTai) || compare(worthOf(a), worthOf(b)) || compare(a.host.redshift, b.host.redshift) ||
  compare(a.host.redshiftErr, b.host.redshiftErr) || compare(a.host.mwebv, b.host.mwebv) || compareContexts(a.context, b.context)

/** The newest alert that has a position goes first; among alerts of one time the greater values. */
const comparePlaces = (a: ObjectFacts, b: ObjectFacts): number =>
  compare(a.positionMjdTai, b.positionMjdTai) || compare(known(a.ra), known(b.ra)) || compare(known(a.dec), known(b.dec))

const CONTEXT_FIELDS = ['templateFlux', 'starScore', 'separation', 'realBogus', 'detections'] as const satisfies ReadonlyArray<keyof FirstContext>

const knownFields = (context: FirstContext): number => CONTEXT_FIELDS.filter(field => context[field] !== null).length

/** The earliest alert goes first; among alerts of one time that which says more, then the greater values. */
function compareFirst (a: ObjectFacts, b: ObjectFacts): number {
  const [one, other] = [a.firstContext, b.firstContext]
  const byTime = compare(b.firstMjdTai, a.firstMjdTai)
  if (byTime !== 0 || sameContext(one, other)) return byTime
  return compare(knownFields(one), knownFields(other)) || CONTEXT_FIELDS.reduce((order, field) => order || compare(one[field], other[field]), 0)
}

/** The facts of an alert as a record keeps them. */
export function factsOf ({ midpointMjdTai, ra, dec, host, context: said }: Pick<Alert, 'midpointMjdTai' | 'ra' | 'dec' | 'host' | 'context'>): ObjectFacts {
  const time = keptTime(midpointMjdTai)
  const context = said && contextOf(said)
  if (context?.firstDetectionMjdTai !== undefined) context.firstDetectionMjdTai = keptTime(context.firstDetectionMjdTai)
  return { ra, dec, positionMjdTai: isPosition(ra, dec) ? time : -Infinity, host, context: context ?? null, factsMjdTai: time, firstContext: firstContextOf(context), firstMjdTai: time }
}

/** @returns the facts that stand: `kept` itself where nothing of `coming` does */
export function newestFacts (kept: ObjectFacts, coming: ObjectFacts): ObjectFacts {
  const [newHost, newPlace, newFirst] = [compareHosts(coming, kept) > 0, comparePlaces(coming, kept) > 0, compareFirst(coming, kept) > 0]
  if (!newHost && !newPlace && !newFirst) return kept
  const { host, context, factsMjdTai } = newHost ? coming : kept
  const { ra, dec, positionMjdTai } = newPlace ? coming : kept
  const { firstContext, firstMjdTai } = newFirst ? coming : kept
  return { ra, dec, positionMjdTai, host, context, factsMjdTai, firstContext, firstMjdTai }
}
