/**
 * Bounds on BSON before it is made objects: half a megabyte of nulls with names of their own would hold the event loop for
 * half a second.
 */
import type { OnDemand } from 'bson'
import { CandelaError, reasonIn } from '../../../errors.ts'
import { turns } from '../../turns.ts'

/** Values in all: a locus of ANTARES has some hundred. */
const MOST_VALUES = 10_000
const MOST_LEVELS = 32
const DOCUMENT = 3
const ARRAY = 4

/** @throws CandelaError 'antares-invalid' where it is no BSON, or has too much in it */
export async function refuseWideBson (bytes: Buffer): Promise<void> {
  const { onDemand } = await import('bson')
  const turn = turns()
  let values = 0
  let level = [0]
  for (let levels = 0; level.length > 0; levels++) {
    if (levels > MOST_LEVELS) throw refused(`more than ${MOST_LEVELS} levels`)
    const next: number[] = []
    for (const start of level) {
      for (const [type,,, at] of elementsOf(onDemand, bytes, start)) {
        if (++values > MOST_VALUES) throw refused(`more than ${MOST_VALUES} values`)
        if (type === DOCUMENT || type === ARRAY) next.push(at)
      }
      await turn()
    }
    level = next
  }
}

function elementsOf (onDemand: OnDemand, bytes: Buffer, start: number): Array<OnDemand['BSONElement']> {
  try {
    return [...onDemand.parseToElements(bytes, start)]
  } catch (cause) {
    throw refused(reasonIn(cause), cause)
  }
}

const refused = (what: string, cause?: unknown): CandelaError => new CandelaError('antares-invalid', `what is compressed in the record is no BSON of ANTARES: ${what}`, {
  cause, action: 'The record is damaged, or of another sender: ask for it again.'
})
