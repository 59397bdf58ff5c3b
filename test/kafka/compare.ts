/** What was published and kept, against a replay of the same alerts. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type kafkajs from 'kafkajs'
import { openRestored } from '../../src/stream/kafka/classify/restore.ts'
import { openLmdbStore } from '../../src/state/storage/store.ts'
import type { StateStore } from '../../src/state/store.ts'
import { emptyStatistics, sumOfStatistics } from '../../src/state/statistics.ts'
import type { Accounting, StoreStatistics } from '../../src/state/views.ts'
import { recordOf } from '../crash/contents.ts'
import type { ListedAlert } from './alert-list.ts'
import type { AlertResult, Replayed } from './replayed.ts'
import { classificationsIn, type Published } from './topics.ts'

export interface ComparedOptions {
  kafka: kafkajs.Kafka
  cluster: string
  prefix: string
  partitions: number
  /** Sum over all partitions, as the processes told. */
  statistics: StoreStatistics
  /** Data folders of processes, which have ended. */
  dataDirs: readonly string[]
  list: readonly ListedAlert[]
  replayed: Replayed
  /** For stores that are restored from the changelog. */
  folder: string
}

const resultText = ({ diaObjectId, diaSourceId, midpointMjdTai, outcome, reason, probabilityIa, epochs, revision }: AlertResult): string =>
  JSON.stringify([diaObjectId, diaSourceId, midpointMjdTai, outcome, reason ?? null, ...outcome === 'classified' ? [probabilityIa, epochs, revision] : []])

/** How often each text comes. */
function counted (texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return counts
}

function compareOutcomes (published: readonly Published[], { results }: Replayed, unreadable: number): string[] {
  const differences: string[] = []
  const letters = published.filter(({ key }) => key.startsWith('origin:'))
  if (letters.length !== unreadable || new Set(letters.map(({ key }) => key)).size !== unreadable) differences.push(`${letters.length} records of unreadable packets with ${new Set(letters.map(({ key }) => key)).size} origins, ${unreadable} were sent`)
  const expected = counted(results.map(resultText))
  const found = counted(published.filter(({ key }) => !key.startsWith('origin:')).map(({ record }) => resultText(record as unknown as AlertResult)))
  const off = [...new Set([...expected.keys(), ...found.keys()])].map(text => ({ text, found: found.get(text) ?? 0, expected: expected.get(text) ?? 0 })).filter(({ found, expected }) => found !== expected)
  const sum = (one: 'found' | 'expected'): number => off.reduce((sum, difference) => sum + difference[one], 0)
  const places = (text: string): string => published.filter(({ record }) => resultText(record as unknown as AlertResult) === text).map(({ partition, offset }) => `${partition}@${offset}`).join(' and ')
  if (off.length > 0) {
    differences.push(`outcomes: ${sum('found')} that were not expected or too many, ${sum('expected')} expected`)
    for (const { text, found, expected } of off.slice(0, 10)) differences.push(`  ${text}: ${found} for ${expected}, at ${places(text) || 'no place'}`)
  }
  return differences
}

/** Of each object the newest P(Ia) with its epochs and revision. */
function compareNewest (published: readonly Published[], { results }: Replayed): { objects: number, differences: string[] } {
  const newest = new Map<string, unknown>()
  for (const { key, record: { probabilityIa, epochs, revision } } of published) if (probabilityIa !== null) newest.set(key, [probabilityIa, epochs, revision])
  const expected = new Map<string, unknown>()
  for (const { diaObjectId, outcome, probabilityIa, epochs, revision } of results) if (outcome === 'classified') expected.set(diaObjectId!, [probabilityIa, epochs, revision])
  const wrong = [...expected].filter(([diaObjectId, standing]) => !isDeepStrictEqual(newest.get(diaObjectId), standing))
  return { objects: newest.size, differences: wrong.length === 0 && newest.size === expected.size ? [] : [`newest classification of ${wrong.length} objects of ${expected.size}, ${newest.size} were published: ${JSON.stringify(wrong.slice(0, 3))}`] }
}

const identity = ({ received, classified, declined, duplicate, deadLettered }: Accounting): boolean =>
  received === classified + declined + duplicate + deadLettered

