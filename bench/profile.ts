/**
 * Where the processor time of a profile goes: by part of the program, and by function. Profiles come of `node --cpu-prof`;
 * CANDELA_BENCH_PROFILES=FOLDER has the processes of a benchmark with Kafka leave theirs there.
 *
 *     node --import tsx bench/profile.ts FILE.cpuprofile...
 */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

interface ProfileNode {
  id: number
  callFrame: { functionName: string, url: string, lineNumber: number }
  children?: number[]
}

interface Profile {
  nodes: ProfileNode[]
  samples: number[]
  timeDeltas: number[]
}

/** Innermost first: a sample belongs to the first of them that it or who called it lies in. */
const PARTS: ReadonlyArray<readonly [string, RegExp]> = [
  ['network', /model\/(block-lstm|engine|network|tensor)|tfjs/],
  ['LMDB', /node_modules\/lmdb|msgpackr|state\/lmdb/],
  ['Avro', /node_modules\/avsc|alert\/avro|photometry\.js|taken-alert/],
  ['zstd and other codecs', /codecs\.js|zstd|snappy|lz4/],
  ['kafkajs', /node_modules\/kafkajs|kafka\/(encoding|aborted|coordinators|idle-fetches)/],
  ['outputs', /stream\/outputs|outgoing\.js|transactions\.js/],
  ['records and commit', /packed|changelog|state\/(record|block|object)/],
  ['merge and plan', /state\/(update|merge|plan)|light-curve/],
  ['processor', /dist\/src\/state|dist\/state/],
  ['alert', /alert\//],
  ['metrics and log', /measures|prom-client|pino/],
  ['stream', /stream\//],
  ['HTTP', /fastify|http\//]
]
const FUNCTIONS = 25
/** A longer sample is of a process that was made to stand still [µs]. */
const LONGEST_SAMPLE = 500_000

function partOf (node: ProfileNode, parents: ReadonlyMap<number, ProfileNode>): string {
  if (node.callFrame.functionName === '(garbage collector)') return 'garbage collector'
  for (let one: ProfileNode | undefined = node; one; one = parents.get(one.id)) {
    const url = one.callFrame.url
    const part = PARTS.find(([, pattern]) => pattern.test(url))
    if (part) return part[0]
  }
  return 'Node and everything else'
}

for (const file of process.argv.slice(2)) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as Profile
  const byId = new Map(nodes.map(node => [node.id, node]))
  const parents = new Map(nodes.flatMap(node => (node.children ?? []).map(child => [child, node] as const)))
  const parts = new Map<string, number>()
  const functions = new Map<string, number>()
  let busy = 0
  let idle = 0
  const add = (sums: Map<string, number>, name: string, time: number): void => { sums.set(name, (sums.get(name) ?? 0) + time) }
  samples.forEach((id, k) => {
    const node = byId.get(id)!
    const time = timeDeltas[k]!
    const { functionName, url, lineNumber } = node.callFrame
    if (functionName === '(idle)' || time > LONGEST_SAMPLE) {
      idle += time
      return
    }
    busy += time
    add(parts, partOf(node, parents), time)
    add(functions, `${functionName || '(anonymous)'} ${url.split('/').slice(-2).join('/')}:${lineNumber + 1}`, time)
  })
  console.log(`${basename(file)}: ${(busy / 1e6).toFixed(1)} s busy, ${(idle / 1e6).toFixed(1)} s idle`)
  for (const sums of [parts, functions]) {
    for (const [name, time] of [...sums].sort((a, b) => b[1] - a[1]).slice(0, FUNCTIONS)) console.log(`${(100 * time / busy).toFixed(1).padStart(7)} %  ${name}`)
    console.log()
  }
}
