import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { readSettings, type SettingName } from '../../../../src/config.ts'
import { UsageError } from '../../../../src/errors.ts'
import { ingestSources, type IngestSource } from '../../../../src/stream/kafka/ingest/sources.ts'
import { dangerOf } from '../../../../src/stream/kafka/client/security.ts'
import { topicPattern } from '../../../../src/stream/kafka/ingest/topic-pattern.ts'
import { temporaryFolder } from '../../../pipeline.ts'

type Flags = Partial<Record<SettingName, string>>

const main: Flags = {
  kafkaBrokers: 'kafka1:9093,kafka2:9093',
  kafkaTls: 'true',
  kafkaSaslMechanism: 'scram-sha-512',
  kafkaSaslUsername: 'candela',
  schemaRegistry: 'https://registry.example'
}
const secrets = { CANDELA_KAFKA_SASL_PASSWORD: 'main-secret', CANDELA_SCHEMA_REGISTRY_AUTH: 'candela:registry-secret' }

function sourcesOf (t: TestContext, content: unknown, flags: Flags = {}): IngestSource[] {
  const kafkaSources = join(temporaryFolder(t), 'sources.json')
  writeFileSync(kafkaSources, typeof content === 'string' ? content : JSON.stringify(content))
  return ingestSources(readSettings({ ...main, ...flags, kafkaSources }, { env: secrets }))
}

test('the main settings are a source where they name topics', () => {
  const settings = readSettings({ kafkaTopics: 'lsst-alerts, ztf-alerts', kafkaDialect: 'lsst', kafkaStart: '2026-03-05T00:00:00Z', kafkaGroup: 'g' }, { env: {} })
  const [source, ...others] = ingestSources(settings)
  assert.deepEqual(others, [])
  const { name, topics, dialect, group, start, connection } = source!
  assert.deepEqual([name, topics, dialect, group, start, connection.kafkaBrokers], ['main', ['lsst-alerts', 'ztf-alerts'], 'lsst', 'g-ingest', { time: Date.UTC(2026, 2, 5) }, ['localhost:9092']])
  assert.throws(() => ingestSources(readSettings({}, { env: {} })), (error: unknown) => error instanceof UsageError && /no topic is named/.test(error.message))
})

test('a source of the file has what it says, the rest from the main settings', t => {
  const [main, ztf, lasair] = sourcesOf(t, [
    { name: 'ztf', topics: ['ztf_public', 'ztf_partner'], dialect: 'ztf', group: 'mine', start: 42 },
    { name: 'lasair', topics: 'lasair_1', brokers: ['kafka.example:9092'] }
  ], { kafkaTopics: 'lsst', kafkaStart: 'latest' })
  assert.deepEqual([main!.name, main!.topics], ['main', ['lsst']])
  assert.deepEqual([ztf!.topics, ztf!.dialect, ztf!.group, ztf!.start], [['ztf_public', 'ztf_partner'], 'ztf', 'mine', { offset: 42 }])
  assert.deepEqual([lasair!.topics, lasair!.dialect, lasair!.group, lasair!.start, lasair!.connection.kafkaBrokers], [['lasair_1'], undefined, 'candela-ingest-lasair', 'latest', ['kafka.example:9092']])
  assert.deepEqual(lasair!.registry, { schemaRegistry: 'https://registry.example', schemaRegistryAuth: 'candela:registry-secret' })
})

test('the least reliability of a source goes before that of the main settings; where none is given, it is the survey\'s', t => {
  const sources = [{ name: 'fink', topics: 't', minReliability: 0.5 }, { name: 'lasair', topics: 't' }, { name: 'all', topics: 't', minReliability: 0 }]
  const least = (flags: Flags): unknown => sourcesOf(t, sources, { kafkaTopics: 'lsst', ...flags }).map(({ minReliability }) => minReliability)
  assert.deepEqual(least({ kafkaMinReliability: '0.3' }), [0.3, 0.5, 0.3, 0])
  assert.deepEqual(least({}), [undefined, 0.5, undefined, 0])
  for (const kafkaMinReliability of ['1.5', 'high']) {
    assert.throws(() => least({ kafkaMinReliability }), (error: unknown) => error instanceof UsageError && error.message.includes(kafkaMinReliability) && /--kafka-min-reliability.*a number from 0 to 1/.test(error.message))
  }
  assert.throws(() => sourcesOf(t, [{ name: 'fink', topics: 't', minReliability: 7 }]), (error: unknown) => error instanceof UsageError && /minReliability is 7/.test(error.message))
})

