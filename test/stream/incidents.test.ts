import assert from 'node:assert/strict'
import { test } from 'node:test'
import kafkajs from 'kafkajs'
import { CandelaError } from '../../src/errors.ts'
import { Incidents } from '../../src/stream/incidents.ts'
import { sortedLog } from '../../src/stream/kafka/client/log.ts'
import { clusterOf, subjectOf } from '../../src/stream/kafka/subjects.ts'
import { createMeasures } from '../../src/stream/measures.ts'

const BROKERS = ['one:9092', 'two:9092']
const error = (code: string, message: string, canRetry = true): CandelaError => new CandelaError(code, message, { canRetry })

interface Told { incidents: Incidents, lines: string[], measures: ReturnType<typeof createMeasures>, wait: (ms: number) => void, begin: (part: string, code: string, message?: string, canRetry?: boolean) => void }

function told (t: { mock: typeof test.mock }): Told {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let now = 0
  const lines: string[] = []
  const say = (_: object, line: string): void => { lines.push(line) }
  const measures = createMeasures()
  const incidents = new Incidents({ log: { info: say, error: say }, measures, now: () => now })
  return {
    incidents,
    lines,
    measures,
    wait (ms) {
      now += ms
      t.mock.timers.tick(ms)
    },
    begin (part, code, message = 'away', canRetry = true) {
      const failure = error(code, message, canRetry)
      incidents.begin(part, subjectOf(failure, BROKERS, part), failure)
    }
  }
}

test('parts that wait for one cluster have one line when the first begins and one when the last goes on, whatever their errors say', t => {
  const { incidents, lines, wait, begin } = told(t)
  begin('photometry', 'kafka-unreachable', 'two:9092 cannot be reached')
  for (let k = 0; k < 40; k++) {
    wait(15_000)
    for (const partition of [0, 1, 2]) begin(`partition ${partition}`, k % 2 ? 'kafka-no-coordinator' : 'kafka-failed', `correlation id ${k}, offset ${k * 17}`)
    begin('source main', 'kafka-unreachable', `port ${4000 + k}`)
  }
  incidents.end('photometry')
  incidents.end('source main')
  for (const partition of [0, 1]) incidents.end(`partition ${partition}`)
  wait(30_000)
  assert.equal(lines.length, 1, 'one part still waits')
  incidents.end('partition 2')
  wait(3000)
  // What comes back by halves is the same outage.
  begin('the replica', 'kafka-no-coordinator')
  wait(1000)
  incidents.end('the replica')
  wait(4000)
  incidents.symptom(clusterOf([...BROKERS].reverse()))
  wait(4000)
  assert.equal(lines.length, 1)
  wait(1000)
  assert.deepEqual(lines, ['waiting (photometry): two:9092 cannot be reached [kafka-unreachable]', 'Kafka at one:9092, two:9092 answers again, after 638.0 s'])
  begin('photometry', 'kafka-unreachable')
  assert.equal(lines.length, 3, 'the next outage is another')
})

test('the disk, a registry and a cluster are outages of their own; what no retry mends is said beside the outage before it', async t => {
  const { incidents, lines, wait, begin, measures } = told(t)
  begin('partition 1', 'kafka-unreachable')
  begin('partition 2', 'commit-failed', 'no space left after 4096 bytes')
  begin('the replica\'s writing', 'commit-failed', 'no space left after 8192 bytes')
  begin('partition 1', 'kafka-not-authorised', 'not allowed', false)
  assert.deepEqual(lines.map(line => /\[(.*)\]/.exec(line)![1]), ['kafka-unreachable', 'commit-failed', 'kafka-not-authorised'])
  assert.deepEqual((await measures.statistics()).waiting.map(({ part, code }) => [part, code]), [['partition 2', 'commit-failed'], ['the replica\'s writing', 'commit-failed'], ['partition 1', 'kafka-not-authorised']])
  for (const part of ['partition 1', 'partition 2', 'the replica\'s writing']) incidents.end(part)
  wait(6000)
  assert.deepEqual(lines.slice(3).map(line => line.replace(/, after.*/, '')).sort(), ['Kafka at one:9092, two:9092 answers again', 'partition 1 goes on', 'the data folder can be written again'])
  assert.deepEqual((await measures.statistics()).waiting, [])
})

test('a process that stops during an outage does not say that it is over', t => {
  const { incidents, lines, begin } = told(t)
  begin('photometry', 'kafka-unreachable')
  incidents.close()
  incidents.end('photometry')
  assert.equal(lines.length, 1)
})

test('of kafkajs\'s log an outage and the life of a group are no lines, and others with a changing number are one', () => {
  const lines: string[] = []
  const outages: string[] = []
  let now = 0
  const log = sortedLog((line, isOutage) => (isOutage ? outages : lines).push(line), () => now)(kafkajs.logLevel.WARN)
  const say = (message: string, more: object = {}): void => log({ namespace: 'any', level: kafkajs.logLevel.ERROR, label: 'ERROR', log: { timestamp: '', message, ...more } } as kafkajs.LogEntry)
  for (let k = 1; k <= 50; k++) {
    now += 10_000
    say('Connection error: connect ECONNREFUSED 127.0.0.1:9092', { broker: 'one:9092' })
    say(`Failed to connect to seed broker, trying another broker from the list: Connection error: try ${k}`)
    say(`Restarting the consumer in ${k * 97}ms`)
    say('Crash: KafkaJSNumberOfRetriesExceeded: Request Fetch(key: 1, version: 11) timed out')
    say('Response Heartbeat(key: 12, version: 3)', { error: 'The group is rebalancing, so a rejoin is needed', correlationId: k })
    say('The coordinator is not aware of this member, re-joining the group', { error: 'The coordinator is not aware of this member' })
    say(`Offset out of range, resetting to default offset ${k}`)
  }
  assert.deepEqual(lines, ['Offset out of range, resetting to default offset 1'])
  assert.equal(outages.length, 100)
})
