import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { AnnouncementError } from '../../../src/alert/announcement.ts'
import { needs } from '../../parts.ts'
import { assertExpected, readSample, samplesOf } from './expected.ts'

interface ExpectedAnnouncement {
  survey?: string
  objectId?: string | null
  sourceId?: string | null
  probabilities?: Record<string, number>
  solarSystem?: boolean
  ra?: number
  dec?: number
  locusId?: string
  ids?: Array<{ survey: string, objectId: string }>
}

/** Probabilities are float32. */
const FLOAT = 2 ** -22

for (const stream of ['alerce-lc-classifier', 'alerce-stamp', 'alerce-rubin-stamp', 'antares']) {
  test(`${stream}: every sample names the object that a right reader finds`, async t => {
    if (!needs(t, 'shared-data')) return
    for (const sample of samplesOf(stream)) {
      await t.test(sample.name, async () => {
        const given = sample.name.endsWith('/schemaless') ? { writerSchema: readFileSync(join(sample.folder, 'schema.avsc'), 'utf8') } : {}
        const { alerts, errors: [error, ...others] } = await readSample(sample, given)
        assert.deepEqual([alerts, others], [[], []])
        assert.ok(error instanceof AnnouncementError, `${error}`)
        assert.equal(error.code, 'light-curve-elsewhere')
        const { announcement } = error
        const [expected] = sample.expected.announcements as ExpectedAnnouncement[]
        const ids = expected!.ids?.map(({ objectId }) => objectId) ?? (expected!.objectId ? [expected!.objectId] : [])
        assert.deepEqual(announcement.diaObjectIds, ids)
        if (expected!.locusId) assert.equal(announcement.id, expected!.locusId)
        if (expected!.sourceId !== undefined) assert.equal(announcement.diaSourceId, expected!.sourceId)
        if (expected!.survey) assert.equal(announcement.survey, expected!.survey)
        assert.equal(announcement.solarSystem, expected!.solarSystem ?? false)
        assert.deepEqual([announcement.ra, announcement.dec], [expected!.ra ?? null, expected!.dec ?? null])
        const found = announcement.probabilities ?? {}
        assert.deepEqual(Object.keys(found).sort(), Object.keys(expected!.probabilities ?? {}).sort())
        for (const [name, value] of Object.entries(expected!.probabilities ?? {})) assert.ok(Math.abs(found[name]! - value) <= FLOAT * value, `${name}: ${found[name]}`)
      })
    }
  })
}

/** Samples that no light curve comes out of, with their codes. */
const REFUSED: Readonly<Record<string, string>> = {
  'antares-rest/catalog-matches': 'alert-incomplete',
  'antares-rest/locus-empty': 'alert-incomplete',
  'antares-rest/locus-ztf-sign-lost': 'sign-unknown'
}

for (const stream of ['alerce-rest-ztf', 'alerce-rest-lsst', 'antares-rest']) {
  test(`${stream}: every answer has the light curve that a right reader finds`, async t => {
    if (!needs(t, 'shared-data')) return
    for (const sample of samplesOf(stream)) {
      await t.test(sample.name, async () => {
        const { alerts, errors } = await readSample(sample)
        const code = REFUSED[sample.name]
        assert.deepEqual(errors.map(({ code }) => code), code === undefined ? [] : [code])
        if (code === undefined) assertExpected(sample, alerts)
        else assert.ok(errors[0]!.action, 'it says what to do')
      })
    }
  })
}
