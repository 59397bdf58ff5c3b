/** Assigns each partition to a member that has its state on disk, evenly: a restart or a new process moves few partitions. */
import kafkajs from 'kafkajs'

const { AssignerProtocol } = kafkajs
const NAME = 'candela-sticky'
const VERSION = 1

/** What each member tells the leader, which assigns. */
interface Kept {
  /** Partitions whose state it has on disk, the most recently used first. */
  kept: number[]
}

/**
 * Members of a group with the partitions that they have kept → the partitions that each gets. The numbers differ by at
 * most one. Within that, partitions stay where they are kept; of several members that keep one, the first by id gets it.
 */
export function assignSticky (partitions: readonly number[], members: ReadonlyArray<{ id: string, kept: readonly number[] }>): Map<string, number[]> {
  const order = members.toSorted((a, b) => a.id < b.id ? -1 : 1)
  const assigned = new Map(order.map(({ id }) => [id, [] as number[]]))
  const free = new Set(partitions)
  const least = Math.floor(partitions.length / order.length)
  let larger = partitions.length % order.length
  const take = (id: string, partition: number): void => {
    assigned.get(id)!.push(partition)
    free.delete(partition)
  }
  for (const { id, kept } of order) {
    const wanted = kept.filter(partition => free.has(partition))
    const room = least + (wanted.length > least && larger > 0 ? 1 : 0)
    if (room > least) larger--
    for (const partition of wanted.slice(0, room)) take(id, partition)
  }
  for (const size of [least, least + 1]) {
    for (const { id } of order) {
      for (const partition of free) {
        if (assigned.get(id)!.length >= size) break
        take(id, partition)
      }
    }
  }
  return assigned
}

/** @param kept partitions whose state this process has; called at each join */
export const stickyAssigner = (topic: string, kept: () => number[]): kafkajs.PartitionAssigner => ({ cluster }) => ({
  name: NAME,
  version: VERSION,
  async assign ({ members }) {
    const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId).sort((a, b) => a - b)
    const assigned = assignSticky(partitions, members.map(({ memberId, memberMetadata }) => ({ id: memberId, kept: keptOf(memberMetadata) })))
    return Array.from(assigned, ([memberId, partitions]) => ({
      memberId,
      memberAssignment: AssignerProtocol.MemberAssignment.encode({ version: VERSION, assignment: { [topic]: partitions }, userData: Buffer.alloc(0) })
    }))
  },
  protocol: ({ topics }) => ({
    name: NAME,
    metadata: AssignerProtocol.MemberMetadata.encode({ version: VERSION, topics, userData: Buffer.from(JSON.stringify({ kept: kept() } satisfies Kept)) })
  })
})

/** Another version of Candela may send anything. */
function keptOf (metadata: Buffer): number[] {
  try {
    const { kept } = JSON.parse(AssignerProtocol.MemberMetadata.decode(metadata)!.userData.toString()) as Kept
    return kept.filter(Number.isInteger)
  } catch {
    return []
  }
}
