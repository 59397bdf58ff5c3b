import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openLmdbReplica } from '../../../src/state/storage/replica/replica.ts'
import { NOTHING } from '../../../src/state/store.ts'
import { keptObject, takenBack } from '../../../src/state/record/incoming-object.ts'
import { alertFor, point, temporaryFolder } from '../../pipeline.ts'
import { openPartitions, type LoggedPartition } from '../../state/changelog-partitions.ts'
import { assertOrders } from '../../state/listed-candidates.ts'

test('an object that comes to another partition, which had alerts of it already, has its rise in a replica as in the store', async t => {
  const [old, home] = await openPartitions(t, 2) as [LoggedPartition, LoggedPartition]
  const alert = (...nights: number[]) => [{ alert: alertFor('moved', nights.map(n => point({ midpointMjdTai: 60000 + n, psfFlux: 600 + 300 * n }))), origin: 'test' }]
  for (const n of [0, 1, 2]) await old.processor.process(alert(n))
  // With the photometry before, as surveys send it: P(Ia) is that of the whole light curve, the history begins here.
  await home.processor.process(alert(0, 1, 2, 4))
  const replica = openLmdbReplica(temporaryFolder(t))
  t.after(() => replica.close())
  let time = 0
  const follow = (): void => {
    for (const [partition, { commits }] of [old, home].entries()) {
      for (const { entries, next } of commits.splice(0)) replica.apply({ partition, next, entries: entries.map(entry => ({ ...entry, time })) })
      time++
    }
  }
  follow()
  assert.equal(replica.reader.candidates({ limit: 9 }).candidates[0]!.rise, null)

  const object = old.store.objects.packed('moved')!
  await old.store.commit({ ...NOTHING, archived: ['moved'] })
  const { write } = takenBack(keptObject(home.store, 'moved'), object)
  await home.store.commit({ ...NOTHING, records: [write!], takenBack: true })
  follow()
  const [stored] = home.store.reader.candidates({ limit: 9 }).candidates
  const [copied] = replica.reader.candidates({ limit: 9 }).candidates
  assert.equal(typeof stored!.rise, 'number')
  assert.equal(copied!.rise, stored!.rise)
  assertOrders(replica.reader)
})
