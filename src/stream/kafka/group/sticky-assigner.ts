/** Partitions go where their state is on disk already, evenly: a restart or a new process moves as few as can be. */
import kafkajs from 'kafkajs'

const { AssignerProtocol } = kafkajs
const NAME = 'candela-sticky'
const VERSION = 1

/** What a member tells the one that assigns. */
interface Kept {
  /** Partitions whose state it has on disk, those that it worked on last first. */
  kept: number[]
}

/**
 * Members of a group and the partitions that they have kept → the partitions that each gets. Sizes differ by one at
 * most; as many partitions as that allows stay where they are kept; of several members that keep one, the first has it.
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

/** @param kept partitions whose state this process has, asked for whenever it joins */
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

/** What another version of Candela tells may be anything. */
function keptOf (metadata: Buffer): number[] {
  try {
    const { kept } = JSON.parse(AssignerProtocol.MemberMetadata.decode(metadata)!.userData.toString()) as Kept
    return kept.filter(Number.isInteger)
  } catch {
    return []
  }
}
