import assert from 'node:assert/strict'
import test from 'node:test'
import type { Alert } from '../../../src/alert/alert.ts'
import { decodeFile, decodeMessage, type DecodedAlert } from '../../../src/alert/decode.ts'
import type { DialectName } from '../../../src/alert/dialect-names.ts'
import { countingSource, framed, lsstAlert } from '../../fixtures/alert-packets.ts'
import { ztfAlert, ztfContainer } from '../../fixtures/ztf-packets.ts'

const schemas = countingSource()

/** Python's JSON of a packet: ids as numbers. */
const json = (value: object): string => JSON.stringify(value).replaceAll(/"#(\d+)"/g, '$1')
const source = (changes: object = {}): object => ({ diaSourceId: '#170094456277565473', midpointMjdTai: 61105.25, ra: 63.25, dec: -46.5, psfFlux: 5530.5, psfFluxErr: 426.25, band: 'i', ...changes })
const lite = (changes: object = {}): object => ({
  diaSource: source(),
  prvDiaSources: [source({ diaSourceId: '#5', midpointMjdTai: 61100.25 })],
  prvDiaForcedSources: [{ diaForcedSourceId: '#6', midpointMjdTai: 61101.25, psfFlux: -5, psfFluxErr: 400, band: 'r' }],
  diaObject: { diaObjectId: '#314002971860926640', nDiaSources: 3, firstDiaSourceMjdTai: null },
  ...changes
})

async function one (value: string | Buffer, attributes: Record<string, string> = {}, dialect?: DialectName): Promise<Alert> {
  const headers = Object.fromEntries(Object.entries(attributes).map(([name, text]) => [name, Buffer.from(text)]))
  const [alert] = await decodeMessage(Buffer.from(value), { schemas, dialect, given: { carrier: { topic: 'lsst-lite', key: null, headers } } })
  return alert!
}
const envelope = (data: unknown, attributes: object = {}): string => JSON.stringify({ message: { data, attributes, messageId: '1' }, subscription: 'projects/p/subscriptions/s' })
async function posted (text: string, dialect?: DialectName): Promise<DecodedAlert[]> {
  const decoded: DecodedAlert[] = []
  for await (const alert of decodeFile(Buffer.from(text), { schemas, dialect })) decoded.push(alert)
  return decoded
}
const codes = (decoded: DecodedAlert[]): string[] => decoded.map(one => 'error' in one ? one.error.code : 'alert')

test('lite, under alert_lite and without it', async () => {
  for (const text of [json({ alert_lite: lite(), unknown_block: { x: 1 } }), json({ ...lite(), unknown_block: [] })]) {
    const alert = await one(text)
    assert.deepEqual([alert.diaObjectId, alert.diaSourceId, alert.ra, alert.dec, alert.solarSystem], ['314002971860926640', '170094456277565473', 63.25, -46.5, false])
    assert.deepEqual(alert.points.map(({ kind, midpointMjdTai }) => [kind, midpointMjdTai]), [['detection', 61105.25], ['detection', 61100.25], ['forced', 61101.25]])
    assert.deepEqual([alert.context, alert.readAs?.dialect], [{ detections: 3 }, 'pittgoogle'])
  }
})

test('{} and [] are nothing; attributes name what the packet does not', async () => {
  const nothing = { diaObject: {}, prvDiaSources: [], prvDiaForcedSources: null }
  const body = await one(json({ alert_lite: lite(nothing) }), { ssSource_ssObjectId: '21163624394469969' })
  assert.deepEqual([body.diaObjectId, body.solarSystem, body.points.length], [null, true, 1])
  assert.equal((await one(json({ alert_lite: lite({ ...nothing, ssSource: { ssObjectId: '#5' } }) }))).solarSystem, true)
  const named = await one(json({ alert_lite: lite(nothing) }), { diaObject_diaObjectId: '314002971860926640', ssSource_ssObjectId: '' })
  assert.deepEqual([named.diaObjectId, named.solarSystem], ['314002971860926640', false])
  const unnamed = await one(json({ alert_lite: lite(nothing) }), { diaObject_diaObjectId: 'rubbish' })
  assert.deepEqual([unnamed.diaObjectId, unnamed.solarSystem], [null, false])
})

test('the whole alert in JSON: flags, scores, cut-outs that are not read', async () => {
  const alert = await one(json({
    diaSourceId: '#170094456277565473',
    ...lite({ diaObject: { diaObjectId: '#314002971860926640', ra: 63.5, dec: -46.25 } }),
    diaSource: source({ reliability: 0.75, templateFlux: 100, extendedness: 0.5, isDipole: false, pixelFlags_streakCenter: true, snr: null }),
    cutoutDifference: 'AAAA'
  }))
  assert.deepEqual([alert.ra, alert.omitted], [63.5, [{ diaSourceId: '170094456277565473', reason: 'quality-flags' }]])
  assert.deepEqual(alert.context, { realBogus: { score: 0.75, name: 'reliability' }, templateFlux: 100, extendedness: 0.5, isDipole: false })
})

