import assert from 'node:assert/strict'
import test from 'node:test'
import { alertFor, openPipeline, point } from '../../pipeline.ts'

test('the view of an object is the same one until its record changes, by a classification or without one', async t => {
  const { store: { reader }, processor } = await openPipeline(t)
  const give = async (id: string, given: Parameters<typeof point>[0]): Promise<void> => {
    await processor.process([{ alert: alertFor(id, [point(given)]), origin: 'test' }])
  }
  assert.equal(reader.object('a'), undefined)
  await give('a', {})
  const first = reader.object('a')!
  assert.deepEqual([first.points, first.classification!.epochs], [1, 1])
  await give('b', {})
  assert.equal(reader.object('a'), first)
  await give('a', { midpointMjdTai: 60001, band: 'y' })
  const declined = reader.object('a')!
  assert.deepEqual([declined.points, declined.classification], [2, first.classification])
  await give('a', { midpointMjdTai: 60002 })
  assert.deepEqual([reader.object('a')!.points, reader.object('a')!.classification!.epochs], [3, 2])
  await processor.revise([{ diaObjectId: 'a', host: { redshift: 0.2, redshiftErr: null } }])
  assert.equal(reader.object('a')!.host.redshift, 0.2)
  assert.equal(first.points, 1)
})
