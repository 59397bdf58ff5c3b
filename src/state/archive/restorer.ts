/** Takes archived objects back into the store. */
import { setImmediate } from 'node:timers/promises'
import { CandelaError } from '../../errors.ts'
import type { Archive } from './reader.ts'
import type { ArchivedObject } from './file.ts'
import type { SerializedProcessor } from '../processor/serialized.ts'
import { NOTHING, type RecordWrite, type StateStore } from '../store.ts'
import { keptObject, takenBack } from '../record/incoming-object.ts'

/** Objects of one commit. */
const BATCH = 64

export interface Restoration {
  /** Objects of the archive. */
  objects: number
  /** Objects that came back as they had left. */
  restored: number
  /** Objects that were in the store again, and were merged with the archived ones. */
  merged: number
  /** Objects of which the store had everything. */
  unchanged: number
  /** Objects whose records in the store cannot be read; they stay as they are. */
  failed: Array<{ diaObjectId: string, error: CandelaError }>
}

export interface Restorer {
  /**
   * Takes back all objects of an archive; a second call changes nothing. An object that got new alerts since is merged and
   * its light curve replayed: the result is the same as if it had never been archived.
   * @throws CandelaError `commit-failed`: restore the archive again
   */
  restore (archive: Archive): Promise<Restoration>
}

export function createRestorer ({ store, processor }: { store: StateStore, processor: SerializedProcessor }): Restorer {
  async function restoreBatch (batch: readonly ArchivedObject[], sum: Restoration): Promise<void> {
    const stale: string[] = []
    await processor.inTurn(async () => {
      const records: RecordWrite[] = []
      for (const archived of batch) {
        const { diaObjectId } = archived
        try {
          const back = takenBack(keptObject(store, diaObjectId), archived)
          const { write, known } = back
          if (write) records.push(write)
          if (back.stale) stale.push(diaObjectId)
          if (!write) sum.unchanged++
          else if (known) sum.merged++
          else sum.restored++
        } catch (error) {
          if (!(error instanceof CandelaError)) throw error
          sum.failed.push({ diaObjectId, error })
        }
      }
      if (records.length > 0) await store.commit({ ...NOTHING, records, takenBack: true })
    })
    if (stale.length === 0) return
    for (const outcome of await processor.revise(stale.map(diaObjectId => ({ diaObjectId, force: true })))) {
      if (outcome.outcome === 'failed') sum.failed.push(outcome)
    }
  }

  return {
    async restore ({ objects, read }) {
      const sum: Restoration = { objects, restored: 0, merged: 0, unchanged: 0, failed: [] }
      let batch: ArchivedObject[] = []
      for (const object of read()) {
        batch.push(object)
        if (batch.length < BATCH) continue
        await restoreBatch(batch, sum)
        batch = []
        await setImmediate()
      }
      if (batch.length > 0) await restoreBatch(batch, sum)
      return sum
    }
  }
}
