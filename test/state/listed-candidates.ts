/** That the lists of a store are those of its records, in every order. */
import assert from 'node:assert/strict'
import { candidateOf } from '../../src/state/record/classification.ts'
import type { StateStore } from '../../src/state/store.ts'
import type { Candidate, CandidatePosition, CandidateQuery, FoundCandidate, ObjectReader } from '../../src/state/views.ts'

/** All pages of a list. */
export function everyCandidate (reader: ObjectReader, query: Partial<CandidateQuery> = {}): FoundCandidate[] {
  const all: FoundCandidate[] = []
  for (let after: CandidatePosition | undefined; ;) {
    const { candidates, next } = reader.candidates({ limit: 7, ...query, after })
    all.push(...candidates)
    if (next === null) return all
    after = next
  }
}

const descending = (value: (candidate: Candidate) => number) => (a: Candidate, b: Candidate): number => value(b) - value(a) || b.sequence - a.sequence

/** Each object that is listed is so once in each order, and each classified one is, as its record has it. */
export function assertListed (store: Pick<StateStore, 'objects'> & { reader: ObjectReader }): void {
  const { reader } = store
  const listed = everyCandidate(reader)
  const expected = [...store.objects.ids()].flatMap(id => {
    const record = store.objects.get(id)!
    return record.tip && record.sequence !== null ? [{ ...candidateOf(record, store.objects.publicationBlock)!, sequence: record.sequence }] : []
  })
  assert.deepEqual(listed, expected.sort(descending(({ sequence }) => sequence)))
  assertOrders(reader)
}

/** Each order lists the same. */
export function assertOrders (reader: ObjectReader): void {
  const listed = everyCandidate(reader)
  assert.deepEqual(everyCandidate(reader, { sort: 'probability' }), listed.toSorted(descending(({ probabilityIa }) => probabilityIa)))
  assert.deepEqual(everyCandidate(reader, { sort: 'rise' }), listed.toSorted(descending(({ rise }) => rise ?? -2)))
  const everywhere = everyCandidate(reader, { sort: 'separation', cone: { ra: 10, dec: 20, radius: 180 } })
  // An object of unknown position is in no cone.
  assert.deepEqual(everywhere.map(({ sequence }) => sequence).sort((a, b) => b - a), listed.filter(({ ra }) => ra !== null).map(({ sequence }) => sequence))
  assert.ok(everywhere.every(({ separation }, k) => k === 0 || everywhere[k - 1]!.separation! <= separation!), 'nearest first')
}
