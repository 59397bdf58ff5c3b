/** A fuzz campaign: damaged and hostile alerts through the pipeline, with good ones in between. */
import { decodeAlert, decodeFile } from '../../src/alert/decode.ts'
import type { ReceivedAlert } from '../../src/alert/alert.ts'
import type { SchemaSource } from '../../src/alert/schemas/source.ts'
import type { Processor } from '../../src/state/processor/processor.ts'
import type { Accounting, ObjectReader } from '../../src/state/views.ts'
import { receive } from '../../src/stream/embedded.ts'
import { lsstSchema } from '../fixtures/alert-packets.ts'
import { mutate } from './mutations.ts'
import { GOOD, HOSTILE, WHOLE } from './packets.ts'

/** Every so many deliveries one is a good alert, and one is hostile. */
const GOOD_EVERY = 10
const HOSTILE_EVERY = 50
const BATCH = 256
/** Beyond whatever a damaged id is likely to become. */
const FIRST_GOOD_ID = 7_700_000_000_000_000_000n

export interface CampaignOptions {
  processor: Processor
  reader: ObjectReader
  /** Number of damaged alerts. */
  alerts: number
  seed: number
  /** Told after every batch how many damaged alerts have gone through. */
  onBatch?: (done: number) => void
}

export interface CampaignResult {
  deliveries: number
  /** Outcomes that the processor gave. */
  outcomes: number
  accounting: Accounting
  /** P(Ia) of the good alerts by dialect: one value each, where all is well; null stands for one that was not classified. */
  good: Array<Set<number | null>>
  goodAlerts: number
  /** Number of alerts by outcome, decline reason or error code. */
  reasons: Map<string, number>
  /** Longest time that one delivery took to decode [ms], and which it was. */
  slowest: { ms: number, delivery: string }
}

const schemas: SchemaSource = { get: id => id === 1000 ? lsstSchema : undefined }

export async function runCampaign ({ processor, reader, alerts, seed, onBatch }: CampaignOptions): Promise<CampaignResult> {
  const good = GOOD.map(() => new Set<number | null>())
  const reasons = new Map<string, number>()
  const slowest = { ms: 0, delivery: '' }
  let batch: ReceivedAlert[] = []
  let [deliveries, goodAlerts, outcomes] = [0, 0, 0]
  const wholes = Object.entries(WHOLE)
  const hostiles = Object.entries(HOSTILE)

  const flush = async (): Promise<void> => {
    const done = await processor.process(batch)
    outcomes += done.length
    done.forEach(({ outcome, reason, probabilityIa }, k) => {
      const name = reason ?? outcome
      reasons.set(name, (reasons.get(name) ?? 0) + 1)
      const dialect = /^good (\d+)$/.exec(batch[k]!.origin)?.[1]
      if (dialect !== undefined) good[Number(dialect)]!.add(probabilityIa ?? null)
    })
    batch = []
  }
  const deliver = async (bytes: Buffer, origin: string, asFile: boolean): Promise<void> => {
    deliveries++
    const began = performance.now()
    if (!asFile) batch.push(await receive(bytes, origin, bytes => decodeAlert(bytes, { schemas })))
    else for await (const decoded of decodeFile(bytes, { schemas })) batch.push({ ...decoded, origin })
    const ms = performance.now() - began
    if (ms > slowest.ms) Object.assign(slowest, { ms, delivery: origin })
    if (batch.length >= BATCH) await flush()
  }

  for (let k = 0; k < alerts; k++) {
    const [dialect, whole] = wholes[k % wholes.length]!
    const damaged = mutate(whole, seed, k)
    await deliver(damaged.bytes, `${dialect} ${damaged.name} ${k}`, Math.floor(k / wholes.length) % 2 === 1)
    if (k % GOOD_EVERY === 0) {
      const which = goodAlerts % GOOD.length
      await deliver(GOOD[which]!(FIRST_GOOD_ID + BigInt(goodAlerts++)), `good ${which}`, goodAlerts % 2 === 1)
    }
    if (k % HOSTILE_EVERY === 0) {
      const [name, bytes] = hostiles[k / HOSTILE_EVERY % hostiles.length]!
      await deliver(bytes, `hostile ${name}`, k % (2 * HOSTILE_EVERY) === 0)
    }
    if (batch.length === 0) onBatch?.(k + 1)
  }
  await flush()
  return { deliveries, outcomes, accounting: reader.statistics().accounting, good, goodAlerts, reasons, slowest }
}
