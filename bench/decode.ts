/**
 * How fast alerts are decoded on one core, against JSON.parse of the alert as it is decoded, against a copy of the packet's
 * bytes, and against fastavro: a Rubin packet of 139 KB with 100 previous points and cut-outs, and the same without the
 * cut-outs. `CANDELA_PYTHON` names a Python with fastavro.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeAlert } from '../src/alert/decode.ts'
import { readFrame, writeFrame } from '../src/alert/schemas/confluent.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../src/alert/schemas/source.ts'
import { alertType, SCHEMA_ID } from '../src/simulator/live/packet.ts'
import { randomFrom } from '../src/simulator/random.ts'
import { createSky } from '../src/simulator/live/sky.ts'
import { BRIEF, compare, inAlternation, median, type Measured } from './comparison.ts'
import { framed, pythonPeer, pythonWith } from './peers/python.ts'

const ROUNDS = BRIEF ? 15 : 40
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

function fileOf (folder: string, frames: readonly Buffer[]): string {
  const file = join(folder, `${frames.length}.frames`)
  writeFileSync(file, framed(frames))
  return file
}

const schemas = schemaFolders(SHIPPED_SCHEMAS)
const folder = mkdtempSync(join(tmpdir(), 'candela-bench-'))
const python = BRIEF ? null : await pythonWith(['fastavro'])
try {
  for (const [what, count, cutoutBytes] of [['with cut-outs', 60, 37_000], ['without cut-outs', 200, 0]] as const) {
    const frames = Array.from({ length: count }, (_, k) => packet(k, cutoutBytes))
    const texts = await Promise.all(frames.map(async frame => JSON.stringify(await decodeAlert(frame, { schemas }))))
    const bytes = frames.reduce((sum, { length }) => sum + length, 0)
    const question = `${count} alerts of ${(bytes / count / 1000).toFixed(0)} KB with ${PREVIOUS} previous points, ${what}, decoded`
    const candela = { name: 'Candela', run: async () => { for (const frame of frames) await decodeAlert(frame, { schemas }) } }
    const [decoded, parsed, copied] = await inAlternation([
      candela,
      { name: 'JSON.parse of what comes of it', run: async () => { for (const text of texts) JSON.parse(text) } },
      { name: 'a copy of the bytes', run: async () => { for (const frame of frames) Buffer.from(frame) } }
    ], ROUNDS) as [Measured, Measured, Measured]
    console.log(`  ${(count / median(decoded.times) * 1000).toFixed(0)} alerts/s, ${(bytes / median(decoded.times) / 1000).toFixed(0)} MB/s; copied ${(bytes / median(copied.times) / 1000).toFixed(0)} MB/s`)
    compare(question, [decoded, parsed], { guard: { atMost: 8 } })
    compare(question, [decoded, copied], {})
    if (python === null) continue
    const peer = await pythonPeer(python, 'decode.py', [join(SHIPPED_SCHEMAS, '10.0/alert.avsc'), fileOf(folder, frames)])
    const ofPeer = await inAlternation([candela, { name: peer.about, run: async () => { await peer.ask('') } }], ROUNDS) as [Measured, Measured]
    peer.close()
    compare(question, ofPeer, { aim: { atMost: 1 } })
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