test('a text that begins with ^ is a pattern; commas in its braces part nothing', t => {
  const [main, one, two] = sourcesOf(t, [
    { name: 'one', topics: ['^lc_classifier_\\d{4,8}', 'stamp'] },
    { name: 'two', topics: '^a{1,2}$, ^b,c' }
  ], { kafkaTopics: '^lsst_, plain' })
  assert.deepEqual([main!.topics, one!.topics, two!.topics], [['^lsst_', 'plain'], ['^lc_classifier_\\d{4,8}', 'stamp'], ['^a{1,2}$', '^b', 'c']])
  assert.throws(() => ingestSources(readSettings({ kafkaTopics: '^[a' }, { env: {} })), /setting kafkaTopics has "\^\[a"/)
})

test('matching takes time in proportion to the name', () => {
  const matches = topicPattern('^(a+)+$')
  assert.ok(typeof matches === 'function')
  const began = performance.now()
  assert.deepEqual([matches(`${'a'.repeat(248)}b`), matches('a'.repeat(249)), matches('ba')], [false, true, false])
  assert.ok(performance.now() - began < 1000)
})

test('what is at stake without TLS is said: more for a password in clear text than for SCRAM, nothing on this machine', () => {
  const danger = (saslMechanism: string, kafkaBrokers: string, flags: Flags = {}): string | undefined =>
    dangerOf(readSettings({ kafkaBrokers, kafkaSaslMechanism: saslMechanism, kafkaSaslUsername: 'u', ...flags }, { env: {} }))
  assert.match(danger('plain', 'far:9092')!, /no TLS to far:9092: plain sends the password in clear text/)
  assert.match(danger('scram-sha-512', 'far:9092')!, /try passwords against the login of scram-sha-512/)
  assert.deepEqual([danger('plain', 'localhost:9092,127.0.0.1:1'), danger('none', 'far:9092'), danger('plain', 'far:9092', { kafkaTls: 'true' })], [undefined, undefined, undefined])
})

test('what belongs to the main cluster stays there', t => {
  const [same, foreign, half, own] = sourcesOf(t, [
    { name: 'same', topics: 't', brokers: 'kafka2:9093,kafka1:9093' },
    { name: 'foreign', topics: 't', brokers: 'other:9092' },
    { name: 'half', topics: 't', saslMechanism: 'plain', saslUsername: 'half', saslPassword: 'half-secret' },
    { name: 'own', topics: 't', brokers: 'other:9093', group: 'x', tls: true, saslMechanism: 'oauthbearer', saslUsername: 'id', saslPassword: 'own-secret', oauthTokenUrl: 'https://login.example/token', schemaRegistry: 'https://other-registry.example' }
  ])
  assert.deepEqual([same!.connection.kafkaTls, same!.connection.kafkaSaslUsername, same!.connection.kafkaSaslPassword], [true, 'candela', 'main-secret'])
  assert.deepEqual([foreign!.connection.kafkaTls, foreign!.connection.kafkaSaslMechanism, foreign!.connection.kafkaSaslPassword], [false, 'none', ''])
  assert.deepEqual([half!.connection.kafkaTls, half!.connection.kafkaSaslMechanism, half!.connection.kafkaSaslPassword], [true, 'plain', 'half-secret'])
  assert.ok(!JSON.stringify([foreign!.connection, half!.connection, own]).match(/main-secret|registry-secret/))
  assert.deepEqual(own!.registry, { schemaRegistry: 'https://other-registry.example', schemaRegistryAuth: '' })
})

