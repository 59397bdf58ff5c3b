import assert from 'node:assert/strict'
import test from 'node:test'
import { serve, candela } from '../e2e/candela-process.ts'
import { startBroker } from '../e2e/kafka/broker.ts'
import { needs } from '../parts.ts'
import { temporaryFolder } from '../pipeline.ts'
import { blocks, firstEvents, isForKafka, runBlock } from './guides.ts'

/** What the blocks say, in their order. */
const EXPECTED = [/^(\d{17,19} [\d.e-]+ \d+ sky \d+\.\d+\n){3}$/, /^\{'diaObjectId': '\d{17,19}', .*'outcome': '[a-z]+'/]

test('the blocks of the guides for Kafka run as they stand against a broker', async t => {
  if (!needs(t, 'docker')) return
  const kafka = blocks.filter(isForKafka)
  assert.equal(kafka.length, EXPECTED.length)
  const broker = await startBroker(t, '4.1.0')
  const fed = await candela(t, ['simulate', '--nights', '3', '--to', 'kafka', '--topic', 'lsst-alerts', '--kafka-brokers', broker.address])
  assert.equal(fed.status, 0, fed.stderr)
  const service = await serve(t, ['--data-dir', temporaryFolder(t), '--engine', 'wasm', '--source', 'kafka', '--kafka-brokers', broker.address, '--kafka-topics', 'lsst-alerts', '--kafka-outputs', 'candela-json', '--kafka-partitions', '2'])
  await firstEvents(service.url, 1)
  for (const [k, block] of kafka.entries()) await t.test(`${block.where} ${block.language}`, t => runBlock(t, block, { CANDELA: service.url, KAFKA: broker.address }, EXPECTED[k]!))
  await service.stop('SIGTERM')
})
