import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeAlert } from '../../src/alert/decode.ts'
import { openSchemaRegistry } from '../../src/alert/schemas/registry.ts'
import { SchemaKeeper } from '../../src/alert/schemas/keeper.ts'
import type { CandelaError } from '../../src/errors.ts'
import { runEmbeddedStream, type Packet } from '../../src/stream/embedded.ts'
import { registryServer, schemaAnswer } from '../alert/registry-server.ts'
import { framed, lsstAlert, lsstSchema, lsstSource } from '../fixtures/alert-packets.ts'
import { openPipeline } from '../pipeline.ts'

/** Twelve alerts of one object; number 5 is cut short. */
async function * packets (from = 0): AsyncGenerator<Packet> {
  for (let k = from; k < 12; k++) {
    const bytes = framed(lsstAlert({ diaSource: lsstSource({ diaSourceId: BigInt(k + 1), visit: BigInt(k + 1), midpointMjdTai: 61100 + k }) }))
    yield { bytes: k === 5 ? bytes.subarray(0, 40) : bytes, origin: `packet ${k}`, position: { given: k + 1 } }
  }
}

test('alerts wait while the registry answers garbage, which is said once; then all are processed and only the damaged one is dead', async t => {
  const { store, processor } = await openPipeline(t)
  const server = await registryServer(t, () => ({ text: '<html>maintenance</html>' }))
  const schemas = new SchemaKeeper({ registry: openSchemaRegistry({ url: server.url, firstWaitMs: 1 }), folders: { get: () => undefined } })
  t.after(() => schemas.close())
  const said: string[] = []
  await runEmbeddedStream({
    source: 'test',
    packets: packets(),
    decode: bytes => decodeAlert(bytes, { schemas }),
    processor,
    signal: new AbortController().signal,
    onOutage (error: CandelaError) {
      said.push(error.code)
      assert.equal(store.reader.statistics().accounting.received, 0)
      server.answer = () => schemaAnswer(lsstSchema)
    },
    onOutageEnd: waitedMs => said.push(waitedMs >= 900 ? 'ended after a second' : `ended after ${waitedMs} ms`)
  })
  assert.deepEqual(said, ['registry-invalid', 'ended after a second'])
  const { received, classified, deadLettered } = store.reader.statistics().accounting
  assert.deepEqual([received, classified, deadLettered], [12, 11, 1])
})

test('a stream that waits can be stopped at once: nothing is committed, and the next start has everything', async t => {
  const { store, processor } = await openPipeline(t)
  const server = await registryServer(t, () => ({ text: '<html>maintenance</html>' }))
  const schemas = new SchemaKeeper({ registry: openSchemaRegistry({ url: server.url, firstWaitMs: 1 }), folders: { get: () => undefined } })
  t.after(() => schemas.close())
  const decode = (bytes: Uint8Array) => decodeAlert(bytes, { schemas })
  const stopping = new AbortController()
  const ended: string[] = []
  let stopped = 0
  await runEmbeddedStream({
    source: 'test',
    packets: packets(),
    decode,
    processor,
    signal: stopping.signal,
    onOutage () {
      stopped = performance.now()
      stopping.abort()
    },
    onOutageEnd: () => ended.push('ended')
  })
  assert.ok(performance.now() - stopped < 500, `stopping took ${performance.now() - stopped} ms`)
  assert.deepEqual(ended, [])
  assert.equal(store.reader.statistics().accounting.received, 0)
  assert.equal(store.position('test'), undefined)
  server.answer = () => schemaAnswer(lsstSchema)
  await runEmbeddedStream({ source: 'test', packets: packets(), decode, processor, signal: new AbortController().signal })
  const { received, classified, deadLettered } = store.reader.statistics().accounting
  assert.deepEqual([received, classified, deadLettered], [12, 11, 1])
})
