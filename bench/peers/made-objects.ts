/** Objects that were never observed, for stores of many: all over the sky, at any P(Ia). */
import { randomFrom } from '../../src/simulator/random.ts'
import { candidateOf } from '../../src/state/record/classification.ts'
import { newRecord, publishedProbability, type ObjectRecord } from '../../src/state/record/record.ts'
import { NOTHING, type StateStore } from '../../src/state/store.ts'

/** As a hidden state of width 64 is: it decides how many objects lie on a page of LMDB. */
const STATE_BYTES = 1500

function recordOf (number: number, random: () => number): ObjectRecord {
  const midpointMjdTai = 61_000 + 100 * random()
  const steps = 1 + Math.floor(60 * random())
  const publication = (time: number) => ({ publishedAt: 1.8e12 + number, probabilityIa: publishedProbability(random()), epochs: steps, midpointMjdTai: time, revision: 0, model: 'made/1.0' })
  return {
    ...newRecord(String(313_000_000_000_000_000n + BigInt(number)), 'made/1.0'),
    ra: 360 * random(),
    dec: Math.asin(2 * random() - 1) * 180 / Math.PI,
    firstDetectionMjdTai: midpointMjdTai - 30,
    tip: { steps, midpointMjdTai, outputs: new Float32Array(1), accumulator: new Float64Array(8), network: new Float32Array(STATE_BYTES / 4) },
    publications: [publication(midpointMjdTai - 3), publication(midpointMjdTai)]
  }
}

/** @param together objects of one commit */
export async function fill (store: StateStore, objects: number, together: number): Promise<void> {
  const random = randomFrom(7, 1)
  for (let first = 0; first < objects; first += together) {
    const records = Array.from({ length: Math.min(together, objects - first) }, (_, k) => recordOf(first + k, random))
    await store.commit({
      ...NOTHING,
      records: records.map(record => ({ record, pointBlocks: new Map(), publicationBlocks: new Map() })),
      classifications: records.map(record => candidateOf(record, () => [])!)
    })
  }
}
