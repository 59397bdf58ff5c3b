/** Reads of the LMDB state store for HTTP and the live stream. */
import { provenanceOf } from '../../alert/context/known-context.ts'
import { unpackChange } from './candidates/entry.ts'
import { searchCandidates } from './candidates/search.ts'
import type { CandidateList } from './candidates/list.ts'
import { shownPosition, toClassification } from '../record/classification.ts'
import type { LmdbObjects } from './objects.ts'
import type { Counters } from './packed-commit.ts'
import { BLOCK_LENGTH, hostOf, type StatelessRecord } from '../record/record.ts'
import type { CandidatePage, CandidateQuery, CarriedState, Change, Classification, HostView, LightCurveView, ObjectReader, ObjectView, StoreStatistics } from '../views.ts'

/** The counters of the last commit that readers see. */
export type ReadCounters = Pick<Counters, 'sequence' | 'accounting' | 'tally'> & { deadLetters: number }

function hostViewOf (record: StatelessRecord): HostView {
  const { redshift, redshiftErr, mwebv } = hostOf(record)
  const facts = { redshift, redshiftErr, mwebv }
  if (record.givenHost) return { ...facts, givenAt: new Date(record.givenHost.givenAt).toISOString() }
  const { kind, catalogue, separation } = provenanceOf(facts, record.context) ?? {}
  return { ...facts, givenAt: null, ...kind && { kind }, ...catalogue !== undefined && { catalogue }, ...separation !== undefined && { separation } }
}

function viewOf (record: StatelessRecord): ObjectView {
  const { diaObjectId, firstDetectionMjdTai, openPoints, closedPointBlocks, declined, tip, context } = record
  const newest = record.publications.at(-1)
  return {
    diaObjectId,
    ...shownPosition(record),
    host: hostViewOf(record),
    ...context && { context },
    points: closedPointBlocks * BLOCK_LENGTH + openPoints.length,
    firstDetectionMjdTai,
    lastPointMjdTai: openPoints.findLast(({ withdrawn }) => !withdrawn)?.midpointMjdTai ?? null,
    classification: tip && newest ? toClassification(diaObjectId, newest) : null,
    declined
  }
}

export class LmdbReader implements ObjectReader {
  readonly #objects: LmdbObjects
  readonly #candidates: CandidateList
  readonly #counters: () => ReadCounters
  readonly #listeners = new Set<(changes: readonly Change[]) => void>()

  constructor (objects: LmdbObjects, candidates: CandidateList, counters: () => ReadCounters) {
    this.#objects = objects
    this.#candidates = candidates
    this.#counters = counters
  }

  /** Tells the subscribers about a commit. */
  announce (changes: readonly Change[]): void {
    if (changes.length === 0) return
    for (const listener of this.#listeners) listener(changes)
  }

  subscribe (listener: (changes: readonly Change[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  object (diaObjectId: string): Readonly<ObjectView> | undefined {
    return this.#objects.view(diaObjectId, viewOf)
  }

  classifications (diaObjectId: string, asOf = Infinity): Classification[] | undefined {
    const record = this.#objects.stateless(diaObjectId)
    if (record === undefined) return undefined
    return [...this.#objects.closedPublications(diaObjectId, record.closedPublicationBlocks), ...record.publications]
      .filter(({ publishedAt }) => publishedAt <= asOf)
      .map(publication => toClassification(diaObjectId, publication))
  }

  lightCurve (diaObjectId: string, asOf?: number): LightCurveView | undefined {
    const record = this.#objects.stateless(diaObjectId)
    if (record === undefined) return undefined
    const published = asOf === undefined ? this.object(diaObjectId)!.classification : this.classifications(diaObjectId, asOf)!.at(-1)
    return {
      host: hostOf(record),
      context: record.firstContext,
      points: [...this.#objects.closedPoints(diaObjectId, record.closedPointBlocks), ...record.openPoints].filter(({ withdrawn }) => !withdrawn),
      classification: published ?? null
    }
  }

  carried (diaObjectId: string): CarriedState | undefined {
    const record = this.#objects.get(diaObjectId)
    return record && { model: record.model, revision: record.revision, tip: record.tip, declined: record.declined }
  }

  candidates (query: CandidateQuery): CandidatePage {
    return searchCandidates(this.#candidates, this.sequence(), query)
  }

  changedSince (sequence: number, limit: number): Change[] {
    return Array.from(this.#candidates.changes.getRange({ start: sequence + 1, limit }), ({ value }) => unpackChange(value))
  }

  numbering (): string {
    return this.#candidates.numbering
  }

  sequence (): number {
    return this.#counters().sequence
  }

  statistics (): StoreStatistics {
    const { deadLetters, accounting, tally: { republished, archivedObjects, deadLettersDiscarded } } = this.#counters()
    return { objects: this.#objects.count(), archivedObjects: Math.max(0, archivedObjects), republished, deadLetters, deadLettersDiscarded, accounting }
  }
}
