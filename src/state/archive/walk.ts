/** Walks through all records of a store, a page at a time, so that other work goes on in between. */
import { setImmediate } from 'node:timers/promises'
import { CandelaError } from '../../errors.ts'
import { lastSeen } from './file.ts'
import type { ObjectRecord } from '../record/record.ts'
import type { StateStore } from '../store.ts'

/** Records read in one turn, in a millisecond or two. */
const PAGE = 64

/** Called between two pages. */
export type Breathe = () => Promise<void>

export interface Walked {
  diaObjectId: string
  /** Null where it cannot be read. */
  record: ObjectRecord | null
}

/**
 * All objects after an id, in the order of their ids. Changes made during the walk may or may not be seen.
 */
export async function * walk (store: Pick<StateStore, 'objects'>, { after, breathe = setImmediate }: { after?: string | undefined, breathe?: Breathe | undefined }): AsyncGenerator<Walked> {
  let last = after
  for (;;) {
    const page: string[] = []
    for (const id of store.objects.ids(last)) {
      page.push(id)
      if (page.length === PAGE) break
    }
    for (const diaObjectId of page) {
      try {
        const record = store.objects.get(diaObjectId)
        if (record) yield { diaObjectId, record }
      } catch (error) {
        if (!(error instanceof CandelaError)) throw error
        yield { diaObjectId, record: null }
      }
    }
    if (page.length < PAGE) return
    last = page.at(-1)
    await breathe()
  }
}

/** One of this many objects, the newest, is left out of the clock, … */
const ONE_IN = 50
/** … up to this number. */
const MOST_DISTRUSTED = 20

/**
 * The survey's clock: the newest time at which an object of the store was seen [d, MJD TAI], −∞ where none was. For
 * simulated and past nights it shows their time. Of 50 objects the newest is left out, of 100 the newest two, never
 * more than 20, so that one damaged time in the far future does not make all other objects old.
 */
export async function surveyClock (store: Pick<StateStore, 'objects'>, breathe?: Breathe): Promise<number> {
  let objects = 0
  let newest: number[] = []
  for await (const { record } of walk(store, { breathe })) {
    if (!record) continue
    objects++
    const time = lastSeen(record)
    if (newest.length > MOST_DISTRUSTED && time <= newest.at(-1)!) continue
    newest = [...newest, time].sort((a, b) => b - a).slice(0, MOST_DISTRUSTED + 1)
  }
  return newest[Math.min(Math.floor(objects / ONE_IN), MOST_DISTRUSTED)] ?? -Infinity
}