test('a wrong file names place, value and what is expected, and shows no secret', t => {
  const right = { name: 'a', topics: 'lsst' }
  const noJson = join(temporaryFolder(t), 'no.json')
  writeFileSync(noJson, 'no JSON')
  const wrong: Array<[content: unknown, message: RegExp]> = [
    ['[{"name": "a", "saslPassword": "secret" oops', /cannot be read: it is no JSON/],
    [{ name: 'a' }, /holds no list of sources/],
    [[], /no topic is named/],
    [['lsst'], /\[0\] is no source/],
    [[right, { name: 'b' }], /\[1\] topics is missing/],
    [[{ ...right, topics: [] }], /\[0\] topics is \[\]: at least one topic/],
    [[{ ...right, topics: 'a topic' }], /\[0\] topics is "a topic": not a name of a topic/],
    [[{ ...right, name: 'main' }], /'main' is the source of the main settings/],
    [[right, right], /\[1\] has the name of \[0\]: "a"/],
    [[{ ...right, topics: ['lc', '^lc_('] }], /\[0\] \(a\) topics has "\^lc_\(", which is no regular expression .*: missing closing \)/],
    [[{ ...right, topics: '^lc_(?=a)' }], /\[0\] \(a\) topics has .*invalid or unsupported Perl syntax/],
    [[{ ...right, topics: '^((a{1,40}){1,20}){1,20}' }], /topics has .*invalid repeat count/],
    [[{ ...right, topics: '^(a{1,900}|b{1,900}|c{1,900})' }], /topics has .*it repeats too much: \d+ steps are more than 2000/],
    [[{ ...right, topics: `^${'a'.repeat(249)}` }], /topics has .*250 characters are more than 249/],
    [[{ ...right, brokers: 'other:1', tlsHostCheck: false }], /\(a\) tlsHostCheck is false without TLS/],
    [[{ ...right, brokers: 'other:1', tls: true, tlsHostCheck: false }], /\(a\) tlsHostCheck is false without an authority of its own/],
    [[{ ...right, schemaTopic: 'a topic' }], /\[0\] schemaTopic is "a topic": /],
    [[{ ...right, schemaFile: '/not/there.avsc', schemaTopic: true }], /\(a\) schemaFile is given, and schemaTopic too/],
    [[{ ...right, schemaFile: noJson }], /\(a\) schemaFile: .* is no JSON/],
    [[{ ...right, sasl: 'plain', topcs: 'x' }], /\[0\] has unknown keys: sasl, topcs/],
    [[{ ...right, dialect: 'fits' }], /\[0\] dialect is "fits": .*"lsst"/],
    [[{ ...right, start: 'yesterday' }], /\[0\] start is "yesterday": not earliest, latest, a time/],
    [[{ ...right, brokers: 'kafka' }], /\[0\] brokers is "kafka": not host:port/],
    [[{ ...right, tls: 'yes' }], /\[0\] tls is "yes": true or false/],
    [[{ ...right, saslPassword: 12345 }], /\[0\] saslPassword is \(not shown\)/],
    [[{ ...right, schemaRegistry: 'ftp://user:secret@registry' }], /\[0\] schemaRegistry is "…@registry": not a URL/],
    [[{ ...right, schemaRegistryAuth: 'user:secret' }], /\(a\) schemaRegistryAuth is given without schemaRegistry/],
    [[{ ...right, brokers: 'other:1', tlsCa: 'ca.pem' }], /\(a\) tlsCa is given without TLS/],
    [[{ ...right, brokers: 'other:1', saslMechanism: 'plain', saslPassword: 'secret' }], /\(a\) saslUsername is missing/],
    [[{ ...right, saslMechanism: 'oauthbearer', saslUsername: 'id', saslPassword: 'secret' }], /\(a\) oauthTokenUrl is missing/],
    [[{ ...right, saslMechanism: 'plain', saslUsername: 'u', saslPassword: 'secret', oauthScope: 'x' }], /\(a\) oauthScope is given without the SASL mechanism oauthbearer/],
    [[{ ...right, group: 'g' }, { name: 'b', topics: 'x', group: 'g' }], /sources a and b have one consumer group on one cluster: g/]
  ]
  for (const [content, message] of wrong) {
    assert.throws(() => sourcesOf(t, content), (error: unknown) => {
      assert.ok(error instanceof UsageError, String(error))
      assert.match(error.message, message)
      assert.ok(!/secret/.test(`${error.message} ${String(error.value)} ${String(error.action)}`), error.message)
      assert.ok(error.action)
      return true
    }, String(message))
  }
  assert.throws(() => sourcesOf(t, [{ ...right, schemaFile: '/not/there.avsc' }]), { code: 'file-unreadable', message: /\(a\) schemaFile: \/not\/there\.avsc cannot be read/ })
  assert.throws(() => ingestSources(readSettings({ kafkaSources: '/not/there.json' }, { env: {} })), /sources file \/not\/there\.json cannot be read: ENOENT/)
})
