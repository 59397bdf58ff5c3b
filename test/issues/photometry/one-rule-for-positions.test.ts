/** A position was checked twice, with different bounds: what one place took another refused. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { isPosition } from '../../../src/alert/points/points.ts'
import { parseSnana } from '../../../src/alert/snana/snana.ts'
import { snanaAlerts } from '../../../src/alert/snana/alerts.ts'
import { decodeAlert } from '../../../src/alert/decode.ts'
import { admission } from '../../../src/state/processor/admission.ts'
import { openService } from '../../http/service.ts'
import { alertFor, point } from '../../pipeline.ts'
import { countingSource } from '../../fixtures/alert-packets.ts'

const POSITIONS: ReadonlyArray<[ra: number, dec: number, taken: boolean]> = [
  [0, 0, true], [360, 0, true], [359.999, 90, true], [12, -90, true],
  [-0.001, 0, false], [-1, -1, false], [-999, -999, false], [-90, 10, false], [360.001, 0, false], [0, 90.001, false], [NaN, 0, false], [0, Infinity, false]
]
/** Of a number in a query string or in JSON, which have neither NaN nor Infinity. */
const written = POSITIONS.filter(position => position.every(value => typeof value === 'boolean' || Number.isFinite(value)))

test('a position is taken everywhere, or nowhere: by the rule, by admission, in plain JSON, as the centre of a cone', async t => {
  const { app } = await openService(t)
  for (const [ra, dec, taken] of POSITIONS) {
    assert.equal(isPosition(ra, dec), taken, `rule ${ra} ${dec}`)
    assert.equal('alert' in admission({ ...alertFor('1', [point()]), ra, dec }), taken, `admission ${ra} ${dec}`)
  }
  for (const [ra, dec, taken] of written) {
    const plain = JSON.stringify({ diaObjectId: '1', diaSourceId: '1', ra, dec, points: [{ midpointMjdTai: 60000, band: 'r', psfFlux: 1, psfFluxErr: 1 }] })
    const read = await decodeAlert(Buffer.from(plain), { schemas: countingSource() }).then(() => true, () => false)
    assert.equal(read, taken, `plain JSON ${ra} ${dec}`)
    assert.equal((await app.inject(`/v1/objects?ra=${ra}&dec=${dec}&radius=1`)).statusCode, taken ? 200 : 400, `cone ${ra} ${dec}`)
  }
})

test('360 and 0 are one place: a cone at either finds what lies at the other', async t => {
  const { app, pipeline } = await openService(t)
  for (const [id, ra] of [['east', 0], ['west', 360]] as const) {
    const [outcome] = await pipeline.processor.process([{ alert: { ...alertFor(id, [point({ midpointMjdTai: 60000 })]), ra, dec: 5 }, origin: 'test' }])
    assert.equal(outcome!.outcome, 'classified')
  }
  for (const ra of [0, 360]) {
    const { objects } = (await app.inject(`/v1/objects?ra=${ra}&dec=5&radius=0.0001`)).json<{ objects: Array<{ diaObjectId: string, separation: number }> }>()
    assert.deepEqual(objects.map(({ diaObjectId }) => diaObjectId).sort(), ['east', 'west'])
    for (const { separation } of objects) assert.ok(separation < 1e-9)
  }
})

test('a light curve of SNANA with a right ascension from -180 to 180 lies where it belongs', () => {
  const curve = parseSnana([
    'SURVEY: SDSS', 'SNID: 762', 'RA: -5.36', 'DECL: 0.88', 'VARLIST: MJD FLT FIELD FLUXCAL FLUXCALERR', 'OBS: 53622.2 r 82N 180.5 5.2', ''
  ].join('\n'), 'sdss.dat')
  const [alert] = snanaAlerts(curve)
  assert.ok(Math.abs(alert!.ra - 354.64) < 1e-9, `${alert!.ra}`)
  assert.ok('alert' in admission(alert!))
})
