/** Reads of the LMDB state store for HTTP and the live stream. */
import type { Database } from 'lmdb'
import { unpack } from 'msgpackr'
import { toClassification } from './classification.ts'
import type { LmdbObjects } from './lmdb-objects.ts'
import type { Standing } from './packed-commit.ts'
import { BLOCK_LENGTH, hostOf } from './record.ts'
import type { Candidate, CandidatePage, CandidateQuery, Classification, LightCurveView, ObjectReader, ObjectView, StoreStatistics } from './views.ts'

/** Most entries that one page looks at, so that a rare filter cannot hold up the process. */
const LONGEST_SCAN = 20_000

/** What stands since the last commit. */
export type ReadStanding = Pick<Standing, 'sequence' | 'accounting' | 'tally'> & { deadLetters: number }

/** A candidate as the list of changes keeps it. */
export type ListedCandidate = Candidate & {
  /** It came from another store's archive: it stands behind others that were published after it. */
  late?: true
}

function listed (value: Uint8Array): { candidate: Candidate, late: boolean } {
  const { late = false, ...candidate } = unpack(value) as ListedCandidate
  return { candidate, late }
}

export class LmdbReader implements ObjectReader {
  readonly #objects: LmdbObjects
  /** The newest classification of each object, by the number of its change. */
  readonly #changes: Database<Uint8Array, number>
  readonly #standing: () => ReadStanding
  readonly #listeners = new Set<(candidates: readonly Candidate[]) => void>()

  constructor (objects: LmdbObjects, changes: Database<Uint8Array, number>, standing: () => ReadStanding) {
    this.#objects = objects
    this.#changes = changes
    this.#standing = standing
  }

  /** Tells the subscribers about a commit. */
  announce (candidates: readonly Candidate[]): void {
    if (candidates.length === 0) return
    for (const listener of this.#listeners) listener(candidates)
  }

  subscribe (listener: (candidates: readonly Candidate[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  object (diaObjectId: string): ObjectView | undefined {
    const record = this.#objects.get(diaObjectId)
    if (record === undefined) return undefined
    const { ra, dec, firstDetectionMjdTai, openPoints, closedPointBlocks, declined, tip } = record
    const newest = record.publications.at(-1)
    return {
      diaObjectId,
      ra,
      dec,
      host: { ...hostOf(record), givenAt: record.givenHost && new Date(record.givenHost.givenAt).toISOString() },
      points: closedPointBlocks * BLOCK_LENGTH + openPoints.length,
      firstDetectionMjdTai,
      lastPointMjdTai: openPoints.findLast(({ withdrawn }) => !withdrawn)?.midpointMjdTai ?? null,
      classification: tip && newest ? toClassification(diaObjectId, newest) : null,
      declined
    }
  }

  classifications (diaObjectId: string, asOf = Infinity): Classification[] | undefined {
    const record = this.#objects.get(diaObjectId)
    if (record === undefined) return undefined
    return [...this.#objects.closedPublications(diaObjectId, record.closedPublicationBlocks), ...record.publications]
      .filter(({ publishedAt }) => publishedAt <= asOf)
      .map(publication => toClassification(diaObjectId, publication))
  }

  lightCurve (diaObjectId: string, asOf?: number): LightCurveView | undefined {
    const record = this.#objects.get(diaObjectId)
    if (record === undefined) return undefined
    const published = asOf === undefined ? this.object(diaObjectId)!.classification : this.classifications(diaObjectId, asOf)!.at(-1)
    return {
      host: hostOf(record),
      points: [...this.#objects.closedPoints(diaObjectId, record.closedPointBlocks), ...record.openPoints].filter(({ withdrawn }) => !withdrawn),
      classification: published ?? null
    }
  }

  candidates (query: CandidateQuery): CandidatePage {
    const { minProbability = 0, maxProbability = 1, minEpochs = 0, since = -Infinity, before, limit } = query
    const candidates: Candidate[] = []
    let seen = 0
    let last: number | undefined
    const start = before === undefined ? Number.MAX_SAFE_INTEGER : before - 1
    for (const { key, value } of this.#changes.getRange({ start, reverse: true })) {
      if (candidates.length === limit || seen === LONGEST_SCAN) return { candidates, next: last ?? null }
      seen++
      last = key
      const { candidate, late } = listed(value)
      if (Date.parse(candidate.publishedAt) <= since) {
        if (late) continue
        break
      }
      const { probabilityIa, epochs } = candidate
      if (probabilityIa >= minProbability && probabilityIa <= maxProbability && epochs >= minEpochs) candidates.push(candidate)
    }
    return { candidates, next: null }
  }

  changedSince (sequence: number, limit: number): Candidate[] {
    return Array.from(this.#changes.getRange({ start: sequence + 1, limit }), ({ value }) => listed(value).candidate)
  }

  sequence (): number {
    return this.#standing().sequence
  }

  statistics (): StoreStatistics {
    const { deadLetters, accounting, tally: { republished, archivedObjects, deadLettersDiscarded } } = this.#standing()
    return { objects: this.#objects.count(), archivedObjects: Math.max(0, archivedObjects), republished, deadLetters, deadLettersDiscarded, accounting }
  }
}
