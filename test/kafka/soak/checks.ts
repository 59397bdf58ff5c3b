/** What has to be so at the end of a night. */
import { isDeepStrictEqual } from 'node:util'
import type { Accounting } from '../../../src/state/views.ts'
import type { Replayed } from '../replayed.ts'
import { notFlat, type Growth, type MemoryBounds } from './memory.ts'
import type { Latencies } from './latencies.ts'
import type { MixedAlert } from './packets.ts'
import type { Found, Standing } from './way.ts'

export interface Limits {
  /** Of the p99 of the calm [ms]. */
  p99: number
  /** From a happening to the calm [ms]. */
  recovery: number
  memory: MemoryBounds
}

/** Below this part of the time in calm, its p99 says little. */
const LEAST_STEADY = 0.4

export function wrongInLatency ({ steady, disturbed, seconds }: Latencies, { p99, recovery }: Limits): string[] {
  return [
    ...steady.p99 <= p99 || steady.alerts === 0 ? [] : [`p99 in the calm is ${steady.p99} ms, more than ${p99}`],
    ...seconds.steady >= LEAST_STEADY * seconds.all ? [] : [`only ${seconds.steady} of ${seconds.all} s were calm`],
    ...disturbed.filter(one => !(one.recovery <= recovery)).map(one => `${one.name}: not calm again within ${recovery / 1000} s`)
  ]
}

export function wrongInAccounting (found: Found, accounting: Accounting, mixed: readonly MixedAlert[], sent: number): string[] {
  const { received, classified, declined, duplicate, deadLettered } = accounting
  const { survey, photometry, outcomes, byOutcome, differences } = found
  const wrong = [...differences]
  if (sent !== mixed.length || survey !== sent) wrong.push(`${mixed.length} alerts were to be sent, ${sent} were, and the survey's topic has ${survey}`)
  if (received !== classified + declined + duplicate + deadLettered) wrong.push(`received ${received} is not classified ${classified} + declined ${declined} + duplicate ${duplicate} + dead-lettered ${deadLettered}`)
  if (received !== photometry || outcomes !== photometry) wrong.push(`${photometry} alerts in photometry, ${received} received, ${outcomes} outcomes`)
  const told = { classified, declined, duplicate, 'dead-lettered': deadLettered }
  for (const [name, count] of Object.entries(told)) {
    if (count !== (byOutcome.get(name) ?? 0)) wrong.push(`${count} alerts are told to be ${name}, ${byOutcome.get(name) ?? 0} were published as that`)
  }
  const bad = mixed.filter(({ kind }) => kind !== 'first' && kind !== 'repeat').length
  // A repeat by ingest after an outage comes on top.
  if (deadLettered < bad || deadLettered > bad + photometry - survey) wrong.push(`${deadLettered} dead letters of ${bad} bad alerts`)
  return wrong
}

/** Of each object of a sample the newest P(Ia) with its epochs and revision. */
export function wrongInSample (sample: readonly string[], { results }: Replayed, published: ReadonlyMap<string, Standing>, served: ReadonlyMap<string, Standing | undefined>): string[] {
  const expected = new Map<string, Standing>()
  for (const { diaObjectId, outcome, probabilityIa, epochs, revision } of results) {
    if (outcome === 'classified') expected.set(diaObjectId!, { probabilityIa: probabilityIa!, epochs: epochs!, revision: revision! })
  }
  const differing = (found: ReadonlyMap<string, Standing | undefined>, where: string): string[] => {
    const wrong = sample.filter(id => !isDeepStrictEqual(found.get(id), expected.get(id)))
    return wrong.length === 0 ? [] : [`${where} of ${wrong.length} of ${sample.length} objects is not the replay's: ${wrong.slice(0, 3).map(id => `${id} ${JSON.stringify(found.get(id))}, not ${JSON.stringify(expected.get(id))}`).join('; ')}`]
  }
  return [...differing(published, 'the newest published classification'), ...differing(served, 'what the query process serves')]
}

export const wrongInMemory = (growths: readonly Growth[], { memory }: Limits): string[] => notFlat(growths, memory)
