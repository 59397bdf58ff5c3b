/** Reads of the LMDB state store for HTTP and the live stream. */
import { unpack } from 'msgpackr'
import { unpackPublications, unpackRecord, BLOCK_LENGTH, type Publication } from './record.ts'
import type { Tables } from './lmdb-store.ts'
import type { Accounting, Candidate, CandidatePage, CandidateQuery, Classification, ObjectReader, ObjectView, StoreStatistics } from './views.ts'

/** Most entries that one page looks at, so that a rare filter cannot hold up the process. */
const LONGEST_SCAN = 20_000

/** What stands since the last commit. */
export interface Standing {
  sequence: number
  accounting: Accounting
  deadLetters: number
}

export class LmdbReader implements ObjectReader {
  readonly #tables: Tables
  readonly #standing: () => Standing
  readonly #listeners = new Set<(candidates: readonly Candidate[]) => void>()

  constructor (tables: Tables, standing: () => Standing) {
    this.#tables = tables
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
    const bytes = this.#tables.objects.get(diaObjectId)
    if (bytes === undefined) return undefined
    const record = unpackRecord(diaObjectId, bytes)
    const { ra, dec, host, firstDetectionMjdTai, openPoints, closedPointBlocks, declined, tip } = record
    const newest = record.publications.at(-1)
    return {
      diaObjectId,
      ra,
      dec,
      host,
      points: closedPointBlocks * BLOCK_LENGTH + openPoints.length,
      firstDetectionMjdTai,
      lastPointMjdTai: openPoints.findLast(({ withdrawn }) => !withdrawn)?.midpointMjdTai ?? null,
      classification: tip && newest ? toClassification(diaObjectId, newest) : null,
      declined
    }
  }

  classifications (diaObjectId: string, asOf = Infinity): Classification[] | undefined {
    const bytes = this.#tables.objects.get(diaObjectId)
    if (bytes === undefined) return undefined
    const record = unpackRecord(diaObjectId, bytes)
    const closed = Array.from({ length: record.closedPublicationBlocks }, (_, block) => {
      const packed = this.#tables.blocks.get([diaObjectId, 'publications', block])
      return packed === undefined ? [] : unpackPublications(packed)
    }).flat()
    return [...closed, ...record.publications]
      .filter(({ publishedAt }) => publishedAt <= asOf)
      .map(publication => toClassification(diaObjectId, publication))
  }

  candidates (query: CandidateQuery): CandidatePage {
    const { minProbability = 0, maxProbability = 1, minEpochs = 0, since = -Infinity, before, limit } = query
    const candidates: Candidate[] = []
    let seen = 0
    let last: number | undefined
    const start = before === undefined ? Number.MAX_SAFE_INTEGER : before - 1
    for (const { key, value } of this.#tables.changes.getRange({ start, reverse: true })) {
      if (candidates.length === limit || seen === LONGEST_SCAN) return { candidates, next: last ?? null }
      seen++
      last = key
      const candidate = unpack(value) as Candidate
      if (Date.parse(candidate.publishedAt) <= since) break
      const { probabilityIa, epochs } = candidate
      if (probabilityIa >= minProbability && probabilityIa <= maxProbability && epochs >= minEpochs) candidates.push(candidate)
    }
    return { candidates, next: null }
  }

  changedSince (sequence: number, limit: number): Candidate[] {
    return Array.from(this.#tables.changes.getRange({ start: sequence + 1, limit }), ({ value }) => unpack(value) as Candidate)
  }

  sequence (): number {
    return this.#standing().sequence
  }

  statistics (): StoreStatistics {
    const { entryCount } = this.#tables.objects.getStats() as { entryCount: number }
    const { deadLetters, accounting } = this.#standing()
    return { objects: entryCount, deadLetters, accounting }
  }
}

function toClassification (diaObjectId: string, publication: Publication): Classification {
  const [classifierName = '', classifierVersion = ''] = publication.model.split('/')
  return {
    diaObjectId,
    probabilityIa: publication.probabilityIa,
    epochs: publication.epochs,
    midpointMjdTai: publication.midpointMjdTai,
    revision: publication.revision,
    classifierName,
    classifierVersion,
    publishedAt: new Date(publication.publishedAt).toISOString()
  }
}
