/** Takes in an object from an archive or another partition. */
import { mergedObject, NO_MODEL } from './merged-object.ts'
import type { PackedObject, RecordWrite, StateStore } from '../store.ts'
import { unpackObject, wholeWrite, type WholeObject } from './whole-object.ts'

export interface TakenBack {
  /** Null where the store has all of the object already. */
  write: RecordWrite | null
  /** Whether the store knew the object. */
  known: boolean
  /** Its hidden states belong to no model until it is replayed. */
  stale: boolean
}

/**
 * @param kept what the store has of it
 * @throws CandelaError `record-damaged`
 */
export function takenBack (kept: WholeObject | undefined, coming: PackedObject): TakenBack {
  const object = kept ? mergedObject(kept, unpackObject(coming)) : unpackObject(coming)
  return { write: object && wholeWrite(object), known: kept !== undefined, stale: (object ?? kept)?.record.model === NO_MODEL }
}

/** @throws CandelaError `record-damaged` */
export function keptObject (store: Pick<StateStore, 'objects'>, diaObjectId: string): WholeObject | undefined {
  const packed = store.objects.packed(diaObjectId)
  return packed && unpackObject(packed)
}
