/** Rubin packets of objects that are seen again and again: one new point with each, and all earlier ones. */
import type { FedPacket } from '../../src/stream/kafka/feeder.ts'
import { createPackets } from '../../src/simulator/live/packet.ts'
import type { SimulatedObject } from '../../src/simulator/live/objects.ts'
import type { Measurement } from '../../src/simulator/live/photometry.ts'
import { randomFrom } from '../../src/simulator/random.ts'

const SEED = 23
const BANDS = ['g', 'r', 'i', 'z'] as const
const FIRST_NIGHT = 61_100
const FIRST_ID = 170_000_000_000_000_000n
/** How many bytes a union and an array of bytes have before and behind them, as the packet ends: three nulls. */
const NO_CUTOUTS = 3

export interface LightCurves {
  /** @param previous points before the newest one */
  packet (object: number, previous: number): FedPacket
}

/**
 * @param objects of which the encoded sources are kept for their next packets
 * @param cutoutBytes of each of the three cut-outs of a packet; none where 0
 */
export function lightCurves (objects: number, cutoutBytes: number): LightCurves {
  const packets = createPackets(SEED, objects)
  const kept = new Map<number, { object: SimulatedObject, measurements: Measurement[] }>()
  const cutouts = cutoutBytes > 0 ? cutoutsOf(cutoutBytes) : null

  function grown (number: number, points: number): { object: SimulatedObject, measurements: Measurement[] } {
    let one = kept.get(number)
    if (!one) {
      const random = randomFrom(SEED, number)
      const object: SimulatedObject = {
        number,
        diaObjectId: FIRST_ID + BigInt(number),
        ra: 360 * random(),
        dec: 60 * random() - 60,
        field: 0,
        templateFlux: { u: 1000, g: 1000, r: 1000, i: 1000, z: 1000, y: 1000 },
        peakMjdTai: FIRST_NIGHT + 30,
        visible: null,
        flux: () => 0,
        class: 'Ia',
        subtype: 'Ia',
        redshift: 0.1
      }
      kept.set(number, one = { object, measurements: [] })
      if (kept.size > objects) kept.delete(kept.keys().next().value!)
    }
    for (let k = one.measurements.length; k < points; k++) one.measurements.push(measurementOf(number, k))
    return one
  }

  return {
    packet (number, previous) {
      const { object, measurements } = grown(number, previous + 1)
      const bytes = packets.encode(object, measurements.slice(0, previous + 1), [])
      return { key: String(object.diaObjectId), origin: `object ${number}`, bytes: cutouts ? Buffer.concat([bytes.subarray(0, -NO_CUTOUTS), cutouts]) : bytes }
    }
  }
}

/** A rise and a fall, once a night. */
function measurementOf (number: number, k: number): Measurement {
  const random = randomFrom(SEED, number, k)
  const flux = 3000 * Math.exp(-(((k - 30) / 20) ** 2)) + 800 + 100 * random()
  return {
    visit: { night: k, visit: 20_260_000_000_000 + 100_000 * k + number % 1000, index: 100_000 * k + number % 1000, field: 0, band: BANDS[k % BANDS.length]!, midpointMjdTai: FIRST_NIGHT + k + 0.2 * random(), fiveSigmaFlux: 500 },
    forcedFlux: flux,
    sourceFlux: flux,
    fluxErr: 100,
    detected: true
  }
}

/** Three times branch 1, length and noise. */
function cutoutsOf (length: number): Buffer {
  const random = randomFrom(SEED, 0)
  const one = Buffer.concat([Buffer.of(2, ...zigzag(length)), Buffer.from(Array.from({ length }, () => Math.floor(256 * random())))])
  return Buffer.concat([one, one, one])
}

function zigzag (value: number): number[] {
  const bytes: number[] = []
  let left = 2 * value
  for (; left > 127; left = Math.floor(left / 128)) bytes.push(128 + left % 128)
  return [...bytes, left]
}
