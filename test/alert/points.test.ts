import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PointList, type SourceFields } from '../../src/alert/points/points.ts'

const source = (given: Partial<SourceFields>): SourceFields =>
  ({ diaSourceId: 1n, midpointMjdTai: 60000, band: 'r', psfFlux: 900, psfFluxErr: 30, visit: 7, timeProcessedMjdTai: 60001, timeWithdrawnMjdTai: null, ...given })

test('a withdrawal counts though its flux was blanked; without a flux any other source is left out with its reason', () => {
  const list = new PointList()
  list.add(source({ timeWithdrawnMjdTai: 60002, psfFlux: null, psfFluxErr: null }), 'detection')
  list.add(source({ timeWithdrawnMjdTai: 60002, psfFlux: Number.NaN }), 'forced')
  list.add(source({ timeWithdrawnMjdTai: 60002 }), 'detection')
  list.add(source({ timeWithdrawnMjdTai: Number.NaN, psfFlux: null }), 'detection')
  list.add(source({ psfFluxErr: 0 }), 'detection')
  assert.deepEqual(list.points.map(({ kind, withdrawn, visit, psfFlux }) => [kind, withdrawn, visit, psfFlux]),
    [['detection', true, 7, 0], ['forced', true, 7, 0], ['detection', true, 7, 900]])
  assert.deepEqual(list.omitted.map(({ reason }) => reason), ['flux-missing', 'flux-error-not-positive'])
})
