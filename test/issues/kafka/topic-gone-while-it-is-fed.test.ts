import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { start } from '../../e2e/candela-process.ts'
import { clientOf, type KafkaVersion } from '../../e2e/kafka/broker.ts'
import { sharedBroker } from '../../e2e/kafka/shared-broker.ts'
import { needs } from '../../parts.ts'
import { until } from '../../until.ts'

for (const version of ['3.9.1', '4.1.0'] satisfies KafkaVersion[]) {
  test(`Kafka ${version}: a topic that is gone while it is fed is made again with its partitions, and the feeding goes on`, async t => {
    if (!needs(t, 'docker')) return
    const broker = await sharedBroker(version)
    const admin = clientOf(broker.address).admin()
    t.after(() => admin.disconnect())
    await admin.connect()
    const partitions = async (): Promise<number[]> => (await admin.fetchTopicOffsets('gone').catch(() => [])).map(({ high }) => Number(high))
    const sum = (counts: readonly number[]): number => counts.reduce((one, other) => one + other, 0)

    const survey = start(t, ['simulate', '--nights', '1000', '--to', 'kafka', '--topic', 'gone', '--partitions', '5', '--rate', '50', '--burst', '10', '--kafka-brokers', broker.address])
    let said = ''
    survey.stderr.on('data', (chunk: Buffer) => { said += String(chunk) })
    await until('it is fed', async () => sum(await partitions()) > 20)
    await admin.deleteTopics({ topics: ['gone'] })
    await until('it is made again', () => /topic gone was gone and has been made again, with 5 partitions/.test(said), 60_000)
    await until('it is fed again', async () => sum(await partitions()) > 50, 60_000)
    assert.equal((await partitions()).length, 5)
    assert.doesNotMatch(said, /host this topic|waiting \(the feeding\)/, 'nothing else is said')
    survey.kill('SIGINT')
    await once(survey, 'close')
    assert.match(said, /stopped by SIGINT/)
  })
}
