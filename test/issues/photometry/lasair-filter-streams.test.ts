/** Messages of Lasair's filter streams, which docs/kafka-ingest.md shows as a source, were dead letters: their light curve stands under `alert`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Alert } from '../../../src/alert/alert.ts'
import { decodeAlert } from '../../../src/alert/decode.ts'
import { countingSource } from '../../fixtures/alert-packets.ts'
import { lasairObject, lasairSource } from '../../fixtures/plain-alerts.ts'
import { alertFor, openPipeline } from '../../pipeline.ts'

const decode = (text: string): Promise<Alert> => decodeAlert(Buffer.from(text), { schemas: countingSource(), dialect: 'lasair' })
const COLUMNS = '"diaObjectId": 313637921267122191, "ra": 9.5, "decl": -44.5, "absMag": NaN, "matched": "Unexpected type in json.dumps", "UTC": "2026-03-06 05:37:41"'
const lite = ({ columns = COLUMNS, forced = '' } = {}): string => `{${columns}, "alert": {"diaSourcesList": [
  {"psfFlux": 5000.5, "psfFluxErr": 100.5, "midpointMjdTai": 60983.25, "band": "i", "reliability": 0.9},
  {"psfFlux": 4000.5, "psfFluxErr": NaN, "midpointMjdTai": 60980.25, "band": "r", "reliability": 0.9},
  {"psfFlux": 3000.5, "psfFluxErr": 100.5, "midpointMjdTai": 60975.25, "band": "g"}], "diaForcedSourcesList": [${forced}]}}`

test('a full message is the object that the API gives', async () => {
  const object = lasairObject([lasairSource(), lasairSource({ diaSourceId: '313673107864813000', midpointMjdTai: '60980.25', visit: '2025110000001' })])
  assert.deepEqual(await decode(`{${COLUMNS}, "alert": ${object}}`), await decode(object))
})

test('values that a stream writes as text are read where they are columns', async () => {
  const { host, ra, dec } = await decode(`{"diaObjectId": "313637921267122191", "ra": "9.75", "decl": "-44.75", "UTC": "…", "alert": ${lasairObject([lasairSource({ ra: 'NaN' })], { diaObject: '{}', ebv: '"0.021"' })}}`)
  assert.deepEqual([host.mwebv, ra, dec], [0.021, 9.75, -44.75])
})

test('a lite message has the object and position of its columns, and ids that are the same each time', async t => {
  const alert = await decode(lite())
  assert.deepEqual([alert.diaObjectId, alert.ra, alert.dec, alert.midpointMjdTai], ['313637921267122191', 9.5, -44.5, 60983.25])
  assert.deepEqual(alert.points.map(({ band, visit, kind }) => [band, visit, kind]), [['i', null, 'detection'], ['g', null, 'detection']])
  assert.deepEqual(alert.omitted, [{ diaSourceId: null, reason: 'flux-error-not-positive' }])
  assert.equal(alert.diaSourceId, '313637921267122191-i-5268952800000')
  assert.deepEqual(await decode(lite()), alert)
  // A detection and its forced photometry are one epoch, and a second message brings nothing new.
  const { processor } = await openPipeline(t)
  const again = await decode(lite({ forced: '{"psfFlux": 5010.5, "psfFluxErr": 100.5, "midpointMjdTai": 60983.25, "band": "i"}' }))
  const outcomes = await processor.process([alert, again].map(alert => ({ alert, origin: 'test' })))
  assert.deepEqual(outcomes.map(({ outcome, epochs }) => [outcome, epochs]), [['classified', 2], ['duplicate', undefined]])
  assert.deepEqual((await processor.process([{ alert: alertFor('1', alert.points), origin: 'test' }]))[0]!.epochs, 2)
})

test('what a filter leaves out is named, and what to do', async () => {
  for (const [text, code, message, action] of [
    [`{${COLUMNS}}`, 'light-curve-elsewhere', /names the object 313637921267122191/, /full alert, or the lite one/],
    ['{"ra": 9.5, "decl": -44.5, "UTC": "2026-03-06 05:37:41"}', 'alert-incomplete', /no light curve/, /Select the column diaObjectId/],
    [lite({ columns: '"ra": 9.5, "decl": -44.5, "UTC": "…"' }), 'alert-incomplete', /no diaObjectId/, /./]
  ] as const) {
    await assert.rejects(decode(text), { code, message, action })
  }
})

test('a lite message without a position is classified; what it does not know is no place on the sky', async t => {
  const alert = await decode(lite({ columns: '"diaObjectId": 5, "UTC": "…"' }))
  assert.deepEqual([alert.ra, alert.dec], [Number.NaN, Number.NaN])
  const { processor } = await openPipeline(t)
  const [outcome] = await processor.process([{ alert, origin: 'test' }])
  assert.deepEqual([outcome?.outcome, outcome?.epochs], ['classified', 2])
})
