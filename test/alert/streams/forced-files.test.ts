/** ZTF's and ATLAS's forced photometry, as their services send it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { needs } from '../../parts.ts'
import { assertExpected, readSample, samplesOf } from './expected.ts'

/** The samples say their times to 1e-6 d. */
const DAYS = 1e-6

test('ZTF forced photometry: what is expected, and what is left out with its reason', async t => {
  if (!needs(t, 'shared-data')) return
  for (const sample of samplesOf('ztf-batchfp')) {
    const { alerts, errors } = await readSample(sample, { object: 'ZTF21abcdefg' })
    assert.deepEqual(errors, [])
    assertExpected(sample, alerts, { days: DAYS })
    assert.deepEqual(alerts.map(({ diaObjectId }) => diaObjectId), ['ZTF21abcdefg'])
    const reasons = alerts[0]!.omitted.map(({ reason }) => reason)
    assert.deepEqual(reasons, sample.name.endsWith('nasty') ? ['flux-missing', 'quality-flags', 'flux-missing', 'quality-flags', 'quality-flags'] : [])
  }
  const [sample] = samplesOf('ztf-batchfp')
  assert.match((await readSample(sample!)).alerts[0]!.diaObjectId!, /^batchfp_req\d+_lc$/)
})

test('ATLAS forced photometry: its bands are named as not used', async t => {
  if (!needs(t, 'shared-data')) return
  for (const sample of samplesOf('atlas-fp')) {
    const { alerts: [alert, ...others], errors } = await readSample(sample)
    assert.deepEqual([others, errors], [[], []])
    const [object] = sample.expected.objects
    assert.deepEqual([alert!.points, alert!.ra, alert!.dec], [[], object!.ra, object!.dec])
    const isLeftOut = sample.name.endsWith('err-flag')
    assert.deepEqual(alert!.omitted.filter(({ reason }) => reason === 'band-unknown').map(({ band }) => band).slice(0, 5), object!.points.map(({ band }) => band).slice(0, 5))
    assert.equal(alert!.omitted.length, object!.points.length + (isLeftOut ? 1 : 0))
  }
})
