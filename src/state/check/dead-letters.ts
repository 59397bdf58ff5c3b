import { unpack } from 'msgpackr'
import type { KeptFacts } from '../storage/dead-letters.ts'
import type { Report } from './findings.ts'
import type { Snapshot } from './snapshot.ts'

function factsIn (value: Uint8Array): KeptFacts | null {
  try {
    const facts = unpack(value) as Partial<KeptFacts> | null
    return facts !== null && typeof facts === 'object' && typeof facts.code === 'string' && typeof facts.message === 'string' && typeof facts.origin === 'string' && Number.isFinite(facts.time)
      ? facts as KeptFacts
      : null
  } catch {
    return null
  }
}

/** Checks that each dead letter has its facts and its bytes. @returns how many there are, and the greatest number */
export function checkDeadLetters ({ deadLetters, deadLetterBytes }: Snapshot, report: Report, onDisorder: (message: string) => void): { deadLetters: number, greatest: number } {
  let count = 0
  let greatest = 0
  for (const { key, value } of deadLetters.entries(onDisorder)) {
    count++
    greatest = Math.max(greatest, key)
    const facts = factsIn(value)
    const bytes = facts?.bytes ?? deadLetterBytes.get(key)
    if (facts === null) report('dead-letter-damaged', `the facts of dead letter ${key} cannot be read`)
    else if (bytes === undefined) report('dead-letter-damaged', `the bytes of dead letter ${key} are missing`)
    else if (bytes.length !== (facts.size ?? bytes.length)) report('dead-letter-damaged', `dead letter ${key} has ${bytes.length} bytes, and says ${facts.size}`)
  }
  for (const { key } of deadLetterBytes.entries(onDisorder)) {
    greatest = Math.max(greatest, key)
    if (deadLetters.get(key) === undefined) report('dead-letter-damaged', `the bytes of dead letter ${key} are there, and its facts are missing`)
  }
  return { deadLetters: count, greatest }
}
