import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type kafkajs from 'kafkajs'
import { avroRecordOf } from '../../../src/alert/avro/record.ts'
import { decodeAlert } from '../../../src/alert/decode.ts'
import { SchemaKeeper } from '../../../src/alert/schemas/keeper.ts'
import { isOutage } from '../../../src/alert/schemas/outage.ts'
import { openSchemaRegistry } from '../../../src/alert/schemas/registry.ts'
import { encodePhotometry } from '../../../src/stream/kafka/photometry.ts'
import { takeAlert } from '../../../src/stream/kafka/classify/photometry-alert.ts'
import { Outage } from '../../../src/stream/outage.ts'
import { registryServer, schemaAnswer } from '../../alert/registry-server.ts'
import { framed, lsstAlert, lsstSchema } from '../../fixtures/alert-packets.ts'

const recordOf = (value: Buffer): kafkajs.KafkaMessage => ({ key: null, value, timestamp: '0', attributes: 0, offset: '0', headers: {} }) as unknown as kafkajs.KafkaMessage
const packet = framed(lsstAlert())

/** How classify takes alerts while the registry answers garbage. */
async function taking (t: TestContext, onOutage: (server: Awaited<ReturnType<typeof registryServer>>) => void) {
  const server = await registryServer(t, () => ({ text: '<html>maintenance</html>' }))
  const schemas = new SchemaKeeper({ registry: openSchemaRegistry({ url: server.url, firstWaitMs: 1 }), folders: { get: () => undefined } })
  t.after(() => schemas.close())
  const outage = new Outage({ isWaitedFor: isOutage, firstWaitMs: 1, onOutage: () => onOutage(server), endsWithoutSuccess: true })
  return (value: Buffer, signal: AbortSignal) => takeAlert(recordOf(value), 'photometry/0@0', {
    decode: (bytes, signal) => outage.over(() => decodeAlert(bytes, { schemas }), signal),
    avroRecord: (bytes, signal) => outage.over(() => avroRecordOf(bytes, schemas), signal)
  }, signal)
}

test('the packet of an alert that ingest has decoded waits for its schema, so that FASTDB gets it', async t => {
  const take = await taking(t, server => { server.answer = () => schemaAnswer(lsstSchema) })
  const alert = await decodeAlert(packet, { schemas: { get: () => lsstSchema } })
  const taken = await take(encodePhotometry({ origin: 'lsst/0@0', surveyPublishedAt: 1, ingestedAt: 2, alert, error: null, packet }), new AbortController().signal)
  assert.deepEqual([taken.received.publication?.packet?.schema, Buffer.from(taken.received.publication?.packet?.datum ?? [])], [lsstSchema, packet.subarray(5)])
})

test('an alert that waits when its process is stopped is no dead letter', async t => {
  const stopping = new AbortController()
  const take = await taking(t, () => stopping.abort(new Error('stopping')))
  await assert.rejects(take(packet, stopping.signal), /^Error: stopping$/)
})
