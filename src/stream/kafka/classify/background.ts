/**
 * Background work of a partition's task, after it is opened and after the number of partitions has changed: objects that
 * belong to another partition are handed over, objects of another model are replayed.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { PartitionTask } from './task.ts'

/** Objects of one commit; alerts have their turn between two commits. */
const BATCH = 64
/** Most records looked at without yielding. */
const LONGEST_SCAN = 10_000

export interface BackgroundWork {
  handedOver: number
  /** Objects whose light curves have been replayed, with or without a new classification. */
  replayed: number
}

export interface BackgroundOptions {
  /** Of the model in use, see modelKey. */
  key: string
  signal: AbortSignal
}

/**
 * Walks once through all objects. Each record shows its partition and the model of its hidden states, so a walk that was
 * cut off can simply begin again.
 * @throws as PartitionTask.inTurn; the signal's reason
 */
export async function doInBackground (task: PartitionTask, { key, signal }: BackgroundOptions): Promise<BackgroundWork> {
  const work: BackgroundWork = { handedOver: 0, replayed: 0 }
  let after: string | undefined
  for (let more = true; more; await turn()) {
    signal.throwIfAborted()
    const page = nextPage(task, key, after)
    if (page.elsewhere.length > 0) work.handedOver += await task.handOver(page.elsewhere)
    if (page.stale.length > 0) {
      await task.inTurn(processor => processor.revise(page.stale.map(diaObjectId => ({ diaObjectId }))))
      work.replayed += page.stale.length
    }
    after = page.last
    more = page.last !== undefined
  }
  return work
}

interface Page { elsewhere: string[], stale: string[], last: string | undefined }

/** Reads one page without yielding: a cursor of the store must not stay open while alerts are processed. */
function nextPage (task: PartitionTask, key: string, after: string | undefined): Page {
  const page: Page = { elsewhere: [], stale: [], last: undefined }
  let seen = 0
  for (const { diaObjectId, model } of task.store.objects.models(after)) {
    if (task.isElsewhere(diaObjectId)) page.elsewhere.push(diaObjectId)
    else if (model !== key) page.stale.push(diaObjectId)
    if (++seen === LONGEST_SCAN || page.elsewhere.length === BATCH || page.stale.length === BATCH) return { ...page, last: diaObjectId }
  }
  return page
}
