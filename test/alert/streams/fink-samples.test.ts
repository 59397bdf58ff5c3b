import assert from 'node:assert/strict'
import test from 'node:test'
import { needs } from '../../parts.ts'
import { ARCSECOND, assertExpected, readSample, samplesOf } from './expected.ts'

/** What the samples that give no alert are refused with. */
const REFUSED: Record<string, string> = { 'fink-lsst/legacy-key': 'schema-not-in-key', 'fink-transfer/ai-prediction': 'alert-incomplete' }

for (const stream of ['fink-lsst', 'fink-ztf', 'fink-transfer']) {
  test(`${stream}: every sample has what a right reader finds`, async t => {
    if (!needs(t, 'shared-data')) return
    for (const sample of samplesOf(stream)) {
      await t.test(sample.name, async () => {
        const { alerts, errors } = await readSample(sample)
        assertExpected(sample, alerts, { degrees: ARCSECOND })
        assert.deepEqual(errors.map(({ code }) => code), REFUSED[sample.name] ? [REFUSED[sample.name]] : [])
      })
    }
  })
}
