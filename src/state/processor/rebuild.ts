/** Replays the light curves of records whose hidden states belong to another model, with the model in use. */
import { setImmediate as turn } from 'node:timers/promises'
import { CandelaError } from '../../errors.ts'
import { classifierOf } from '../../model/model-key.ts'
import type { Processor, RevisionOutcome } from './processor.ts'
import type { StateStore } from '../store.ts'

/** Objects of one commit. Alerts are processed between two commits, so that long light curves do not delay them. */
const BATCH = 64
/** Most records that one page looks at, so that a page of a store without work does not block the process. */
const LONGEST_SCAN = 10_000

export interface RebuildQuery {
  /** The objects to replay; where absent, all whose hidden states belong to another model. */
  diaObjectIds?: readonly string[] | undefined
  /** Also replay objects whose hidden states belong to the model in use. */
  force?: boolean | undefined
  /** Continue after this object. */
  after?: string | undefined
  /** Most objects to replay. */
  limit: number
}

export interface RebuildFailure {
  diaObjectId: string
  code: string
  message: string
  action: string | null
}

/** lookedAt = revised + unchanged + declined + the number of failed */
export interface RebuildPage {
  /** The model in use. */
  classifierName: string
  classifierVersion: string
  /** Objects in the store. */
  objects: number
  lookedAt: number
  /** A new classification was published. */
  revised: number
  /** The published classification is unchanged. */
  unchanged: number
  /** Objects without a classification, by this model too. */
  declined: number
  failed: RebuildFailure[]
  /** Value of `after` to go on with, or null at the end. */
  next: string | null
}

export interface Rebuild {
  /**
   * Replays the next objects of the walk through the store, or those named. Each record names the model that its
   * hidden states belong to: a walk that was interrupted and begins again skips the records already done.
   * @throws CandelaError `commit-failed`, `shutting-down`: batches before that one are committed
   */
  rebuild (query: RebuildQuery): Promise<RebuildPage>
}

export interface RebuildOptions {
  store: Pick<StateStore, 'objects' | 'reader'>
  /** May be used by several sources at a time. */
  processor: Pick<Processor, 'model' | 'revise'>
  /** Of the model in use, see modelKey. */
  key: string
}

export function createRebuild ({ store, processor, key }: RebuildOptions): Rebuild {
  const { classifierName, classifierVersion } = classifierOf(processor.model)

  /** The objects of a page that are to be replayed, and how many need not be. */
  function select ({ force = false, after, limit }: RebuildQuery): { ids: string[], passed: number, next: string | null } {
    const ids: string[] = []
    let passed = 0
    let last: string | undefined
    for (const { diaObjectId, model } of store.objects.models(after)) {
      if (ids.length === limit || ids.length + passed === LONGEST_SCAN) return { ids, passed, next: last ?? null }
      last = diaObjectId
      if (force || model !== key) ids.push(diaObjectId)
      else passed++
    }
    return { ids, passed, next: null }
  }

  return {
    async rebuild (query) {
      const { diaObjectIds, force = false } = query
      const { ids, passed, next } = diaObjectIds ? { ids: [...new Set(diaObjectIds)], passed: 0, next: null } : select(query)
      const page: RebuildPage = {
        classifierName, classifierVersion, objects: store.reader.statistics().objects, lookedAt: passed, revised: 0, unchanged: passed, declined: 0, failed: [], next
      }
      for (let k = 0; k < ids.length; k += BATCH) {
        const outcomes = await processor.revise(ids.slice(k, k + BATCH).map(diaObjectId => ({ diaObjectId, force })))
        // The object was archived after the walk met it.
        for (const outcome of outcomes) if (diaObjectIds || outcome.outcome !== 'not-found') count(page, outcome)
        await turn()
      }
      return page
    }
  }
}

function count (page: RebuildPage, revised: RevisionOutcome): void {
  page.lookedAt++
  const { outcome, diaObjectId } = revised
  if (outcome === 'failed' || outcome === 'not-found') page.failed.push(failureOf(diaObjectId, outcome === 'failed' ? revised.error : unknown(diaObjectId)))
  else page[outcome]++
}

const failureOf = (diaObjectId: string, { code, message, action }: CandelaError): RebuildFailure => ({ diaObjectId, code, message, action: action ?? null })

const unknown = (diaObjectId: string): CandelaError => new CandelaError('object-not-found', `no object ${diaObjectId} is in this store`, {
  value: diaObjectId, action: 'Check the id; objects that were not seen for long may lie in an archive.'
})
