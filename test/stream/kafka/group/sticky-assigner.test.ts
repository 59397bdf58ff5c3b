import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { assignSticky } from '../../../../src/stream/kafka/group/sticky-assigner.ts'

const assigned = (partitions: number, members: Record<string, number[]>): Record<string, number[]> =>
  Object.fromEntries(assignSticky([...Array(partitions).keys()], Object.entries(members).map(([id, kept]) => ({ id, kept }))))

test('partitions stay where they are kept, as far as all have as many', () => {
  assert.deepEqual(assigned(4, { a: [] }), { a: [0, 1, 2, 3] })
  assert.deepEqual(assigned(4, { a: [2, 0, 1, 3], b: [] }), { a: [2, 0], b: [1, 3] })
  assert.deepEqual(assigned(4, { a: [2, 0, 1, 3], b: [1, 3] }), { a: [2, 0], b: [1, 3] })
  assert.deepEqual(assigned(5, { a: [4, 3], b: [0, 1, 2] }), { a: [4, 3], b: [0, 1, 2] })
  assert.deepEqual(assigned(2, { a: [0], b: [], c: [1] }), { a: [0], b: [], c: [1] })
  assert.deepEqual(assigned(3, { a: [7, 1], b: [1] }), { a: [1, 2], b: [0] }, 'partitions that are no more, and one that two have')
})

test('property: every partition has one member, sizes differ by one at most, and an assignment that is even stands', () => {
  const members = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.uniqueArray(fc.nat(15), { maxLength: 10 }), { minKeys: 1, maxKeys: 6, noNullPrototype: true })
  fc.assert(fc.property(fc.integer({ min: 1, max: 12 }), members, (partitions, members) => {
    const first = assigned(partitions, members)
    const sizes = Object.values(first).map(({ length }) => length)
    assert.deepEqual(Object.values(first).flat().sort((a, b) => a - b), [...Array(partitions).keys()])
    assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1)
    const again = assigned(partitions, first)
    for (const id of Object.keys(first)) assert.deepEqual(again[id]!.toSorted(), first[id]!.toSorted())
  }))
})
