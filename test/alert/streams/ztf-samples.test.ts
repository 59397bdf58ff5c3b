import assert from 'node:assert/strict'
import test from 'node:test'
import { needs } from '../../parts.ts'
import { assertExpected, readSample, samplesOf } from './expected.ts'

for (const stream of ['ztf-kafka', 'ztf-archive']) {
  test(`${stream}: every sample has what a right reader finds`, async t => {
    if (!needs(t, 'shared-data')) return
    for (const sample of samplesOf(stream)) {
      await t.test(sample.name, async () => {
        const { alerts, errors } = await readSample(sample)
        assertExpected(sample, alerts)
        assert.deepEqual(errors.map(({ code }) => code), sample.name === 'ztf-archive/odd-members' ? ['container-invalid'] : [])
      })
    }
  })
}
