import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { decodeAlert, decodeFile } from '../../src/alert/decode.ts'
import { schemaFolders, type SchemaSource } from '../../src/alert/schemas/source.ts'
import type { Alert } from '../../src/alert/alert.ts'
import { CandelaError } from '../../src/errors.ts'
import { countingSource, elasticcAlert, elasticcContainer, elasticcSource, framed, lsstAlert, lsstForced, lsstSource } from '../fixtures/alert-packets.ts'
import { ztfAlert, ztfContainer, ztfForced, ztfLimit, ztfSource } from '../fixtures/ztf-packets.ts'
import { needs, sharedData } from '../parts.ts'

/** mulberry32: uniform below `limit`, the same on every machine. */
function randomBelow (seed: number): (limit: number) => number {
  return limit => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor(((t ^ (t >>> 14)) >>> 0) / 2 ** 32 * limit)
  }
}

/** Long varints that a count or a length could turn into: 2^40, −2^40, 2^62, −1, ten bytes of ones. */
const absurd = ['8080808080808001', 'ffffffffffff3f', '80808080808080808001', '01', 'ffffffffffffffffffff'].map(hex => Buffer.from(hex, 'hex'))

function mutate (bytes: Buffer, below: (limit: number) => number): Buffer {
  const copy = Buffer.from(bytes)
  const at = below(copy.length)
  switch (below(4)) {
    case 0:
      for (let k = 0; k <= below(4); k++) copy[below(copy.length)]! ^= 1 << below(8)
      return copy
    case 1: return copy.subarray(0, at)
    case 2: return Buffer.concat([copy.subarray(0, at), absurd[below(absurd.length)]!, copy.subarray(at + below(8))])
    default: return Buffer.concat([copy.subarray(0, at), copy.subarray(below(copy.length))])
  }
}

function assertUsable (alert: Alert): void {
  assert.ok([alert.midpointMjdTai, alert.ra, alert.dec].every(Number.isFinite))
  assert.match(alert.diaSourceId, /^-?\d+$/)
  for (const point of alert.points) {
    assert.ok(Number.isFinite(point.midpointMjdTai) && Number.isFinite(point.psfFlux) && Number.isFinite(point.psfFluxErr) && point.psfFluxErr > 0)
    assert.ok('ugrizy'.includes(point.band) && point.band.length === 1)
  }
}

/** Every outcome is an alert or a CandelaError; anything else thrown fails the test, and so does a decode that takes long. */
async function batter (bytes: Buffer, schemas: SchemaSource, mutations: number, seed: number): Promise<{ alerts: number, codes: Set<string> }> {
  const below = randomBelow(seed)
  let alerts = 0
  const codes = new Set<string>()
  for (let k = 0; k < mutations; k++) {
    const damagedBytes = mutate(bytes, below)
    const started = performance.now()
    for await (const one of decodeFile(damagedBytes, { schemas })) {
      if ('error' in one) {
        assert.ok(one.error instanceof CandelaError)
        codes.add(one.error.code)
      } else {
        assertUsable(one.alert)
        alerts++
      }
    }
    const alert = await decodeAlert(damagedBytes, { schemas }).catch((error: unknown) => {
      assert.ok(error instanceof CandelaError, String(error))
      return undefined
    })
    if (alert) assertUsable(alert)
    assert.ok(performance.now() - started < 2000, `mutation ${k} of seed ${seed} took ${performance.now() - started} ms`)
  }
  return { alerts, codes }
}

const previous = Array.from({ length: 12 }, (_, k) => lsstSource({ diaSourceId: BigInt(k), midpointMjdTai: 61000 + k }))

test('a damaged framed alert gives an alert or an error', async () => {
  const bytes = framed(lsstAlert({ prvDiaSources: previous, prvDiaForcedSources: previous.map(source => lsstForced(source)) }))
  const { alerts, codes } = await batter(bytes, countingSource(), 4000, 1)
  assert.ok(alerts > 100)
  for (const code of ['alert-truncated', 'avro-invalid', 'schema-unknown']) assert.ok(codes.has(code), code)
})

test('a damaged container gives alerts and errors', async () => {
  const block = Array.from({ length: 4 }, (_, k) => elasticcAlert({ prvDiaSources: Array.from({ length: k }, () => elasticcSource()) }))
  for (const [codec, seed] of [['null', 2], ['deflate', 3]] as const) {
    const { alerts, codes } = await batter(elasticcContainer([block, block, block], codec), countingSource(), 2500, seed)
    assert.ok(alerts > 1000)
    for (const code of ['container-damaged', 'container-truncated', 'container-invalid', 'schema-invalid']) assert.ok(codes.has(code), `${codec} ${code}`)
  }
})

test('a damaged ZTF container gives alerts and errors, compressed or not', async () => {
  const alerts = Array.from({ length: 4 }, (_, k) => ztfAlert({ prv_candidates: [ztfSource(), ...Array.from({ length: k }, () => ztfLimit())], fp_hists: [ztfForced()] }))
  for (const [codec, seed] of [['null', 4], ['snappy', 5]] as const) {
    const battered = await batter(ztfContainer([alerts, alerts, alerts], codec), countingSource(), 2500, seed)
    assert.ok(battered.alerts > 1000)
    for (const code of ['container-damaged', 'container-truncated', 'container-invalid', 'schema-invalid']) assert.ok(battered.codes.has(code), `${codec} ${code}`)
  }
})

test('damaged real alerts give alerts or errors', async t => {
  if (!needs(t, 'shared-data')) return
  const schemas = schemaFolders(join(sharedData, 'schemas/lsst'))
  for (const [file, mutations] of [
    ['lsst/lsst.v10_0.avro', 2000], ['lsst/lsst.v7_1.avro', 1000], ['lsst/7912941781254298.avro', 300],
    ['elasticc/alert_mjd60665.0361_obj1120_src2240040.avro', 1500], ['lsst-fink/part-2-918301.avro', 40],
    ['ztf/1105522281015015000.avro', 300], ['ztf-snappy/sample.avro/part-00001-0f70696a-f8dd-40ab-89e7-e7f64c104e25-c000.avro', 30]
  ] as const) {
    const { alerts, codes } = await batter(readFileSync(join(sharedData, 'alerts', file)), schemas, mutations, mutations)
    assert.ok(alerts > 0 && codes.size > 1, file)
  }
})
