/**
 * Remembers the coordinators of a transaction and of the group whose offset it commits. kafkajs 2.2.4 looks them up before
 * each request, four times in a transaction. Kafka's Java client looks them up once, and again after a failure
 * (TransactionManager.lookupCoordinator). This module does the same for transactional producers.
 */

export interface CoordinatorQuery {
  /** Or the transactional id. */
  groupId: string
  /** As Kafka's protocol numbers them; of a group where absent. */
  coordinatorType?: number
}

export interface CoordinatingBroker { nodeId: number | string }

export interface CoordinatedCluster {
  findGroupCoordinator (query: CoordinatorQuery): Promise<CoordinatingBroker>
  findBroker (query: { nodeId: number | string }): Promise<CoordinatingBroker>
}

/** Requests to a coordinator; a failure may mean that the broker is no longer the coordinator. */
const TO_COORDINATORS = ['initProducerId', 'addPartitionsToTxn', 'addOffsetsToTxn', 'txnOffsetCommit', 'endTxn'] as const

type Requesting = CoordinatingBroker & Record<typeof TO_COORDINATORS[number], (request: unknown) => Promise<unknown>>

export interface KafkajsClasses {
  Cluster: { prototype: CoordinatedCluster }
  Broker: { prototype: Requesting }
}

const OF_GROUP = 0
const OF_TRANSACTION = 1
/** The coordinator has not ended the transaction before yet. */
const STILL_ENDING = 'CONCURRENT_TRANSACTIONS'

/** @param classes kafkajs's */
export function makeRemembering ({ Cluster, Broker }: KafkajsClasses): void {
  let known = new WeakMap<CoordinatedCluster, Map<string, number | string>>()
  const { findGroupCoordinator } = Cluster.prototype
  Cluster.prototype.findGroupCoordinator = async function (query) {
    const { groupId, coordinatorType = OF_GROUP } = query
    let ofCluster = known.get(this)
    if (!ofCluster) {
      if (coordinatorType !== OF_TRANSACTION) return await findGroupCoordinator.call(this, query)
      known.set(this, ofCluster = new Map())
    }
    const name = `${coordinatorType}/${groupId}`
    const nodeId = ofCluster.get(name)
    if (nodeId !== undefined) {
      try {
        return await this.findBroker({ nodeId })
      } catch {
        ofCluster.delete(name)
      }
    }
    const broker = await findGroupCoordinator.call(this, query)
    ofCluster.set(name, broker.nodeId)
    return broker
  }
  for (const name of TO_COORDINATORS) {
    const request = Broker.prototype[name]
    Broker.prototype[name] = async function (this: Requesting, parameters) {
      try {
        return await request.call(this, parameters)
      } catch (error) {
        if ((error as { type?: string }).type !== STILL_ENDING) known = new WeakMap()
        throw error
      }
    }
  }
}
