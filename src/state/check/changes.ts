/** The list of changes, and the records that its entries belong to. */
import { isDeepStrictEqual } from 'node:util'
import { unpack } from 'msgpackr'
import { isPosition, isUnknownPosition } from '../../alert/points/points.ts'
import { candidateOf, toClassification, type PublicationBlock } from '../record/classification.ts'
import type { ObjectRecord } from '../record/record.ts'
import type { Candidate } from '../views.ts'
import type { Report } from './findings.ts'
import type { Snapshot } from './snapshot.ts'

function candidateIn (bytes: Uint8Array): Partial<Candidate> | null {
  try {
    const value: unknown = unpack(bytes)
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}

/** Fields that an entry must not have where its classification has none: one model tells a phase of some objects only. */
const PHASE = ['phase', 'phaseLow', 'phaseHigh'] as const satisfies Array<keyof Candidate>

export class ChangesCheck {
  readonly #snapshot: Snapshot
  readonly #report: Report
  /** Numbers of entries that are not what they should be. */
  readonly reported = new Set<number>()
  /** The greatest number of a change that was seen. */
  greatest = 0

  constructor (snapshot: Snapshot, report: Report) {
    this.#snapshot = snapshot
    this.#report = report
  }

  /**
   * Checks that the entry which a record names exists and holds the object's newest classification.
   * @param blockOf of its history; undefined where that cannot be read, or where the entries can be an older Candela's: then
   *   only the classification is compared
   */
  checkRecord (record: ObjectRecord, blockOf: PublicationBlock | undefined): void {
    const { diaObjectId, sequence, tip, publications } = record
    const of = (code: 'change-missing' | 'change-wrong', message: string): void => this.#report(code, `object ${diaObjectId}: ${message}`, diaObjectId)
    if (tip === null && sequence !== null && this.#isWithdrawn(diaObjectId, sequence)) return
    if (sequence === null) {
      if (tip) of('change-missing', 'it has a hidden state, and names no entry of the list of changes')
      return
    }
    this.greatest = Math.max(this.greatest, sequence)
    const bytes = this.#snapshot.changes.get(sequence)
    if (bytes === undefined) {
      this.reported.add(sequence)
      of('change-missing', `its entry ${sequence} of the list of changes is missing`)
      return
    }
    const candidate = candidateIn(bytes)
    const newest = publications.at(-1)
    // An entry of another object is reported when that object's entries are checked.
    const whole = blockOf && (isPosition(record.ra, record.dec) || isUnknownPosition(record.ra, record.dec)) ? candidateOf(record, blockOf) : undefined
    const expected: Partial<Candidate> | undefined = newest && { ...toClassification(diaObjectId, newest), ...whole, sequence }
    const wrong = tip === null || expected === undefined ||
      ([...Object.keys(expected), ...PHASE] as Array<keyof Candidate>).some(name => !isDeepStrictEqual(candidate?.[name], expected[name])) ||
      !(isPosition(candidate?.ra, candidate?.dec) || (candidate?.ra === null && candidate.dec === null))
    if (!wrong) return
    this.reported.add(sequence)
    of('change-wrong', `its entry ${sequence} of the list of changes is ${JSON.stringify(candidate)}, not its newest classification ${JSON.stringify(newest ?? null)}`)
  }

  /** Whether an entry says that an object has no classification any more; a store that was made anew from its changelog has none that does. */
  #isWithdrawn (diaObjectId: string, sequence: number): boolean {
    this.greatest = Math.max(this.greatest, sequence)
    const bytes = this.#snapshot.changes.get(sequence)
    const entry = bytes && candidateIn(bytes)
    return bytes === undefined || (entry?.diaObjectId === diaObjectId && entry.probabilityIa === undefined)
  }

  /**
   * Checks that each entry belongs to a record which names it.
   * @param recordOf undefined where there is none; null where it cannot be read
   */
  checkEntries (recordOf: (diaObjectId: string) => ObjectRecord | null | undefined, onDisorder: (message: string) => void): void {
    for (const { key, value } of this.#snapshot.changes.entries(onDisorder)) {
      this.greatest = Math.max(this.greatest, key)
      if (this.reported.has(key)) continue
      const diaObjectId = candidateIn(value)?.diaObjectId
      const record = typeof diaObjectId === 'string' ? recordOf(diaObjectId) : undefined
      if (record === null || record?.sequence === key) continue
      this.reported.add(key)
      const whose = record === undefined ? `of object ${JSON.stringify(diaObjectId ?? null)}, which is not there` : `of object ${diaObjectId}, which names ${record.sequence}`
      this.#report('change-orphaned', `entry ${key} of the list of changes is ${whose}`, record?.diaObjectId)
    }
  }
}
