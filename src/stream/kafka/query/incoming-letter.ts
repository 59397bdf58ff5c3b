/** Dead letters from the records that classify writes, see outgoing.ts. */
import type kafkajs from 'kafkajs'
import { CandelaError } from '../../../errors.ts'
import type { DeadLetter } from '../../../state/store.ts'

/**
 * @returns its number, and a null letter where it was deleted
 * @throws CandelaError 'dead-letter-invalid'
 */
export function readLetter ({ key, value, headers = {} }: kafkajs.KafkaMessage, origin: string): { number: number, letter: DeadLetter | null } {
  const number = Number(key === null ? NaN : String(key))
  if (!Number.isSafeInteger(number) || number <= 0) throw invalid(origin, 'its key is no number')
  if (value === null) return { number, letter: null }
  const text = (name: string): string | undefined => {
    const header = headers[name]
    const first = Array.isArray(header) ? header[0] : header
    return first === undefined ? undefined : String(first)
  }
  const [code, message, source, action, part] = ['code', 'message', 'origin', 'action', 'part'].map(text)
  const time = Date.parse(text('time') ?? '')
  if (code === undefined || message === undefined || source === undefined || Number.isNaN(time)) throw invalid(origin, 'its headers do not say what failed and when')
  if (part !== undefined && !/^\d{1,9}$/.test(part)) throw invalid(origin, `its part is '${part.slice(0, 20)}'`)
  return { number, letter: { code, message, origin: source, time, bytes: value, ...action !== undefined && { action }, ...part !== undefined && { part: Number(part) } } }
}

/** @param place of the records, TOPIC/PARTITION */
export function readLetters (records: readonly kafkajs.KafkaMessage[], place: string): { letters: Map<number, DeadLetter | null>, leftOut: CandelaError[] } {
  const letters = new Map<number, DeadLetter | null>()
  const leftOut: CandelaError[] = []
  for (const record of records) {
    try {
      const { number, letter } = readLetter(record, `${place}@${record.offset}`)
      letters.set(number, letter)
    } catch (error) {
      if (!(error instanceof CandelaError)) throw error
      leftOut.push(error)
    }
  }
  return { letters, leftOut }
}

const invalid = (origin: string, what: string): CandelaError => new CandelaError('dead-letter-invalid', `the dead letter at ${origin} cannot be read: ${what}`, {
  value: origin, action: 'See which program else writes to the topic of dead letters; Candela alone may.'
})
