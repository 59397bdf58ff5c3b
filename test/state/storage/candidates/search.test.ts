import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import fc from 'fast-check'
import { placeOf, separationOf } from '../../../../src/state/sky.ts'
import { openLmdbStore } from '../../../../src/state/storage/store.ts'
import type { StateStore } from '../../../../src/state/store.ts'
import { CANDIDATE_SORTS, type Candidate, type CandidatePosition, type CandidateQuery, type FoundCandidate } from '../../../../src/state/views.ts'
import { generator, temporaryFolder } from '../../../pipeline.ts'
import { everyCandidate } from '../../listed-candidates.ts'
import { classify, move, take, type MadeCandidate } from './made-candidates.ts'
import { anyCentre, near } from './places.ts'

function openStore (t: TestContext): StateStore {
  const store = openLmdbStore(temporaryFolder(t))
  t.after(() => store.close())
  return store
}

const T0 = Date.parse('2026-05-01T00:00:00Z')

const made = (random: () => number, diaObjectId: string, place: { ra: number, dec: number }, publishedAt: number): MadeCandidate => ({
  diaObjectId,
  ...place,
  // Coarse, so that many are equal.
  probabilityIa: Math.round(20 * random()) / 20,
  epochs: Math.floor(30 * random()),
  midpointMjdTai: 60000 + Math.floor(40 * random()) / 4,
  firstDetectionMjdTai: 59990 + Math.floor(10 * random()),
  phase: random() < 0.3 ? undefined : Math.floor(40 * random()) - 20,
  publishedAt
})

/** Mostly none, so that most lists have something in them. */
const anyNumber = (min: number, max: number): fc.Arbitrary<number | undefined> => fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 20 }).map(k => min + (max - min) * k / 20) })
const anyFilter = fc.record({
  minProbability: anyNumber(0, 1),
  maxProbability: anyNumber(0, 1),
  minEpochs: anyNumber(0, 20),
  maxEpochs: anyNumber(10, 30),
  minRise: anyNumber(-1, 1),
  minPhase: anyNumber(-20, 20),
  maxPhase: anyNumber(-20, 20),
  since: anyNumber(T0, T0 + 1000),
  minMidpointMjdTai: anyNumber(60000, 60010),
  maxMidpointMjdTai: anyNumber(60000, 60010),
  minFirstDetectionMjdTai: anyNumber(59990, 60000),
  maxFirstDetectionMjdTai: anyNumber(59990, 60000)
})
const anyRadius = fc.oneof(fc.double({ min: -5, max: 2.25, noNaN: true }).map(power => Math.min(180, 10 ** power)), fc.constantFrom(0, 180, 90))

/** Of an object whose position no alert has told: no cone finds it. */
const UNKNOWN = { ra: Number.NaN, dec: Number.NaN }

const value = { recency: ({ sequence }: Candidate) => sequence, probability: ({ probabilityIa }: Candidate) => probabilityIa, rise: ({ rise }: Candidate) => rise ?? -2, separation: ({ separation }: FoundCandidate) => -separation! }

/** What a list is by its definition, from all that are listed. */
function expected (all: readonly Candidate[], { cone, sort = 'recency', ...filter }: Partial<CandidateQuery>): FoundCandidate[] {
  const least = (one: number | null, bound: number | undefined): boolean => bound === undefined || (one !== null && one >= bound)
  const most = (one: number | null, bound: number | undefined): boolean => bound === undefined || (one !== null && one <= bound)
  return all.map((one): FoundCandidate => {
    const place = placeOf(one)
    return cone ? { ...one, separation: place ? separationOf(cone, place) : Infinity } : one
  }).filter(one =>
    least(one.probabilityIa, filter.minProbability) && most(one.probabilityIa, filter.maxProbability) && least(one.epochs, filter.minEpochs) && most(one.epochs, filter.maxEpochs) &&
    least(one.rise, filter.minRise) && least(one.phase ?? null, filter.minPhase) && most(one.phase ?? null, filter.maxPhase) && least(one.midpointMjdTai, filter.minMidpointMjdTai) && most(one.midpointMjdTai, filter.maxMidpointMjdTai) &&
    least(one.firstDetectionMjdTai, filter.minFirstDetectionMjdTai) && most(one.firstDetectionMjdTai, filter.maxFirstDetectionMjdTai) &&
    (filter.since === undefined || Date.parse(one.publishedAt) > filter.since) && (cone === undefined || one.separation! <= cone.radius)
  ).sort((a, b) => value[sort](b) - value[sort](a) || b.sequence - a.sequence)
}

