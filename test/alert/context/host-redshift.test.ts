import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { HostRedshift } from '../../../src/alert/context/context.ts'
import { bestFirst, bestRedshift, hostFactsOf } from '../../../src/alert/context/host-redshift.ts'
import { anyRedshift } from '../any-context.ts'

const of = (kind: HostRedshift['kind'], redshift: number, more: Partial<HostRedshift> = {}): HostRedshift =>
  ({ redshift, redshiftErr: null, kind, catalogue: 'NED', ...more })

test('a spectroscopic redshift goes before a photometric one, that before one of unknown kind', () => {
  const [spectroscopic, photometric, unspecified] = [of('spectroscopic', 0.1), of('photometric', 0.2, { redshiftErr: 0.01 }), of('unspecified', 0.3, { separation: 0.1 })]
  assert.deepEqual(bestFirst([unspecified, photometric, spectroscopic]), [spectroscopic, photometric, unspecified])
  assert.deepEqual(hostFactsOf([unspecified, photometric], 0.03), { redshift: 0.2, redshiftErr: 0.01, mwebv: 0.03 })
})

test('of one kind the smaller error stands, then the nearer galaxy', () => {
  assert.equal(bestRedshift([of('photometric', 0.1, { redshiftErr: 0.05 }), of('photometric', 0.2, { redshiftErr: 0.02 }), of('photometric', 0.3)])?.redshift, 0.2)
  assert.equal(bestRedshift([of('unspecified', 0.1, { separation: 3 }), of('unspecified', 0.2, { separation: 1 }), of('unspecified', 0.3)])?.redshift, 0.2)
})

test('fillers and redshifts that no supernova in reach has are none; an error of 0 is not known', () => {
  for (const redshift of [-99, -9, -0.01, 0, 4, 12, Number.NaN, Infinity]) assert.deepEqual(hostFactsOf([of('spectroscopic', redshift)]), { redshift: null, redshiftErr: null, mwebv: null })
  assert.deepEqual(hostFactsOf([of('photometric', 0.1, { redshiftErr: 0 })], -1), { redshift: 0.1, redshiftErr: null, mwebv: null })
})

test('a redshift of the TNS is a label: it is listed last, and never the host\'s', () => {
  const label = of('spectroscopic', 0.052, { catalogue: 'TNS' })
  assert.deepEqual(hostFactsOf([label]).redshift, null)
  assert.equal(bestRedshift([label, of('unspecified', 0.3)])?.redshift, 0.3)
  assert.deepEqual(bestFirst([label, of('unspecified', 0.3)]).map(({ redshift }) => redshift), [0.3, 0.052])
})

test('property: the order of the packet plays no part', () => {
  fc.assert(fc.property(fc.array(anyRedshift, { maxLength: 6 }), redshifts => {
    assert.deepEqual(hostFactsOf(redshifts.toReversed()), hostFactsOf(redshifts))
  }))
})
