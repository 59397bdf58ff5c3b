/** Lasair, Babamul and AMPEL: all samples of the data folder. */
import assert from 'node:assert/strict'
import test from 'node:test'
import type { AlertContext } from '../../../src/alert/context/context.ts'
import { AnnouncementError } from '../../../src/alert/announcement.ts'
import { needs } from '../../parts.ts'
import { assertExpected, readSample, samplesOf, type Comparing, type ExpectedObject, type Sample } from './expected.ts'

const STREAMS = ['lasair-lsst', 'lasair-rest', 'babamul-lsst', 'babamul-ztf', 'babamul-rest', 'ampel-hop']

/** Sources with one of the flags under which a flux does not measure its source; the samples list them all the same. */
const FLAGGED: Readonly<Record<string, Comparing>> = { 'lasair-lsst/saved-filter': { leftOut: ['170054985227174318'] } }

/** Records without a light curve. */
const NO_LIGHT_CURVE: Readonly<Record<string, { code: string, message: RegExp }>> = {
  'lasair-lsst/plain': { code: 'light-curve-elsewhere', message: /314002971860926640/ },
  'lasair-lsst/no-id-column': { code: 'alert-incomplete', message: /column diaObjectId/ },
  'ampel-hop/json-message': { code: 'format-not-read', message: /"json"/ },
  'ampel-hop/ztf-object': { code: 'light-curve-elsewhere', message: /AMPEL names the object ZTF20aaelulu/ }
}

for (const sample of STREAMS.flatMap(samplesOf)) {
  test(sample.name, async t => {
    if (!needs(t, 'shared-data')) return
    const { alerts, errors } = await readSample(sample, { readTests: true })
    const wanted = NO_LIGHT_CURVE[sample.name]
    if (wanted) {
      assert.deepEqual(alerts, [])
      assert.deepEqual([errors.length, errors[0]?.code], [1, wanted.code])
      assert.match(errors[0]!.message, wanted.message)
      if (errors[0] instanceof AnnouncementError) assertAnnounced(sample, errors[0])
      return
    }
    assert.deepEqual(errors, [])
    assertExpected(sample, alerts, FLAGGED[sample.name])
    for (const object of sample.expected.objects) {
      const alert = alerts.find(({ diaObjectId }) => diaObjectId === object.objectId)
      assertContext(`${sample.name}, ${object.objectId}`, object, alert?.context ?? {}, alert!.host)
    }
    // What comes twice has the same ids.
    const ids = (read: typeof alerts): unknown[] => read.map(({ diaObjectId, diaSourceId, midpointMjdTai }) => [diaObjectId, diaSourceId, midpointMjdTai])
    assert.deepEqual(ids((await readSample(sample, { readTests: true })).alerts), ids(alerts))
  })
}

function assertAnnounced ({ expected }: Sample, { announcement }: AnnouncementError): void {
  const [object] = [...expected.objects, ...expected.announcements ?? []] as ExpectedObject[]
  assert.deepEqual([announcement.id, announcement.survey, announcement.ra, announcement.dec], [object?.objectId, object?.survey, object?.ra, object?.dec])
}

/** Names of facts in the samples and where they stand in the normal form. */
const FACTS: Readonly<Record<string, (context: AlertContext) => unknown>> = {
  nDiaSources: ({ detections }) => detections,
  ndethist: ({ detections }) => detections,
  reliability: ({ realBogus }) => realBogus?.name === 'reliability' ? realBogus.score : undefined,
  drb: ({ realBogus }) => realBogus?.name === 'drb' ? realBogus.score : undefined,
  isDipole: ({ isDipole }) => isDipole,
  extendedness: ({ extendedness }) => extendedness ?? null,
  templateFluxNJy: ({ templateFlux }) => templateFlux ?? null,
  sherlockClass: ({ classes }) => classes?.find(({ catalogue }) => catalogue === 'Sherlock')?.class,
  tnsType: ({ classes }) => classes?.find(({ catalogue }) => catalogue === 'TNS')?.class,
  hostLabel: ({ classes }) => classes?.find(({ catalogue }) => catalogue === 'Babamul')?.class,
  star: ({ classes }) => classes?.some(one => one.catalogue === 'Babamul' && one.class === 'star'),
  sgscore1: ({ nearest }) => nearest?.starScore,
  starScore: ({ nearest }) => nearest?.starScore,
  distpsnr1: ({ nearest }) => nearest?.separation
}

function assertContext (where: string, { context, host }: ExpectedObject, read: AlertContext, facts: { redshift: number | null, redshiftErr: number | null, mwebv: number | null }): void {
  for (const [name, expected] of Object.entries(context)) {
    if (name === 'ebv') assert.equal(facts.mwebv, expected, `${where}: E(B−V)`)
    // Null is "not known", which is not said of these.
    else if (FACTS[name] && !(name === 'star' && expected === null)) assert.deepEqual(FACTS[name](read), expected, `${where}: ${name}`)
  }
  const redshift = host?.['redshift'] ?? host?.['photoZ'] ?? null
  assert.equal(facts.redshift, redshift, `${where}: host redshift`)
  if (host?.['separationArcsec']) assert.ok(read.hostRedshifts?.some(({ separation }) => Math.abs(separation! - Number(host['separationArcsec'])) < 1e-9), `${where}: separation`)
  if (typeof host?.['photoZ'] === 'number') assert.ok(read.hostRedshifts?.some(one => one.kind === 'photometric' && one.redshift === host['photoZ'] && one.redshiftErr === host['photoZErr']), `${where}: photometric redshift`)
}

test('a test message of SCiMMA is refused where it comes by a stream, and read where it is a file', async t => {
  if (!needs(t, 'shared-data')) return
  const sample = samplesOf('ampel-hop').find(({ name }) => name === 'ampel-hop/no-history')!
  const { errors } = await readSample(sample)
  assert.deepEqual(errors.map(({ code }) => code), ['test-message'])
  const { carrier: _, ...file } = sample
  assertExpected(sample, (await readSample(file)).alerts)
})
