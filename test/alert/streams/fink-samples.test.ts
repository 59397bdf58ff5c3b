import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import type { Row } from '../../../src/alert/dialect.ts'
import { finkLsstTable } from '../../../src/alert/dialects/fink/lsst-table.ts'
import { finkZtfTable } from '../../../src/alert/dialects/fink/ztf-table.ts'
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

/** Its numbers have 10 decimals. */
const ROUNDED = 1e-9

/** Rows of a CSV table without quotes, as texts. */
function rowsOf (file: string): Row[] {
  const [head, ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/).map(line => line.split(','))
  return lines.map(cells => Object.fromEntries(head!.map((column, at) => [column, cells[at]])))
}

for (const [stream, dialect] of [['fink-rest-lsst', finkLsstTable], ['fink-rest-ztf', finkZtfTable]] as const) {
  test(`${stream}: every sample has what a right reader finds, cells of text too`, async t => {
    if (!needs(t, 'shared-data')) return
    for (const sample of samplesOf(stream)) {
      await t.test(sample.name, async () => {
        const [file] = sample.files
        const { alerts, errors } = file!.endsWith('.csv') ? { alerts: dialect.alerts(rowsOf(file!), { minReliability: 0 }), errors: [] } : await readSample(sample)
        assertExpected(sample, alerts, { degrees: ROUNDED })
        assert.deepEqual(errors, [])
      })
    }
  })
}
