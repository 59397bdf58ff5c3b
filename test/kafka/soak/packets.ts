/** Packets of the simulated sky, made ahead into a folder, and read again as the alerts of a night: with repeats and bad ones. */
import { createWriteStream, existsSync, mkdirSync, openSync, readFileSync, readSync, closeSync, renameSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { createSky } from '../../../src/simulator/live/sky.ts'
import type { FedPacket } from '../../../src/stream/kafka/feeder.ts'
import { generator } from '../../generator.ts'

export interface PacketsOptions {
  seed: number
  /** Mean number of supernovae that are detectable at a time. */
  objects: number
}

export interface Prepared {
  folder: string
  diaObjectIds: string[]
  /** Of each packet [bytes]. */
  lengths: number[]
}

const read = (folder: string): Prepared => {
  const lines = readFileSync(join(folder, 'index.txt'), 'utf8').trimEnd().split('\n').map(line => line.split(' ') as [string, string])
  return { folder, diaObjectIds: lines.map(([id]) => id), lengths: lines.map(([, length]) => Number(length)) }
}

/**
 * Alerts of one night after the other until there are enough; those that the folder has from an earlier time are taken.
 * @param folder for packets of many skies
 */
export async function prepare (folder: string, { seed, objects }: PacketsOptions, wanted: number, say: (line: string) => void): Promise<Prepared> {
  const own = join(folder, `sky-${seed}-${objects}`)
  if (existsSync(join(own, 'index.txt'))) {
    const prepared = read(own)
    if (prepared.lengths.length >= wanted) return prepared
  }
  mkdirSync(own, { recursive: true })
  const sky = createSky({ seed, activeObjects: objects })
  const [packets, index] = ['packets.new', 'index.new'].map(name => createWriteStream(join(own, name))) as [ReturnType<typeof createWriteStream>, ReturnType<typeof createWriteStream>]
  for (let night = 0, alerts = 0; alerts < wanted; night++) {
    for (const { diaObjectId, bytes } of sky.night(night)) {
      alerts++
      index.write(`${diaObjectId} ${bytes.length}\n`)
      if (!packets.write(bytes)) await once(packets, 'drain')
    }
    say(`night ${night + 1}: ${alerts} of ${wanted} alerts`)
  }
  await Promise.all([packets, index].map(async stream => {
    stream.end()
    await once(stream, 'finish')
  }))
  // The old index fits the new packets, which begin with the old ones.
  renameSync(join(own, 'packets.new'), join(own, 'packets.bin'))
  renameSync(join(own, 'index.new'), join(own, 'index.txt'))
  return read(own)
}

export interface MixOptions {
  seed: number
  /** Share of all alerts that nobody can read, and of repeats. */
  bad: number
  repeats: number
}

/** One alert of a night: which packet, and what was done to it. */
export interface MixedAlert {
  packet: number
  kind: 'first' | 'repeat' | 'cut-off' | 'not-framed' | 'schema-unknown'
}

const SPOILT = ['cut-off', 'not-framed', 'schema-unknown'] as const
/** A repeat is one of so many packets before. */
const REPEAT_WITHIN = 2000

/** Which packet comes in each place. A bad one takes no good one's place among those that come. */
export function mix (alerts: number, { seed, bad, repeats }: MixOptions): MixedAlert[] {
  const random = generator(seed)
  let next = 0
  return Array.from({ length: alerts }, (_, k): MixedAlert => {
    const draw = random()
    if (next > 0 && draw < bad) return { packet: next - 1, kind: SPOILT[k % SPOILT.length]! }
    if (next > 0 && draw < bad + repeats) return { packet: next - 1 - Math.floor(random() * Math.min(next, REPEAT_WITHIN)), kind: 'repeat' }
    return { packet: next++, kind: 'first' }
  })
}

export const packetsIn = (mixed: readonly MixedAlert[]): number => mixed.reduce((count, { kind }) => kind === 'first' ? count + 1 : count, 0)

const FRAME_LENGTH = 5
const UNKNOWN_SCHEMA = 999_999

function spoilt (bytes: Buffer, kind: typeof SPOILT[number]): Buffer {
  if (kind === 'cut-off') return bytes.subarray(0, Math.floor(bytes.length / 2))
  const copy = Buffer.from(bytes)
  if (kind === 'not-framed') copy[0] = 0xff
  else copy.writeUInt32BE(UNKNOWN_SCHEMA, FRAME_LENGTH - 4)
  return copy
}

/** The bytes of any prepared packet. */
export function packetReader ({ folder, lengths }: Prepared): { bytesOf (packet: number): Buffer, close (): void } {
  const file = openSync(join(folder, 'packets.bin'), 'r')
  const starts = new Float64Array(lengths.length + 1)
  lengths.forEach((length, k) => { starts[k + 1] = starts[k]! + length })
  return {
    bytesOf (packet) {
      const bytes = Buffer.allocUnsafe(lengths[packet]!)
      readSync(file, bytes, 0, bytes.length, starts[packet]!)
      return bytes
    },
    close: () => closeSync(file)
  }
}

/** The alerts of a night as they are sent, in order. */
export async function * fedPackets (prepared: Prepared, mixed: readonly MixedAlert[]): AsyncGenerator<FedPacket> {
  const { bytesOf, close } = packetReader(prepared)
  try {
    for (const [k, { packet, kind }] of mixed.entries()) {
      const bytes = bytesOf(packet)
      const isGood = kind === 'first' || kind === 'repeat'
      yield { bytes: isGood ? bytes : spoilt(bytes, kind), key: isGood ? prepared.diaObjectIds[packet]! : null, origin: `alert ${k}` }
    }
  } finally {
    close()
  }
}
