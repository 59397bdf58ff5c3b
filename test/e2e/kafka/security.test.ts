import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import kafkajs from 'kafkajs'
import type { SettingName } from '../../../src/config.ts'
import { CandelaError } from '../../../src/errors.ts'
import { feed } from '../../../src/stream/kafka/feeder.ts'
import { ensureTopic } from '../../../src/stream/kafka/client/topics.ts'
import { needs } from '../../parts.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { candela, serve } from '../candela-process.ts'
import { makeCertificates } from './certificates.ts'
import { clientOf, INSIDE, readTopic, startBroker } from './broker.ts'
import { hasMessages, startIngest } from './running-ingest.ts'
import { tokenEndpoint } from './token-endpoint.ts'

type Flags = Partial<Record<SettingName, string>>

const USER = 'candela'
const SECRET = 'a secret of 24 letters !'

/** Everybody may do everything with what no rule is about. */
const AUTHORISED = {
  KAFKA_AUTHORIZER_CLASS_NAME: 'org.apache.kafka.metadata.authorizer.StandardAuthorizer', KAFKA_SUPER_USERS: 'User:ANONYMOUS', KAFKA_ALLOW_EVERYONE_IF_NO_ACL_FOUND: 'true'
}

test('Kafka with SASL over TLS: what is right works, what is wrong is said', async t => {
  if (!needs(t, 'docker')) return
  const folder = temporaryFolder(t)
  const { authority, keyAndCertificate } = makeCertificates(folder)
  const login = 'org.apache.kafka.common.security'
  const broker = await startBroker(t, '4.1.0', {
    keyAndCertificates: keyAndCertificate,
    settings: {
      SASL_ENABLED_MECHANISMS: 'SCRAM-SHA-512,PLAIN,OAUTHBEARER',
      SCRAM___SHA___512_SASL_JAAS_CONFIG: `${login}.scram.ScramLoginModule required;`,
      PLAIN_SASL_JAAS_CONFIG: `${login}.plain.PlainLoginModule required user_${USER}="${SECRET}";`,
      OAUTHBEARER_SASL_JAAS_CONFIG: `${login}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`
    }
  }, AUTHORISED)
  await broker.run(`kafka-configs.sh --bootstrap-server ${INSIDE} --alter --entity-type users --entity-name ${USER} --add-config 'SCRAM-SHA-512=[password=${SECRET}]'`)
  const endpoint = await tokenEndpoint(t, USER, SECRET)
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, `${SECRET}\n`)

  const tls: Flags = { kafkaBrokers: broker.secureAddress, kafkaTls: 'true', kafkaTlsCa: authority }
  const scram: Flags = { ...tls, kafkaSaslMechanism: 'scram-sha-512', kafkaSaslUsername: USER, kafkaSaslPasswordFile: passwordFile }
  const oauth: Flags = { ...scram, kafkaSaslMechanism: 'oauthbearer', kafkaOauthTokenUrl: endpoint.url, kafkaOauthScope: 'kafka' }

  const plain = clientOf(broker.address)
  await ensureTopic(plain, { topic: 'survey', partitions: 1 }, [broker.address])
  await feed(plain, (async function * () { yield { bytes: Buffer.from('no alert'), key: null, origin: 'here' } })(), { topic: 'survey', brokers: [broker.address], signal: new AbortController().signal })

  const right: Array<[what: string, flags: Flags]> = [
    ['scram-sha-512', scram], ['scram-without-tls', { ...scram, kafkaBrokers: broker.loginAddress, kafkaTls: 'false', kafkaTlsCa: '' }], ['plain', { ...scram, kafkaSaslMechanism: 'plain' }], ['oauthbearer', oauth]
  ]
  await t.test('ingest reads and writes with every mechanism', async t => {
    await Promise.all(right.map(async ([what, flags]) => {
      const [role] = await startIngest(t, { settings: { ...flags, kafkaTopics: 'survey', kafkaPrefix: `${what}.`, kafkaGroup: what, kafkaPartitions: '1' } })
      await hasMessages(t, broker, `${what}.photometry`, 1)
      await role!.stop()
      await role!.finished
      assert.equal((await readTopic(broker.address, `${what}.photometry`)).length, 1, what)
    }))
    // One token serves all connections of a client.
    assert.ok(endpoint.asked.length <= 2, String(endpoint.asked.length))
    assert.match(endpoint.asked[0]!, /grant_type=client_credentials/)
    assert.match(endpoint.asked[0]!, /scope=kafka/)
  })

  const wrongPassword = { ...scram, kafkaSaslPasswordFile: join(folder, 'wrong') }
  writeFileSync(wrongPassword.kafkaSaslPasswordFile, 'wrong-secret')
  const { kafkaTlsCa: _, ...untrusted } = scram
  const wrong: Array<[what: string, flags: Flags, code: string, message: RegExp]> = [
    ['wrong password', wrongPassword, 'kafka-authentication', /did not accept user and password/],
    ['wrong password by PLAIN', { ...wrongPassword, kafkaSaslMechanism: 'plain' }, 'kafka-authentication', /did not accept user and password/],
    ['untrusted certificate', untrusted, 'kafka-certificate', /is not trusted/],
    ['another name than the certificate\'s', { ...scram, kafkaBrokers: broker.secureAddress.replace('localhost', '127.0.0.2') }, 'kafka-certificate', /is not trusted/],
    ['TLS where there is none', { ...scram, kafkaBrokers: broker.address }, 'kafka-tls', /could not be spoken to by TLS/],
    ['wrong client secret', { ...oauth, kafkaSaslPasswordFile: wrongPassword.kafkaSaslPasswordFile }, 'kafka-authentication', /gives no token to client 'candela': invalid_client: no such client/],
    ['a mechanism that the broker does not have', { ...scram, kafkaSaslMechanism: 'scram-sha-256' }, 'kafka-authentication', /does not have this SASL mechanism/],
    ['a user where none is asked for', { ...scram, kafkaTls: 'false', kafkaTlsCa: '', kafkaBrokers: broker.address }, 'kafka-authentication', /asks for no user on this port/]
  ]
  for (const [what, flags, code, message] of wrong) {
    await t.test(`${what}: ${code}`, async t => {
      await assert.rejects(startIngest(t, { settings: { kafkaTopics: 'survey', ...flags } }), (error: unknown) => {
        assert.ok(error instanceof CandelaError, String(error))
        assert.equal(error.code, code, error.message)
        assert.match(error.message, message)
        assert.ok(error.action !== undefined && !error.canRetry)
        assert.ok(!/secret/.test(error.message))
        return true
      })
    })
  }

  await t.test('a topic that the user cannot see is waited for: it may come', async t => {
    const [role] = await startIngest(t, { settings: { ...scram, kafkaTopics: 'not-there', kafkaGroup: 'not-there' } })
    assert.match(role!.readiness().reason!, /no topic not-there, or this user may not see it \[kafka-topic-unknown\]/)
    await role!.stop()
  })

  await t.test('what the user may not do: kafka-not-authorised', async t => {
    await ensureTopic(plain, { topic: 'readonly.photometry', partitions: 1, settings: { 'cleanup.policy': 'delete' } }, [broker.address])
    const admin = plain.admin()
    await admin.connect()
    const { AclOperationTypes: { DESCRIBE, DESCRIBE_CONFIGS }, AclPermissionTypes: { ALLOW }, AclResourceTypes: { TOPIC, GROUP }, ResourcePatternTypes: { LITERAL } } = kafkajs
    const rules = [[TOPIC, 'readonly.photometry', DESCRIBE], [TOPIC, 'readonly.photometry', DESCRIBE_CONFIGS], [GROUP, 'foreign-ingest', DESCRIBE]] as const
    await admin.createAcls({ acl: rules.map(([resourceType, resourceName, operation]) => ({ resourceType, resourceName, operation, resourcePatternType: LITERAL, principal: `User:${USER}`, host: '*', permissionType: ALLOW })) })
    await admin.disconnect()
    const [written] = await startIngest(t, { settings: { ...scram, kafkaTopics: 'survey', kafkaPrefix: 'readonly.', kafkaGroup: 'readonly' } })
    await assert.rejects(written!.finished, { code: 'kafka-not-authorised', canRetry: false, message: /topic readonly\.photometry/, action: /kafka-acls\.sh/ })
    await assert.rejects(startIngest(t, { settings: { ...scram, kafkaTopics: 'survey', kafkaPrefix: 'foreign.', kafkaGroup: 'foreign' } }), { code: 'kafka-not-authorised', canRetry: false, message: /consumer group foreign-ingest/, action: /begins as the account says.*kafka-acls\.sh/ })
  })

  await t.test('of several sources, each says what is wrong with it once, and those that are right are read', async t => {
    const other = makeCertificates(temporaryFolder(t))
    const admin = plain.admin()
    await admin.connect()
    const { AclOperationTypes: { DESCRIBE }, AclPermissionTypes: { ALLOW }, AclResourceTypes: { TOPIC, GROUP }, ResourcePatternTypes: { LITERAL } } = kafkajs
    await ensureTopic(plain, { topic: 'unreadable', partitions: 1 }, [broker.address])
    await admin.createAcls({ acl: ([[TOPIC, 'unreadable'], [GROUP, 'somebody-else']] as const).map(([resourceType, resourceName]) => ({ resourceType, resourceName, operation: DESCRIBE, resourcePatternType: LITERAL, principal: `User:${USER}`, host: '*', permissionType: ALLOW })) })
    await admin.disconnect()
    const login = { brokers: broker.secureAddress, topics: 'survey', tls: true, tlsCa: authority, saslMechanism: 'scram-sha-512', saslUsername: USER, saslPasswordFile: passwordFile }
    const sources = [
      { ...login, name: 'password', saslPasswordFile: wrongPassword.kafkaSaslPasswordFile },
      { ...login, name: 'authority', tlsCa: other.authority, tlsHostCheck: false },
      { ...login, name: 'host', brokers: broker.secureAddress.replace('localhost', '127.0.0.2') },
      { ...login, name: 'group', group: 'somebody-else' },
      { ...login, name: 'rights', topics: 'unreadable' },
      { ...login, name: 'part', topics: '^(survey|unreadable)$' },
      { ...login, name: 'nothing', topics: '^nothing-of-this-' },
      { ...login, name: 'unchecked', brokers: broker.secureAddress.replace('localhost', '127.0.0.2'), tlsHostCheck: false }
    ]
    const file = join(folder, 'sources.json')
    writeFileSync(file, JSON.stringify(sources))
    const ingest = await serve(t, ['--role', 'ingest', '--kafka-brokers', broker.address, '--kafka-topics', 'survey', '--kafka-prefix', 'beside.', '--kafka-group', 'beside', '--kafka-partitions', '1', '--kafka-sources', file])
    await hasMessages(t, broker, 'beside.photometry', 3)
    const said: Array<[source: string, line: RegExp]> = [
      ['password', /did not accept user and password.*\[kafka-authentication\]/],
      ['authority', /is not trusted.*\[kafka-certificate\]/],
      ['host', /is not trusted.*altnames.*\[kafka-certificate\]/],
      ['group', /does not allow the consumer group somebody-else to this user.*\[kafka-not-authorised\]/],
      ['rights', /does not allow it.*\[kafka-not-authorised\]/],
      ['part, topic unreadable', /this user may see topic unreadable and not read it.*\[kafka-not-authorised\]/],
      ['nothing, topics ^nothing-of-this-', /no topic matches \^nothing-of-this-.*\[kafka-topic-unknown\]/]
    ]
    for (const [part, line] of said) {
      assert.match(await ingest.logged(new RegExp(`^waiting \\(source ${part.replaceAll('^', '\\^')}\\)`)), line)
      assert.equal(ingest.log.filter(line => line.includes(`(source ${part})`)).length, 1, ingest.log.join('\n'))
    }
    const { detail } = await (await fetch(`${ingest.url}/health/ready`)).json() as { detail: string }
    assert.deepEqual(said.filter(([part]) => !detail.includes(`source ${part}: `)), [], detail)
    assert.doesNotMatch(detail, /source (main|unchecked)/)
    assert.equal((await ingest.stop('SIGTERM')).status, 0, ingest.stderr())
  })

  await t.test('a port that wants a user closes connections without: that is waited for, and said with what to do', async t => {
    const [role] = await startIngest(t, { settings: { ...tls, kafkaTopics: 'survey' } })
    const { ready, reason } = role!.readiness()
    assert.equal(ready, false)
    assert.match(reason!, /cannot be reached/)
    await role!.stop()
  })

  await t.test('a token endpoint that fails for a while is waited for', async t => {
    endpoint.failWith(503)
    const [role] = await startIngest(t, { settings: { ...oauth, kafkaTopics: 'survey', kafkaPrefix: 'later.', kafkaGroup: 'later', kafkaPartitions: '1' } })
    assert.match(role!.readiness().reason!, /token endpoint .* answered with status 503/)
    endpoint.failWith(null)
    await role!.logged(/^reading survey/)
    assert.deepEqual(role!.readiness(), { ready: true })
    await role!.stop()
  })

  await t.test('from the command line', async t => {
    const flags = (settings: Flags): string[] => Object.entries(settings).flatMap(([name, value]) => [`--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`, value!])
    const simulate = (topic: string, settings: Flags) => candela(t, ['simulate', '--nights', '1', '--objects', '20', '--to', 'kafka', '--topic', topic, ...flags(settings)])
    const [fed, refused, tokenless, incomplete] = await Promise.all([
      simulate('by-token', oauth), simulate('nothing', wrongPassword), simulate('nothing', { ...oauth, kafkaOauthTokenUrl: 'http://127.0.0.1:1/token' }), simulate('nothing', { ...scram, kafkaSaslMechanism: 'oauthbearer' })
    ])
    assert.equal(fed.status, 0, fed.stderr)
    assert.ok((await readTopic(broker.address, 'by-token')).length > 0)
    assert.deepEqual([refused.status, tokenless.status, incomplete.status], [1, 1, 2])
    assert.match(refused.stderr, /did not accept user and password.*\[kafka-authentication\]/)
    assert.match(tokenless.stderr, /token endpoint http:\/\/127\.0\.0\.1:1\/token cannot be used: .*\[kafka-token-unavailable\]/)
    assert.match(incomplete.stderr, /setting kafkaOauthTokenUrl is missing/)
  })
})
