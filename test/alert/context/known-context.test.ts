import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { contextOf, provenanceOf } from '../../../src/alert/context/known-context.ts'
import { anyContext } from '../any-context.ts'

test('what is not known, is a filler or lies out of range says nothing', () => {
  assert.equal(contextOf({}), undefined)
  assert.equal(contextOf({
    realBogus: { score: null, name: 'drb' },
    templateFlux: Number.NaN,
    extendedness: null,
    isDipole: null,
    nearest: { catalogue: 'PS1', starScore: null, separation: -999 },
    classes: [{ catalogue: 'SIMBAD', class: ' ' }],
    detections: 0,
    firstDetectionMjdTai: -1,
    hostRedshifts: [{ redshift: -99, redshiftErr: null, kind: 'spectroscopic', catalogue: 'NED' }],
    matches: []
  }), undefined)
  assert.deepEqual(contextOf({ realBogus: { score: 1.2, name: 'drb' }, detections: 3 }), { detections: 3 })
})

test('texts and lists of a packet are cut, so that one packet cannot make a large record', () => {
  const context = contextOf({
    classes: Array.from({ length: 1000 }, (_, k) => ({ catalogue: `catalogue ${k}`, class: 'x'.repeat(10_000), name: '🌌'.repeat(1000) })),
    matches: Array.from({ length: 1000 }, () => ({ survey: 'ZTF', diaObjectId: 'y'.repeat(10_000) }))
  })!
  assert.equal(context.classes!.length, 16)
  assert.equal(context.classes![0]!.class.length, 64)
  assert.equal(context.matches!.length, 16)
  assert.ok(JSON.stringify(context).length < 8000)
})

test('property: a context that is made again is the same, text for text', () => {
  fc.assert(fc.property(anyContext, context => {
    assert.equal(JSON.stringify(contextOf(context ?? {})), JSON.stringify(context))
  }))
})

test('a host redshift is traced to its catalogue; one that the context does not list, or that is a label, has none', () => {
  const context = contextOf({
    hostRedshifts: [
      { redshift: 0.08, redshiftErr: 0.02, kind: 'photometric', catalogue: 'Legacy Surveys DR10', separation: 2.1 },
      { redshift: 0.052, redshiftErr: null, kind: 'spectroscopic', catalogue: 'TNS' }
    ]
  })
  assert.equal(provenanceOf({ redshift: 0.08, redshiftErr: 0.02, mwebv: null }, context)?.catalogue, 'Legacy Surveys DR10')
  assert.equal(provenanceOf({ redshift: 0.3, redshiftErr: null, mwebv: null }, context), undefined)
  assert.equal(provenanceOf({ redshift: 0.052, redshiftErr: null, mwebv: null }, context), undefined)
  assert.equal(provenanceOf({ redshift: null, redshiftErr: null, mwebv: null }, context), undefined)
})
