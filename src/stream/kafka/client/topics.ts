/** Topics with given settings: created where missing, compared where they exist. */
import kafkajs from 'kafkajs'
import pRetry from 'p-retry'
import { CandelaError } from '../../../errors.ts'
import { withAdmin } from './admin.ts'
import { kafkaError } from './errors.ts'

export interface WantedTopic {
  topic: string
  /** Where absent: the broker's default at creation, any number in a comparison. */
  partitions?: number | undefined
  /** Number of replicas; as `partitions`. */
  replication?: number | undefined
  /** Kafka's topic settings by name ('cleanup.policy'); others are not looked at. */
  settings?: Readonly<Record<string, string>>
}

interface Difference {
  what: string
  /** What to do about it. */
  mend: string
}

const BROKERS_DEFAULT = -1

/**
 * Creates a topic, or compares the existing one.
 * @param brokers for the commands in an error's action
 * @throws CandelaError 'kafka-topic-differs' with all differences and the commands that correct them; as kafkaError
 */
export async function ensureTopic (kafka: kafkajs.Kafka, wanted: WantedTopic, brokers: readonly string[]): Promise<'made' | 'there'> {
  const { topic } = wanted
  return await withAdmin(kafka, async admin => {
    const isMade = !(await admin.listTopics()).includes(topic) && await made(admin, wanted)
    const differences = await pRetry(() => compare(admin, wanted, `--bootstrap-server ${brokers.join(',')}`), {
      // A new topic is not known to every broker at once.
      retries: 10, minTimeout: 100, maxTimeout: 1000, shouldRetry: ({ error }) => kafkaError(error, { brokers }).code === 'kafka-topic-unknown'
    })
    if (isMade) return 'made'
    if (differences.length === 0) return 'there'
    throw new CandelaError('kafka-topic-differs', `topic ${topic} is there, but ${differences.map(({ what }) => what).join('; ')}`, {
      value: topic, action: differences.map(({ mend }) => mend).join('\n  ')
    })
  }, { brokers, topic })
}

/** What is needed to create an existing topic again; undefined where there is none. @throws CandelaError as kafkaError */
export async function topicAsItIs (kafka: kafkajs.Kafka, topic: string, brokers: readonly string[]): Promise<WantedTopic | undefined> {
  return await withAdmin(kafka, async admin => {
    if (!(await admin.listTopics()).includes(topic)) return undefined
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    const { partitions } = topics[0]!
    return { topic, partitions: partitions.length, replication: Math.min(...partitions.map(({ replicas }) => replicas.length)) }
  }, { brokers, topic })
}

/** @returns false where another process has created it meanwhile */
async function made (admin: kafkajs.Admin, { topic, partitions = BROKERS_DEFAULT, replication = BROKERS_DEFAULT, settings = {} }: WantedTopic): Promise<boolean> {
  return admin.createTopics({
    waitForLeaders: false,
    topics: [{ topic, numPartitions: partitions, replicationFactor: replication, configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })) }]
  })
}

async function compare (admin: kafkajs.Admin, { topic, partitions, replication, settings = {} }: WantedTopic, server: string): Promise<Difference[]> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
  const found = topics[0]!.partitions
  const differences: Difference[] = []
  if (partitions !== undefined && found.length !== partitions) {
    differences.push({
      what: `it has ${found.length} partitions, and ${partitions} are wanted`,
      mend: found.length < partitions
        ? `kafka-topics.sh ${server} --alter --topic ${topic} --partitions ${partitions} (what is in it stays where it is: keys go to other partitions from then on)`
        : 'The number of partitions cannot be lowered: ask for as many as there are, or choose another topic.'
    })
  }
  const replicas = Math.min(...found.map(({ replicas }) => replicas.length))
  if (replication !== undefined && replicas !== replication) {
    differences.push({
      what: `it has ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}, and ${replication} are wanted`,
      mend: `kafka-reassign-partitions.sh ${server} --execute --reassignment-json-file FILE, with ${replication} brokers for each partition of ${topic} in the file`
    })
  }
  const wrong = await wrongSettings(admin, topic, settings)
  if (wrong.length > 0) {
    differences.push({
      what: wrong.map(({ name, is, wanted }) => `its ${name} is ${is}, and ${wanted} is wanted`).join('; '),
      mend: `kafka-configs.sh ${server} --alter --entity-type topics --entity-name ${topic} --add-config ${wrong.map(({ name, wanted }) => `${name}=${wanted.includes(',') ? `[${wanted}]` : wanted}`).join(',')}`
    })
  }
  return differences
}

async function wrongSettings (admin: kafkajs.Admin, topic: string, settings: Readonly<Record<string, string>>): Promise<Array<{ name: string, is: string, wanted: string }>> {
  const names = Object.keys(settings)
  if (names.length === 0) return []
  const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: names }] })
  const is = new Map(resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]))
  return names.map(name => ({ name, is: is.get(name) ?? '(unknown)', wanted: settings[name]! })).filter(({ is, wanted }) => is !== wanted)
}