test('what Pitt-Google\'s modules say is shown', async () => {
  const classesOf = async (more: object) => (await one(json({ alert_lite: lite(), ...more }))).context?.classes
  assert.deepEqual(await classesOf({ SuperNNova: { prob_class0: 0.61, prob_class1: 0.39, predicted_class: 0 } }), [{ catalogue: 'SuperNNova', class: 'SN Ia (P 0.61)' }])
  assert.deepEqual(await classesOf({ SuperNNova: { prob_class0: 0.25, prob_class1: 0.75, predicted_class: 1 } }), [{ catalogue: 'SuperNNova', class: 'not SN Ia (P(Ia) 0.25)' }])
  assert.equal(await classesOf({ SuperNNova: { prob_class0: null, prob_class1: null, predicted_class: null } }), undefined)
  const gaia = (separation: number) => ({ xmatch_gaia: { closest_gaia_source: '#4837160497114022656', closest_gaia_source_class: 'RR', separation_to_closest_gaia_source: separation } })
  assert.deepEqual(await classesOf(gaia(0.5)), [{ catalogue: 'Gaia DR3', class: 'RR', name: 'Gaia DR3 4837160497114022656' }])
  const far = (await one(json({ alert_lite: lite(), ...gaia(60) }))).context
  assert.deepEqual([far?.classes, far?.nearest], [undefined, { catalogue: 'Gaia DR3', starScore: null, separation: 60 }])
})

test('a pushed envelope is read as what is in it, with its attributes: lite, a framed alert, a container', async () => {
  const [decoded, ...more] = await posted(envelope(Buffer.from(json({ alert_lite: lite({ diaObject: {} }) })).toString('base64'), { ssSource_ssObjectId: '5' }))
  assert.deepEqual(more, [])
  assert.ok(decoded && 'alert' in decoded && decoded.alert.solarSystem)
  for (const bytes of [framed(lsstAlert()), ztfContainer([[ztfAlert()]])]) {
    for (const encoding of ['base64', 'base64url'] as const) assert.deepEqual(codes(await posted(envelope(bytes.toString(encoding)))), ['alert'])
  }
  const several = [envelope(framed(lsstAlert()).toString('base64')), envelope('%%%'), envelope(framed(lsstAlert()).toString('base64'))].join('\n')
  assert.deepEqual(codes(await posted(several)), ['alert', 'base64-invalid', 'alert'])
})

test('an envelope that is damaged says how', async () => {
  for (const [text, code] of [
    [envelope('no base64!'), 'base64-invalid'], [envelope('AAAAA'), 'base64-invalid'], [envelope(['AAAA']), 'base64-invalid'], [envelope(7), 'base64-invalid'],
    [envelope(''), 'alert-incomplete'], [envelope(undefined, { a: 'b' }), 'alert-incomplete'], [envelope('A'.repeat(14_000_000)), 'json-invalid'],
    [envelope(framed(lsstAlert()).subarray(0, 60).toString('base64')), 'alert-truncated'], [envelope(Buffer.from('hello').toString('base64')), 'alert-not-framed'],
    [envelope(Buffer.from('{"a": 1}').toString('base64')), 'dialect-unknown']
  ] as const) assert.deepEqual(codes(await posted(text)), [code], text.slice(0, 80))
})

test('envelopes in envelopes end', async () => {
  let text = envelope(framed(lsstAlert()).toString('base64'))
  for (let depth = 0; depth < 12; depth++) text = envelope(Buffer.from(text).toString('base64'))
  assert.equal((await posted(text)).length, 1)
})

test('asked for pittgoogle, Rubin\'s framed alerts are taken; asked for another survey, none', async () => {
  assert.equal((await one(framed(lsstAlert()), {}, 'pittgoogle')).readAs?.dialect, 'lsst')
  assert.equal((await one(json(lite()), {}, 'lsst')).readAs?.dialect, 'pittgoogle')
  assert.deepEqual(codes(await posted(envelope(ztfContainer([[ztfAlert()]]).toString('base64')), 'ztf')), ['alert'])
  await assert.rejects(one(json(lite()), {}, 'ztf'), { code: 'dialect-mismatch' })
  assert.deepEqual(codes(await posted(envelope(framed(lsstAlert()).toString('base64')), 'ztf')), ['dialect-mismatch'])
})

test('wrong types and missing fields are named', async () => {
  for (const [document, code, message] of [
    [lite({ diaSource: source({ psfFlux: 'bright' }) }), 'alert-invalid', /^diaSource\.psfFlux is "bright", expected a number or null$/],
    [lite({ prvDiaSources: {} }), 'alert-invalid', /^prvDiaSources is an object, expected a list$/],
    [lite({ diaSource: {} }), 'alert-incomplete', /diaSourceId/],
    [lite({ diaSource: source({ midpointMjdTai: null }) }), 'alert-incomplete', /midpointMjdTai/],
    [lite({ diaSource: source({ ra: null }) }), 'alert-incomplete', /ra and dec/]
  ] as const) await assert.rejects(one(json({ alert_lite: document })), { code, message })
})
