/** A fixed list of alerts of the simulated sky, with repeats and packets that nobody can read. */
import avsc from 'avsc'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { alertType } from '../../src/simulator/live/packet.ts'
import { createSky, type SimulatedAlert } from '../../src/simulator/live/sky.ts'
import { generator } from '../pipeline.ts'

export interface ListOptions {
  seed: number
  /** All in all: those that come for the first time, repeats and unreadable ones. */
  alerts: number
  objects: number
}

export interface ListedAlert {
  /** diaObjectId; null where nobody can read it. */
  diaObjectId: string | null
  bytes: Uint8Array
}

const REPEATED = 0.1
const UNREADABLE = 0.005
/** Of the sky whose most active objects are taken. */
const NIGHTS = 200
const FRAME_LENGTH = 5

/** The objects with the most alerts, all their alerts in order. */
function firstTime ({ seed, objects }: ListOptions, wanted: number): SimulatedAlert[] {
  const sky = createSky({ seed, activeObjects: Math.ceil(objects / 2), startMjdTai: 61_000 })
  const alerts = Array.from({ length: NIGHTS }, (_, night) => sky.night(night)).flat()
  const counts = new Map<string, number>()
  for (const { diaObjectId } of alerts) counts.set(diaObjectId, (counts.get(diaObjectId) ?? 0) + 1)
  const most = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, objects)
  const chosen = new Set(most.map(([diaObjectId]) => diaObjectId))
  const found = alerts.filter(({ diaObjectId }) => chosen.has(diaObjectId))
  if (chosen.size < objects || found.length < wanted) throw new Error(`the sky has ${found.length} alerts of ${chosen.size} objects, ${wanted} of ${objects} are wanted`)
  // Every object is to be there: the latest alerts of the busiest ones are left out.
  const left = new Map(most)
  const surplus = new Set<SimulatedAlert>()
  for (const alert of found.toReversed()) {
    if (surplus.size === found.length - wanted) break
    if (left.get(alert.diaObjectId)! < 2) continue
    left.set(alert.diaObjectId, left.get(alert.diaObjectId)! - 1)
    surplus.add(alert)
  }
  return found.filter(alert => !surplus.has(alert))
}

export function alertList (options: ListOptions): ListedAlert[] {
  const random = generator(options.seed)
  const repeats = Math.round(options.alerts * REPEATED)
  const unreadable = Math.round(options.alerts * UNREADABLE)
  const list: ListedAlert[] = firstTime(options, options.alerts - repeats - unreadable)
  const somewhere = (): number => Math.floor(random() * list.length)
  for (let k = 0; k < repeats; k++) {
    const first = somewhere()
    const after = first + 1 + Math.floor(random() * Math.min(300, list.length - first))
    list.splice(after, 0, list[first]!)
  }
  for (let k = 0; k < unreadable; k++) {
    const { bytes } = list[somewhere()]!
    // A packet that was cut off; no two are alike.
    list.splice(somewhere(), 0, { diaObjectId: null, bytes: bytes.subarray(0, FRAME_LENGTH + 10 + k) })
  }
  return list
}

/** Those that can be read as one container file, in their order. */
export async function writeReadable (list: readonly ListedAlert[], file: string): Promise<void> {
  const encoder = new avsc.streams.BlockEncoder(alertType, { codec: 'deflate' })
  const datums = list.filter(({ diaObjectId }) => diaObjectId !== null)
    .map(({ bytes }) => alertType.fromBuffer(Buffer.from(bytes.buffer, bytes.byteOffset + FRAME_LENGTH, bytes.length - FRAME_LENGTH)))
  await pipeline(Readable.from(datums), encoder, createWriteStream(file))
}
