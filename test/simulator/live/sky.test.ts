import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeAlert } from '../../../src/alert/decode.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../../../src/alert/schemas/source.ts'
import { alertType } from '../../../src/simulator/live/packet.ts'
import { shippedSkyTable } from '../../../src/simulator/live/sky-table.ts'
import { createSky, DEFAULT_START, type SimulatedAlert } from '../../../src/simulator/live/sky.ts'

interface Source { diaSourceId: bigint, visit: bigint, band: string, psfFlux: number, psfFluxErr: number, snr: number, isNegative: boolean, midpointMjdTai: number, timeProcessedMjdTai: number }
interface Packet {
  diaSourceId: bigint
  diaSource: Source
  prvDiaSources: Source[] | null
  prvDiaForcedSources: Array<Omit<Source, 'snr'>> | null
  diaObject: { diaObjectId: bigint, nDiaSources: number, firstDiaSourceMjdTai: number, r_psfFluxNdata: number }
}

const packetOf = ({ bytes }: SimulatedAlert): Packet => alertType.fromBuffer(Buffer.from(bytes).subarray(5)) as Packet
const bytesOf = (alerts: SimulatedAlert[]): string => Buffer.concat(alerts.map(({ bytes }) => bytes)).toString('base64')

const SEED = 5
const OBJECTS = 200
const NIGHTS = 60
const sky = createSky({ seed: SEED, activeObjects: OBJECTS })
const nights = Array.from({ length: NIGHTS }, (_, night) => sky.night(night))
const alerts = nights.flat()
const packets = alerts.map(packetOf)

test('a night of 200 detectable objects gives some 60 alerts, in order of time', () => {
  const seeing = nights.filter(night => night.length > 0)
  assert.ok(seeing.length > 40)
  assert.ok(alerts.length / NIGHTS > 35 && alerts.length / NIGHTS < 100, `${alerts.length / NIGHTS}`)
  for (const night of seeing) assert.ok(night.every((alert, k) => k === 0 || alert.midpointMjdTai >= night[k - 1]!.midpointMjdTai))
})

test('the same seed gives the same bytes, whichever nights were asked before; another seed gives others', () => {
  const again = createSky({ seed: SEED, activeObjects: OBJECTS })
  for (const night of [41, 7, 40, 3]) assert.equal(bytesOf(again.night(night)), bytesOf(nights[night]!))
  assert.notEqual(bytesOf(createSky({ seed: 6, activeObjects: OBJECTS }).night(40)), bytesOf(nights[40]!))
})

test('every alert is triggered by a source with |S/N| > 5, above the template or below it', () => {
  for (const { diaSource } of packets) {
    assert.ok(Math.abs(diaSource.psfFlux) > 5 * diaSource.psfFluxErr)
    assert.ok(Math.abs(diaSource.snr - Math.abs(diaSource.psfFlux) / diaSource.psfFluxErr) < 1e-5 * diaSource.snr)
    assert.equal(diaSource.isNegative, diaSource.psfFlux < 0)
  }
})

test('ids are exact beyond 2^53, unique for sources, and the packet\'s own', () => {
  alerts.forEach(({ diaObjectId, diaSourceId }, k) => {
    assert.match(diaObjectId, /^313\d{15}$/)
    assert.ok(BigInt(diaSourceId) > 2n ** 53n)
    assert.equal(packets[k]!.diaSourceId.toString(), diaSourceId)
    assert.equal(packets[k]!.diaSource.diaSourceId.toString(), diaSourceId)
    assert.equal(packets[k]!.diaObject.diaObjectId.toString(), diaObjectId)
  })
  assert.equal(new Set(alerts.map(({ diaSourceId }) => diaSourceId)).size, alerts.length)
  assert.ok(alerts.some(({ diaObjectId }) => BigInt(Number(diaObjectId)) !== BigInt(diaObjectId)), 'some ids are not a float64')
})

test('an alert carries exactly the detections that earlier alerts of its object announced', () => {
  const announced = new Map<string, bigint[]>()
  const complete = new Set<string>()
  alerts.forEach(({ diaObjectId, diaSourceId }, k) => {
    const earlier = (packets[k]!.prvDiaSources ?? []).map(source => source.diaSourceId)
    if (earlier.length === 0) complete.add(diaObjectId)
    if (complete.has(diaObjectId)) assert.deepEqual(earlier, announced.get(diaObjectId) ?? [])
    assert.equal(packets[k]!.diaObject.nDiaSources, earlier.length + 1)
    announced.set(diaObjectId, [...earlier, BigInt(diaSourceId)])
  })
  assert.ok(complete.size > 50)
})

test('objects found before night 0 come with their history', () => {
  const first = nights.find(night => night.length > 0)!.map(packetOf)
  assert.ok(first.filter(({ prvDiaSources }) => prvDiaSources !== null).length > first.length / 2)
})

