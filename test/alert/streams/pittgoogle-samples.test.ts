import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { needs } from '../../parts.ts'
import { ARCSECOND, assertExpected, readFiles, readSample, samplesOf } from './expected.ts'

for (const stream of ['pittgoogle-lsst', 'pittgoogle-bucket']) {
  test(`${stream}: every sample has what a right reader finds, in its envelope too`, async t => {
    if (!needs(t, 'shared-data')) return
    for (const sample of samplesOf(stream)) {
      await t.test(sample.name, async () => {
        const { alerts, errors } = await readSample(sample)
        assert.deepEqual(errors, [])
        assertExpected(sample, alerts, { degrees: ARCSECOND })
        const envelope = join(sample.folder, 'push-envelope.json')
        if (existsSync(envelope)) assert.deepEqual((await readFiles([envelope])).alerts, alerts)
      })
    }
  })
}
