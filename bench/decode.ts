/**
 * How fast alerts are decoded on one core, against fastavro on the same bytes in the same run: a Rubin packet of 139 KB
 * with 100 previous points and cut-outs, and the same without the cut-outs. `CANDELA_PYTHON` names a Python with fastavro.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { decodeAlert } from '../src/alert/decode.ts'
import { readFrame, writeFrame } from '../src/alert/confluent.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../src/alert/schema-source.ts'
import { alertType, SCHEMA_ID } from '../src/simulator/packet.ts'
import { randomFrom } from '../src/simulator/random.ts'
import { createSky } from '../src/simulator/sky.ts'
import { compare, inAlternation, median } from './comparison.ts'

const ROUNDS = 40
const PREVIOUS = 100

interface SourceRecord { diaSourceId: bigint, visit: bigint, midpointMjdTai: number }
interface AlertRecord { diaSource: SourceRecord, prvDiaSources: SourceRecord[] | null, cutoutDifference: Buffer, cutoutScience: Buffer, cutoutTemplate: Buffer }

/** The first alert of the simulated sky, whose source is repeated as its own history. */
function packet (number: number, cutoutBytes: number): Buffer {
  const random = randomFrom(7, number)
  const noise = (): Buffer => Buffer.from(Array.from({ length: cutoutBytes }, () => Math.floor(256 * random())))
  const alert = alertType.fromBuffer(first.subarray(readFrame(first).position)) as AlertRecord
  const { diaSource } = alert
  alert.prvDiaSources = Array.from({ length: PREVIOUS }, (_, k) => Object.assign(Object.create(Object.getPrototypeOf(diaSource) as object) as SourceRecord, diaSource, {
    diaSourceId: diaSource.diaSourceId - BigInt(k + 1), visit: diaSource.visit - BigInt(k + 1), midpointMjdTai: diaSource.midpointMjdTai - k - 1
  }))
  if (cutoutBytes > 0) Object.assign(alert, { cutoutDifference: noise(), cutoutScience: noise(), cutoutTemplate: noise() })
  return Buffer.concat([writeFrame(SCHEMA_ID), alertType.toBuffer(alert)])
}

const sky = createSky({ seed: 1 })
let night = 0
while (sky.night(night).length === 0) night++
const first = Buffer.from(sky.night(night)[0]!.bytes)

/** A peer in Python that decodes all frames for every line it is sent. */
async function fastavro (folder: string, frames: readonly Buffer[]): Promise<{ about: string, run: () => Promise<void>, close: () => void }> {
  const file = join(folder, `${frames.length}.frames`)
  writeFileSync(file, Buffer.concat(frames.flatMap(frame => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(frame.length)
    return [length, frame]
  })))
  const python = process.env['CANDELA_PYTHON'] ?? 'python3'
  const child = spawn(python, [join(import.meta.dirname, 'peers/decode.py'), join(SHIPPED_SCHEMAS, '10.0/alert.avsc'), file], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const answer = async (): Promise<string> => {
    const { value, done } = await lines.next()
    if (done === true) throw new Error(`${python} has no fastavro: install it (pip install fastavro), or name another Python in CANDELA_PYTHON`)
    return value
  }
  return {
    about: await answer(),
    async run () {
      child.stdin.write('\n')
      await answer()
    },
    close: () => child.stdin.end()
  }
}

const schemas = schemaFolders(SHIPPED_SCHEMAS)
const folder = mkdtempSync(join(tmpdir(), 'candela-bench-'))
try {
  for (const [what, count, cutoutBytes] of [['with cut-outs', 60, 37_000], ['without cut-outs', 200, 0]] as const) {
    const frames = Array.from({ length: count }, (_, k) => packet(k, cutoutBytes))
    const bytes = frames.reduce((sum, { length }) => sum + length, 0)
    const peer = await fastavro(folder, frames)
    const measured = await inAlternation([
      { name: 'candela', run: async () => { for (const frame of frames) await decodeAlert(frame, { schemas }) } },
      { name: peer.about, run: peer.run }
    ], ROUNDS)
    peer.close()
    compare(`${count} alerts of ${(bytes / count / 1000).toFixed(0)} KB with ${PREVIOUS} previous points, ${what}: time of Candela to that of fastavro`, [measured[0]!, measured[1]!], { aim: { atMost: 1 } })
    for (const { name, times } of measured) {
      console.log(`  ${name}: ${(count / median(times) * 1000).toFixed(0)} alerts/s, ${(bytes / median(times) / 1000).toFixed(0)} MB/s`)
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