test('property: every list is what its filters, its cone and its order say, whatever the length of its pages', async t => {
  let listedInAll = 0
  await fc.assert(fc.asyncProperty(anyCentre, anyRadius, fc.array(fc.tuple(anyFilter, fc.constantFrom(...CANDIDATE_SORTS), fc.boolean(), fc.integer({ min: 1, max: 40 })), { minLength: 12, maxLength: 12 }), fc.integer({ min: 1, max: 2 ** 30 }), async (centre, radius, queries, seed) => {
    const random = generator(seed)
    const store = openLmdbStore(temporaryFolder(t))
    try {
      const places = [centre, centre, ...near(centre, Math.max(radius, 1e-6), 60, seed), ...near(centre, 180, 40, seed + 1), UNKNOWN, UNKNOWN, UNKNOWN]
      // Twice, so that there are rises.
      for (const round of [0, 1]) {
        for (let first = 0; first < places.length; first += 25) {
          await classify(store, places.slice(first, first + 25).map((place, k) => made(random, `object-${first + k}`, place, T0 + 500 * round + first)).filter(() => round === 0 || random() < 0.7))
        }
      }
      await move(store, 'object-3', near(centre, radius, 1, seed + 2)[0]!)
      // One position becomes known, another one is lost.
      await move(store, `object-${places.length - 1}`, centre)
      await move(store, 'object-4', UNKNOWN)
      const all = everyCandidate(store.reader, { limit: 1000 })
      assert.equal(all.length, places.length)
      for (const [filter, sort, inCone, limit] of queries) {
        const query: Partial<CandidateQuery> = { ...filter, sort, limit, cone: inCone || sort === 'separation' ? { ...centre, radius } : undefined }
        const wanted = expected(all, query)
        listedInAll += wanted.length
        assert.deepEqual(everyCandidate(store.reader, query), wanted, JSON.stringify(query))
      }
    } finally {
      await store.close()
    }
  }), { numRuns: 12 })
  assert.ok(listedInAll > 500, `${listedInAll} candidates in all lists`)
})

test('property: pages stay stable while objects change, move, come and go', async t => {
  const centre = { ra: 359.999, dec: 89.5 }
  const anyChange = fc.record({ what: fc.constantFrom('classify', 'classify', 'move', 'take', 'new'), object: fc.nat({ max: 39 }), seed: fc.integer({ min: 1, max: 1e6 }) })
  await fc.assert(fc.asyncProperty(fc.constantFrom(...CANDIDATE_SORTS), fc.integer({ min: 1, max: 9 }), fc.array(fc.array(anyChange, { maxLength: 4 }), { minLength: 1, maxLength: 12 }), async (sort, limit, changes) => {
    const store = openLmdbStore(temporaryFolder(t))
    try {
      const random = generator(7)
      const places = near(centre, 5, 40, 3)
      for (const round of [0, 1]) await classify(store, places.map((place, k) => made(random, `object-${k}`, place, T0 + round)))
      const before = everyCandidate(store.reader).map(({ diaObjectId }) => diaObjectId)
      const changed = new Set<string>()
      const seen: string[] = []
      const next = [...changes]
      for (let after: CandidatePosition | null | undefined; after !== null;) {
        const page = store.reader.candidates({ sort, limit, after, cone: { ...centre, radius: 20 } })
        seen.push(...page.candidates.map(({ diaObjectId }) => diaObjectId))
        after = page.next
        for (const { what, object, seed } of next.shift() ?? []) {
          const diaObjectId = what === 'new' ? `new-${seed}` : `object-${object}`
          const [place] = near(centre, 5, 1, seed) as [{ ra: number, dec: number }]
          if (what === 'new' || (what === 'classify' && store.objects.get(diaObjectId))) await classify(store, [made(generator(seed), diaObjectId, place, T0 + 10)])
          else if (what === 'move' && store.objects.get(diaObjectId)) await move(store, diaObjectId, place)
          else if (what === 'take') await take(store, diaObjectId)
          changed.add(diaObjectId)
        }
      }
      assert.equal(new Set(seen).size, seen.length, 'none twice')
      assert.deepEqual(before.filter(id => !changed.has(id) && !seen.includes(id)), [], 'none that stayed is missed')
      assert.deepEqual(seen.filter(id => id.startsWith('new')), [], 'none that came later')
    } finally {
      await store.close()
    }
  }), { numRuns: 25 })
})

test('a cone of more objects than are sorted in memory, and pages of a rare filter', async t => {
  const store = openStore(t)
  const random = generator(3)
  const places = near({ ra: 0.5, dec: -30 }, 1, 12_000, 5)
  for (let first = 0; first < places.length; first += 5000) {
    await classify(store, places.slice(first, first + 5000).map((place, k) => made(random, `object-${first + k}`, place, T0 + first)))
  }
  const all = everyCandidate(store.reader, { limit: 1000 })
  const cone = { ra: 0.5, dec: -30, radius: 0.9 }
  for (const sort of CANDIDATE_SORTS) {
    const query: Partial<CandidateQuery> = { cone, sort, limit: 900 }
    const ids = (candidates: readonly Candidate[]): string[] => candidates.map(({ diaObjectId }) => diaObjectId)
    assert.deepEqual(ids(everyCandidate(store.reader, query)), ids(expected(all, query)), sort)
    // One object, which the first page need not have met.
    const rare: Partial<CandidateQuery> = { ...query, minEpochs: 29, maxEpochs: 29, minProbability: 0.5, maxProbability: 0.5, minMidpointMjdTai: 60005, maxMidpointMjdTai: 60005 }
    assert.deepEqual(ids(everyCandidate(store.reader, rare)), ids(expected(all, rare)), `${sort}, rare`)
  }
  const cover = store.reader.candidates({ sort: 'separation', cone: { ...cone, radius: 180 }, limit: 3 })
  assert.deepEqual(cover.candidates.map(({ separation }) => separation), expected(all, { sort: 'separation', cone: { ...cone, radius: 180 } }).slice(0, 3).map(({ separation }) => separation))
})
