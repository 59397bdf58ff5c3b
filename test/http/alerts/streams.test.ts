/** The samples of every stream and service, posted: the stored light curve has what a right reader finds. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { test } from 'node:test'
import { schemaFolders, SHIPPED_SCHEMAS } from '../../../src/alert/schemas/source.ts'
import type { SubmittedOutcome } from '../../../src/http/alerts/alerts.ts'
import { samplesOf, type ExpectedObject, type ExpectedPoint, type Sample } from '../../alert/streams/expected.ts'
import { needs } from '../../parts.ts'
import { openService, type Service } from '../service.ts'

const STREAMS = [
  'fink-lsst', 'fink-ztf', 'fink-transfer', 'fink-rest-lsst', 'fink-rest-ztf', 'lasair-lsst', 'lasair-rest', 'babamul-lsst', 'babamul-ztf', 'babamul-rest', 'alerce-rest-lsst', 'alerce-rest-ztf',
  'antares-rest', 'ampel-hop', 'pittgoogle-lsst', 'pittgoogle-bucket', 'ztf-kafka', 'ztf-batchfp'
]
/** Of light curves that name none. */
const OBJECT = 'of-the-sample'

/** A form with the file, and the schema that it was written with. */
function form ({ value, carrier }: Sample): { payload: Buffer, headers: Record<string, string> } {
  const part = (name: string, bytes: Buffer): Buffer[] => [Buffer.from(`--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`), bytes, Buffer.from('\r\n')]
  return { payload: Buffer.concat([...part('file', value!), ...part('schema', carrier!.key!), Buffer.from('--b--\r\n')]), headers: { 'content-type': 'multipart/form-data; boundary=b' } }
}

const bodiesOf = (sample: Sample): Array<{ payload: Buffer, headers?: Record<string, string> }> => sample.value === undefined
  ? sample.files.map(file => ({ payload: readFileSync(file) }))
  : [sample.carrier?.key?.[0] === 0x7b ? form(sample) : { payload: sample.value }]

interface Point { midpointMjdTai: number, band: string, psfFlux: number, psfFluxErr: number, kind: string }

async function lightCurve (service: Service, id: string): Promise<Point[]> {
  const response = await service.ask(`/v1/objects/${id}/light-curve`)
  assert.equal(response.statusCode, 200, response.body)
  return response.json<{ points: Point[] }>().points
}

const isFitted = ({ fluxNJy, errNJy }: ExpectedPoint): boolean => fluxNJy !== null && errNJy !== null
/** Times are kept to 10⁻⁸ d. */
const DAYS = 1.5e-8
const isSame = (point: Point, { mjdTai, band, fluxNJy, errNJy, kind }: ExpectedPoint): boolean => Math.abs(point.midpointMjdTai - mjdTai) <= DAYS && point.band === band && point.kind === (kind === 'detection' ? kind : 'forced') &&
  Math.abs(point.psfFlux - fluxNJy!) <= 2 ** -22 * Math.abs(fluxNJy!) && Math.abs(point.psfFluxErr - errNJy!) <= 2 ** -22 * errNJy!

function assertPoints (object: ExpectedObject, points: readonly Point[]): void {
  const expected = object.points.filter(isFitted)
  for (const point of points) assert.ok(expected.some(one => isSame(point, one)), `not expected: ${JSON.stringify(point)}`)
  // Of a detection and forced photometry of one exposure the detection stands.
  const exposures = new Set(expected.map(({ mjdTai, band }) => `${band} ${mjdTai.toFixed(6)}`))
  assert.ok(points.length <= exposures.size && points.length >= exposures.size - 1, `${points.length} points of ${exposures.size} exposures`)
}

for (const stream of STREAMS) {
  test(`${stream}: every sample can be posted`, async t => {
    if (!needs(t, 'shared-data')) return
    for (const sample of samplesOf(stream)) {
      await t.test(sample.name, async t => {
        const service = await openService(t, { schemas: schemaFolders(SHIPPED_SCHEMAS) })
        const outcomes: SubmittedOutcome[] = []
        for (const body of bodiesOf(sample)) {
          const response = await service.ask({ method: 'POST', url: `/v1/alerts?minReliability=0&object=${OBJECT}`, ...body })
          assert.equal(response.statusCode, 200, `${sample.files.map(file => basename(file)).join()}: ${response.body.slice(0, 500)}`)
          outcomes.push(...response.json<{ outcomes: SubmittedOutcome[] }>().outcomes)
        }
        assert.ok(outcomes.length > 0)
        // Magnitudes without the signs of their fluxes are no light curve.
        if (sample.name.endsWith('sign-lost')) return assert.deepEqual(outcomes.map(({ reason }) => reason), ['sign-unknown'])
        const objects = (sample.expected.objects ?? []).filter(({ points, solarSystem }) => points.some(isFitted) && !solarSystem)
        for (const object of objects) {
          const id = object.objectId ?? outcomes[0]!.diaObjectId!
          // Two alerts of one object: the one with most points has those of the other.
          const [largest] = objects.filter(({ objectId }) => objectId === object.objectId).toSorted((a, b) => b.points.length - a.points.length)
          assertPoints(largest!, await lightCurve(service, id))
        }
        if (objects.length === 0) assert.ok(outcomes.every(({ outcome }) => outcome !== 'classified'), JSON.stringify(outcomes))
      })
    }
  })
}
