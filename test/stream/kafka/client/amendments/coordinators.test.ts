import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeRemembering, type CoordinatingBroker, type CoordinatorQuery, type KafkajsClasses } from '../../../../../src/stream/kafka/client/amendments/coordinators.ts'

const TRANSACTION = { groupId: 'classify-0', coordinatorType: 1 }
const GROUP = { groupId: 'classify' }

/** A coordinator that moves cannot be had of one broker in a container. */
function cluster () {
  const said = { coordinator: 1, asked: 0, answer: null as string | null, away: new Set<number>() }
  class Broker implements CoordinatingBroker {
    readonly nodeId: number
    constructor (nodeId: number) { this.nodeId = nodeId }
    async answer (): Promise<void> { if (said.answer !== null) throw Object.assign(new Error(said.answer), { type: said.answer }) }
  }
  for (const name of ['initProducerId', 'addPartitionsToTxn', 'addOffsetsToTxn', 'txnOffsetCommit', 'endTxn']) Object.assign(Broker.prototype, { [name]: Broker.prototype.answer })
  class Cluster {
    async findBroker ({ nodeId }: { nodeId: number | string }): Promise<Broker> {
      if (said.away.has(Number(nodeId))) throw new Error('ECONNREFUSED')
      return new Broker(Number(nodeId))
    }

    async findGroupCoordinator (_: CoordinatorQuery): Promise<Broker> {
      said.asked++
      return await this.findBroker({ nodeId: said.coordinator })
    }
  }
  makeRemembering({ Cluster, Broker } as unknown as KafkajsClasses)
  return { said, Cluster, request: async (name: 'endTxn' | 'addPartitionsToTxn') => await (Broker.prototype as unknown as Record<string, () => Promise<void>>)[name]!.call(new Broker(said.coordinator)) }
}

const found = async (cluster: { findGroupCoordinator: (query: CoordinatorQuery) => Promise<CoordinatingBroker> }, query: CoordinatorQuery): Promise<number> => Number((await cluster.findGroupCoordinator(query)).nodeId)

test('coordinators of a transaction and of its group are asked for once, in each cluster', async () => {
  const { said, Cluster } = cluster()
  const [one, other] = [new Cluster(), new Cluster()]
  for (let k = 0; k < 3; k++) for (const query of [TRANSACTION, GROUP]) assert.equal(await found(one, query), 1)
  assert.equal(said.asked, 2)
  await found(other, TRANSACTION)
  assert.equal(said.asked, 3)
})

test('a consumer asks for the coordinator of its group whenever it wants to', async () => {
  const { said, Cluster } = cluster()
  const consumers = new Cluster()
  for (let k = 0; k < 3; k++) await found(consumers, GROUP)
  assert.equal(said.asked, 3)
})

test('one that says that it is none any more is asked for anew; one that has not ended a transaction yet stays', async () => {
  const { said, Cluster, request } = cluster()
  const one = new Cluster()
  await found(one, TRANSACTION)
  said.answer = 'CONCURRENT_TRANSACTIONS'
  await assert.rejects(request('addPartitionsToTxn'), { type: 'CONCURRENT_TRANSACTIONS' })
  await found(one, TRANSACTION)
  assert.equal(said.asked, 1)
  said.answer = 'NOT_COORDINATOR_FOR_GROUP'
  said.coordinator = 2
  await assert.rejects(request('endTxn'), { type: 'NOT_COORDINATOR_FOR_GROUP' })
  assert.equal(await found(one, TRANSACTION), 2)
  assert.equal(said.asked, 2)
})

test('one that is away is asked for anew', async () => {
  const { said, Cluster } = cluster()
  const one = new Cluster()
  assert.equal(await found(one, TRANSACTION), 1)
  said.away.add(1)
  said.coordinator = 2
  assert.equal(await found(one, TRANSACTION), 2)
})