/** But for the place among the changes of the whole store, which depends on the partitions. */
const records = (store: StateStore): Map<string, unknown> =>
  new Map(Array.from(store.objects.ids(), diaObjectId => [diaObjectId, { ...recordOf(store, diaObjectId) as object, sequence: null }]))

/** Everything of an object as it is stored, times and all. */
const bytesOf = (store: StateStore, diaObjectId: string): string =>
  JSON.stringify(store.objects.packed(diaObjectId), (_, value: unknown) => value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value)

interface Stored {
  position: bigint
  objects: Map<string, string>
}

function storedIn (store: StateStore): Stored {
  const position = store.position('photometry') as string | undefined
  return { position: BigInt(position ?? 0), objects: new Map(Array.from(store.objects.ids(), diaObjectId => [diaObjectId, bytesOf(store, diaObjectId)])) }
}

/** Of several folders of a partition, the one that has come furthest. */
async function furthest (dataDirs: readonly string[], partition: number): Promise<Stored> {
  let found: Stored = { position: 0n, objects: new Map() }
  for (const folder of dataDirs.map(dataDir => join(dataDir, 'classify', `partition-${partition}`)).filter(folder => existsSync(folder))) {
    const store = openLmdbStore(folder)
    const stored = storedIn(store)
    await store.close()
    if (stored.position >= found.position) found = stored
  }
  return found
}

const differing = (found: unknown, expected: unknown): string => found === undefined
  ? 'everything'
  : Object.entries(expected as object).filter(([name, value]) => !isDeepStrictEqual((found as Record<string, unknown>)[name], value)).map(([name]) => name).join(' and ')

/** The changelog restored into empty folders, against the replay's store and the processes' own ones. */
async function compareRestored ({ kafka, cluster, prefix, partitions, statistics, dataDirs, replayed, folder }: ComparedOptions): Promise<string[]> {
  const differences: string[] = []
  const expected = openLmdbStore(replayed.dataDir)
  const wanted = records(expected)
  await expected.close()
  const found = new Map<string, unknown>()
  let sum = emptyStatistics()
  for (let partition = 0; partition < partitions; partition++) {
    const store = await openRestored({ kafka, cluster, topic: `${prefix}object-records`, partition, folder: join(folder, String(partition)), group: 'restoring', signal: new AbortController().signal })
    try {
      sum = sumOfStatistics(sum, store.reader.statistics())
      for (const [diaObjectId, record] of records(store)) found.set(diaObjectId, record)
      if (!isDeepStrictEqual(storedIn(store), await furthest(dataDirs, partition))) differences.push(`partition ${partition}: the changelog gives other bytes than the process has`)
    } finally {
      await store.close()
    }
  }
  if (!isDeepStrictEqual(sum, statistics)) differences.push(`counters of the changelog ${JSON.stringify(sum)}, of the processes ${JSON.stringify(statistics)}`)
  const wrong = [...wanted].filter(([diaObjectId, record]) => !isDeepStrictEqual(found.get(diaObjectId), record))
  if (wrong.length > 0 || wanted.size !== found.size) differences.push(`the changelog has ${found.size} records, ${wanted.size} are expected; ${wrong.length} differ: ${wrong.slice(0, 3).map(([diaObjectId, record]) => `${diaObjectId} in ${differing(found.get(diaObjectId), record)}`).join(', ')}`)
  return differences
}

/** @returns what is wrong, in words; the number of objects with a classification */
export async function compare (options: ComparedOptions): Promise<{ differences: string[], objects: number }> {
  const { kafka, prefix, partitions, statistics: { accounting }, list, replayed } = options
  const unreadable = list.filter(({ diaObjectId }) => diaObjectId === null).length
  const published = await classificationsIn(kafka, `${prefix}classifications`, partitions)
  const differences: string[] = []
  if (published.length !== list.length) differences.push(`${published.length} outcomes of ${list.length} records`)
  differences.push(...compareOutcomes(published, replayed, unreadable))
  const newest = compareNewest(published, replayed)
  differences.push(...newest.differences)
  if (accounting.received !== list.length || !identity(accounting)) differences.push(`accounting ${JSON.stringify(accounting)}`)
  differences.push(...await compareRestored(options))
  return { differences, objects: newest.objects }
}