test('forced photometry arrives a day late and begins 30 days before the first detection', () => {
  let longest = 0
  let withForced = 0
  nights.forEach((night, number) => {
    const evening = DEFAULT_START + number + 1
    for (const { diaObject, prvDiaForcedSources: forced, prvDiaSources } of night.map(packetOf)) {
      const foundEarlier = (prvDiaSources ?? []).some(({ midpointMjdTai }) => midpointMjdTai < evening)
      assert.equal(forced !== null, foundEarlier)
      if (!forced) continue
      withForced++
      for (const { midpointMjdTai, timeProcessedMjdTai } of forced) {
        assert.ok(midpointMjdTai < evening)
        assert.ok(midpointMjdTai >= diaObject.firstDiaSourceMjdTai - 30)
        assert.ok(timeProcessedMjdTai > midpointMjdTai + 0.1 && timeProcessedMjdTai < evening)
      }
      longest = Math.max(longest, diaObject.firstDiaSourceMjdTai - forced[0]!.midpointMjdTai)
      const visits = forced.map(({ visit }) => visit)
      assert.equal(new Set(visits).size, visits.length)
      for (const { visit, midpointMjdTai } of prvDiaSources!) if (midpointMjdTai < evening) assert.ok(visits.includes(visit))
    }
  })
  assert.ok(withForced > 500)
  assert.ok(longest > 29)
})

test('most of the alerts are of no supernova, and every class of the sky is met', () => {
  const classes = new Map<string, number>()
  for (const { diaObjectId } of alerts) classes.set(sky.classOf(diaObjectId), (classes.get(sky.classOf(diaObjectId)) ?? 0) + 1)
  const supernovae = ['Ia', 'Ia-peculiar', 'Ibc', 'II', 'SLSN'].reduce((sum, name) => sum + (classes.get(name) ?? 0), 0)
  assert.ok(supernovae > 0.03 * alerts.length && supernovae < 0.5 * alerts.length, `${supernovae} of ${alerts.length}`)
  for (const name of ['Ia', 'II', 'AGN', 'RRL', 'EB', 'LPV', 'artefact']) assert.ok((classes.get(name) ?? 0) > 0, name)
})

test('the alerts do not tell the class: with other labels the bytes are the same', () => {
  const { table } = shippedSkyTable()
  const entries = table.entries.map(entry => ({ ...entry, subtype: `not ${entry.subtype}` }))
  const relabelled = createSky({ seed: SEED, activeObjects: OBJECTS, table: { ...table, entries } })
  assert.equal(bytesOf(relabelled.night(30)), bytesOf(nights[30]!))
  const id = alerts.find(({ diaObjectId }) => sky.classOf(diaObjectId) !== 'artefact')!.diaObjectId
  assert.equal(relabelled.truth(id).subtype, `not ${sky.truth(id).subtype}`)
})

test('the truth can be asked for every object, by any sky of the seed, and for no other', () => {
  const fresh = createSky({ seed: SEED, activeObjects: OBJECTS })
  for (const { diaObjectId } of alerts.slice(0, 50)) assert.deepEqual(fresh.truth(diaObjectId), sky.truth(diaObjectId))
  const id = BigInt(alerts[0]!.diaObjectId)
  for (const unknown of [(id + 1n).toString(), '1', '', 'abc', '313999999999999999999']) {
    assert.throws(() => sky.truth(unknown), { code: 'object-unknown' })
  }
  assert.throws(() => createSky({ seed: 6, activeObjects: OBJECTS }).classOf(alerts[0]!.diaObjectId), { code: 'object-unknown' })
})

test('Candela\'s own decoder reads the packets: points, no omission, no host facts', async () => {
  const schemas = schemaFolders(SHIPPED_SCHEMAS)
  for (const [k, { bytes, diaObjectId, diaSourceId, midpointMjdTai }] of alerts.slice(0, 30).entries()) {
    const alert = await decodeAlert(bytes, { schemas })
    assert.deepEqual([alert.diaObjectId, alert.diaSourceId, alert.midpointMjdTai], [diaObjectId, diaSourceId, midpointMjdTai])
    const { prvDiaSources, prvDiaForcedSources } = packets[k]!
    assert.equal(alert.points.length, 1 + (prvDiaSources?.length ?? 0) + (prvDiaForcedSources?.length ?? 0))
    assert.deepEqual(alert.omitted, [])
    assert.deepEqual(alert.host, { redshift: null, redshiftErr: null, mwebv: null })
  }
})

test('a wrong seed, number of objects or night is refused', () => {
  assert.throws(() => createSky({ seed: 1.5 }), { code: 'usage', message: /seed is 1\.5/ })
  assert.throws(() => createSky({ seed: 1, activeObjects: 0 }), { code: 'usage', message: /active objects/ })
  assert.throws(() => sky.night(-1), { code: 'usage', message: /night is -1/ })
})
