/** Objects that were not classified by a network, but have what lists are made of. */
import { newRecord, publishedProbability, type ObjectRecord } from '../../../../src/state/record/record.ts'
import { NOTHING, type StateStore } from '../../../../src/state/store.ts'
import { candidateOf } from '../../../../src/state/record/classification.ts'

export interface MadeCandidate {
  diaObjectId: string
  ra: number
  dec: number
  probabilityIa: number
  epochs: number
  midpointMjdTai: number
  firstDetectionMjdTai: number
  /** [d] */
  phase?: number | undefined
  /** [ms since 1970, UTC] */
  publishedAt: number
}

/** @param before what is in the store of it */
function recordOf ({ diaObjectId, ra, dec, probabilityIa, epochs, midpointMjdTai, firstDetectionMjdTai, phase, publishedAt }: MadeCandidate, before: ObjectRecord | undefined): ObjectRecord {
  const tip = { steps: Math.max(1, epochs), midpointMjdTai, outputs: new Float32Array(1), accumulator: new Float64Array(1), network: new Float32Array(1) }
  const publication = { publishedAt, probabilityIa: publishedProbability(probabilityIa), epochs, midpointMjdTai, revision: 0, model: 'made/1.0', ...phase !== undefined && { phase: { phase, phaseLow: phase - 1, phaseHigh: phase + 2 } } }
  // Few enough to stay open.
  return { ...newRecord(diaObjectId, 'made/1.0'), ...before, ra, dec, firstDetectionMjdTai, tip, publications: [...before?.publications ?? [], publication].slice(-9) }
}

const noBlock = (): never[] => []
const beside = { pointBlocks: new Map(), publicationBlocks: new Map() }

/** One commit that classifies objects, in their order. */
export async function classify (store: StateStore, made: readonly MadeCandidate[]): Promise<void> {
  const records = made.map(one => recordOf(one, store.objects.get(one.diaObjectId)))
  await store.commit({ ...NOTHING, records: records.map(record => ({ record, ...beside })), classifications: records.map(record => candidateOf(record, noBlock)!) })
}

/** One commit that gives an object another position without a classification. */
export async function move (store: StateStore, diaObjectId: string, { ra, dec }: { ra: number, dec: number }): Promise<void> {
  await store.commit({ ...NOTHING, records: [{ record: { ...store.objects.get(diaObjectId)!, ra, dec }, ...beside }] })
}

/** One commit that takes an object away. */
export async function take (store: StateStore, diaObjectId: string): Promise<void> {
  await store.commit({ ...NOTHING, records: [], archived: [diaObjectId] })
}
