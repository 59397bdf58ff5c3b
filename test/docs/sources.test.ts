/** The blocks of docs/sources.md, started as they stand, but for the brokers' addresses. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import kafkajs from 'kafkajs'
import { SHIPPED_SCHEMAS } from '../../src/alert/schemas/source.ts'
import { brokerRecord, type Form } from '../../src/simulator/broker-forms/forms.ts'
import { createSky } from '../../src/simulator/live/sky.ts'
import { decodePhotometry } from '../../src/stream/kafka/photometry.ts'
import { serve } from '../e2e/candela-process.ts'
import { clientOf, INSIDE, readTopic, sendAll, startBroker } from '../e2e/kafka/broker.ts'
import { makeCertificates } from '../e2e/kafka/certificates.ts'
import { needs } from '../parts.ts'
import { temporaryFolder } from '../pipeline.ts'
import { until } from '../until.ts'

interface Source {
  name: string
  brokers: string
  topics: string | string[]
  tls?: boolean
  tlsCa?: string
  tlsHostCheck?: boolean
  schemaTopic?: boolean
  saslMechanism?: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  saslUsername?: string
  saslPasswordFile?: string
  group: string
}

const page = readFileSync(fileURLToPath(new URL('../../docs/sources.md', import.meta.url)), 'utf8')
const sources = Array.from(page.matchAll(/^```json\n(.*?)^```$/gms), ({ 1: block }) => JSON.parse(block!) as Source[]).flat()
const SECRET = 'a secret of 24 letters !'

/** A topic that each pattern of the page is about. */
const EXAMPLES: Readonly<Record<string, string>> = {
  '^lsst-alerts-v\\d+\\.\\d+$': 'lsst-alerts-v10.0',
  '^babamul\\.lsst\\.(no-)?ztf-match\\.(hosted|hostless|unknown)$': 'babamul.lsst.no-ztf-match.hosted',
  '^babamul\\.ztf\\.(no-)?lsst-match\\.(hosted|hostless)$': 'babamul.ztf.lsst-match.hostless',
  '^lc_classifier_\\d{8}$': 'lc_classifier_20260322',
  '^stamp_classifier_\\d{8}$': 'stamp_classifier_20260322',
  '^ampel\\.lsst\\.extragalactic-': 'ampel.lsst.extragalactic-transients',
  '^ztf_\\d{8}_programid1$': 'ztf_20260322_programid1'
}
/** In which a source's alert is sent; Rubin's own where the simulated sky has no other for it. */
const FORMS: Readonly<Record<string, Form>> = { 'fink-lsst': 'fink', lasair: 'lasair', 'babamul-lsst': 'babamul', ampel: 'ampel' }
const topicsOf = ({ topics }: Source): string[] => [topics].flat().map(topic => topic.startsWith('^') ? EXAMPLES[topic] ?? assert.fail(`name a topic for ${topic} in this test`) : topic)

test('the page has a block for each broker on Kafka', () => {
  assert.deepEqual(sources.map(({ name }) => name), ['rubin', 'fink-lsst', 'fink-ztf', 'fink-transfer', 'lasair', 'babamul-lsst', 'babamul-ztf', 'alerce', 'antares', 'ampel', 'ztf'])
  assert.equal(new Set(sources.map(({ brokers, group }) => `${group} ${brokers}`)).size, sources.length)
})

