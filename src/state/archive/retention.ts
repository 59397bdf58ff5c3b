/** Background work that keeps a service's store bounded without delaying the stream. */
import { setTimeout } from 'node:timers/promises'
import { CandelaError } from '../../errors.ts'
import type { ArchiveFolder } from './folder.ts'
import type { WrittenArchive } from './archiver.ts'
import type { DeadLetterDiscard } from '../dead-letters/discard.ts'

/** Between two rounds [ms]. */
const REST = 60_000
/** After a page of records the walk pauses for this many times the page's duration: it uses about a twentieth of one core. */
const PAUSE = 19
/** No pause is longer [ms]. */
const LONGEST_PAUSE = 2000

export interface RetentionOptions {
  archives: ArchiveFolder
  /** Objects that were not seen for this long leave, by the survey's clock [d]. */
  days: number
  signal: AbortSignal
  onArchive: (archive: WrittenArchive) => void
  /** Told of records that cannot be read, once each, … */
  onDamaged: (diaObjectId: string) => void
  /** … of a round that failed: the next one tries again, … */
  onFailure: (error: CandelaError) => void
  /** … and of one that went well. */
  onWell?: () => void
}

/** Archives objects that were not seen for long, in rounds through all records, until the signal aborts. @throws errors other than CandelaErrors */
export async function runRetention ({ archives, days, signal, onArchive, onDamaged, onFailure, onWell }: RetentionOptions): Promise<void> {
  const known = new Set<string>()
  let began = performance.now()
  const breathe = async (): Promise<void> => {
    await setTimeout(Math.min(LONGEST_PAUSE, PAUSE * (performance.now() - began)), undefined, { signal })
    began = performance.now()
  }
  while (!signal.aborted) {
    try {
      let cursor: string | undefined
      do {
        began = performance.now()
        const { archive, damaged, next } = await archives.archive({ notSeenDays: days, cursor, breathe })
        if (archive) onArchive(archive)
        for (const id of damaged) {
          if (!known.has(id)) onDamaged(id)
          known.add(id)
        }
        cursor = next ?? undefined
      } while (cursor !== undefined)
      onWell?.()
      await setTimeout(REST, undefined, { signal })
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof CandelaError)) throw error
      onFailure(error)
      await setTimeout(REST, undefined, { signal }).catch(() => {})
    }
  }
}

export interface DeadLetterBoundOptions {
  discard: DeadLetterDiscard
  /** Most space on disk for dead letters [bytes]. */
  bytes: number
  signal: AbortSignal
  onDiscarded: (letters: number) => void
  /** Told of each check that failed, … */
  onFailure: (error: CandelaError) => void
  /** … and of each that went well. */
  onWell?: () => void
}

/** Checks once a minute, until the signal aborts. @throws errors other than CandelaErrors */
export async function boundDeadLetters ({ discard, bytes, signal, onDiscarded, onFailure, onWell }: DeadLetterBoundOptions): Promise<void> {
  while (!signal.aborted) {
    try {
      const letters = await discard.keepWithin(bytes)
      if (letters > 0) onDiscarded(letters)
      onWell?.()
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof CandelaError)) throw error
      onFailure(error)
    }
    await setTimeout(REST, undefined, { signal }).catch(() => {})
  }
}