test('each block joins and reads as it stands, with logins and groups as its broker has them', async t => {
  if (!needs(t, 'docker')) return
  const folder = temporaryFolder(t)
  const { authority, keyAndCertificate } = makeCertificates(folder)
  const login = 'org.apache.kafka.common.security'
  const broker = await startBroker(t, '4.1.0', {
    keyAndCertificates: keyAndCertificate,
    settings: {
      SASL_ENABLED_MECHANISMS: 'SCRAM-SHA-512,SCRAM-SHA-256,PLAIN',
      SCRAM___SHA___512_SASL_JAAS_CONFIG: `${login}.scram.ScramLoginModule required;`,
      SCRAM___SHA___256_SASL_JAAS_CONFIG: `${login}.scram.ScramLoginModule required;`,
      PLAIN_SASL_JAAS_CONFIG: `${login}.plain.PlainLoginModule required user_you="${SECRET}";`
    }
  }, { KAFKA_AUTHORIZER_CLASS_NAME: 'org.apache.kafka.metadata.authorizer.StandardAuthorizer', KAFKA_SUPER_USERS: 'User:ANONYMOUS' })
  const users = new Map(sources.filter(({ saslMechanism }) => saslMechanism?.startsWith('scram')).map(({ saslUsername, saslMechanism }) => [`${saslUsername} ${saslMechanism}`, [saslUsername!, saslMechanism!.toUpperCase()] as const]))
  await Promise.all(Array.from(users.values(), ([user, mechanism]) =>
    broker.run(`KAFKA_HEAP_OPTS=-Xmx64M kafka-configs.sh --bootstrap-server ${INSIDE} --alter --entity-type users --entity-name ${user} --add-config '${mechanism}=[password=${SECRET}]'`)))
  const admin = clientOf(broker.address).admin()
  await admin.connect()
  await admin.createTopics({ topics: sources.flatMap(source => topicsOf(source).flatMap(topic => [topic, ...source.schemaTopic ? [`${topic}_schema`] : []])).map(topic => ({ topic, numPartitions: 1 })) })
  // Each user may read, and use groups that begin with the user.
  const { AclOperationTypes: { READ }, AclPermissionTypes: { ALLOW }, AclResourceTypes: { TOPIC, GROUP }, ResourcePatternTypes: { LITERAL, PREFIXED } } = kafkajs
  await admin.createAcls({
    acl: [...new Set(sources.flatMap(({ saslUsername }) => saslUsername ?? []))].flatMap(user => ([[TOPIC, '*', LITERAL], [GROUP, `${user}-`, PREFIXED]] as const).map(([resourceType, resourceName, resourcePatternType]) =>
      ({ resourceType, resourceName, resourcePatternType, principal: `User:${user}`, host: '*', operation: READ, permissionType: ALLOW })))
  })
  await admin.disconnect()

  const [alert] = createSky({ seed: 4, activeObjects: 40 }).night(0)
  const schema = readFileSync(join(SHIPPED_SCHEMAS, '10.0', 'alert.avsc'), 'utf8')
  for (const source of sources) {
    for (const topic of topicsOf(source)) {
      if (source.schemaTopic) await sendAll(broker, `${topic}_schema`, [{ key: schema, bytes: Buffer.alloc(0) }])
      const { key, headers, value } = brokerRecord(alert!, FORMS[source.name] ?? 'rubin')
      await sendAll(broker, topic, [source.schemaTopic ? { key: null, bytes: value.subarray(5) } : { key, headers, bytes: value }])
    }
  }

  for (const { saslPasswordFile, tlsCa } of sources) {
    for (const [path, content] of [[saslPasswordFile, `${SECRET}\n`], [tlsCa, readFileSync(authority, 'utf8')]] as const) {
      if (path === undefined) continue
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), content)
    }
  }
  // The authority's certificate has the names localhost and 127.0.0.1.
  const addressOf = ({ tls, tlsHostCheck, saslMechanism }: Source): string => tls === true ? broker.secureAddress.replace('localhost', tlsHostCheck === false ? '127.0.0.2' : 'localhost') : saslMechanism ? broker.loginAddress : broker.address
  writeFileSync(join(folder, 'sources.json'), JSON.stringify(sources.map(source => ({ ...source, brokers: addressOf(source) }))))
  const ingest = await serve(t, ['--role', 'ingest', '--kafka-brokers', broker.address, '--kafka-prefix', 'sources.', '--kafka-partitions', '1', '--kafka-sources', 'sources.json'], { NODE_EXTRA_CA_CERTS: authority }, { cwd: folder })
  for (const source of sources) await ingest.logged(new RegExp(`^reading ${[...topicsOf(source)].join(', ').replaceAll('.', '\\.')} of `))
  const wanted = sources.flatMap(topicsOf).sort()
  const read = async () => (await readTopic(broker.address, 'sources.photometry').catch(() => [])).map(({ value }) => decodePhotometry(value)!)
  await until('every topic was read', async () => (await read()).length >= wanted.length)
  assert.deepEqual((await read()).map(({ origin }) => origin.replace(/\/.*/, '')).sort(), wanted)
  for (const { origin, alert: found, error } of await read()) {
    assert.equal(error?.code, origin.startsWith('ztf_') ? 'dialect-mismatch' : undefined, `${origin}: ${error?.message}`)
    if (found) assert.equal(found.diaObjectId, alert!.diaObjectId, origin)
  }
  // A group's coordinator, new as its broker, may still be loading.
  assert.deepEqual(ingest.log.filter(line => line.startsWith('waiting') && !line.includes('[kafka-no-coordinator]')), [])
  assert.equal((await ingest.stop('SIGTERM')).status, 0, ingest.stderr())
})
