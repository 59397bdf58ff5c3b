/** The state store: the smallest interface that the processor needs. Readers get ObjectReader alone. */
import type { StoredPoint } from '../light-curve/stored-point.ts'
import type { ProcessedAlert } from './outcome.ts'
import type { HiddenState, ObjectRecord, Publication } from './record/record.ts'
import type { DeadLetterReader, NewChange, ObjectReader } from './views.ts'

/** An alert that could not be used, kept as it came. */
export interface DeadLetter extends LetterFailure {
  bytes: Uint8Array
  /** Index of the alert in the bytes, from 0, where they hold several. */
  part?: number
  /** Where it came from: a file, a topic with partition and offset. */
  origin: string
}

/** Why an attempt at an alert failed. */
export interface LetterFailure {
  code: string
  message: string
  action?: string
  /** [ms since 1970, UTC] */
  time: number
}

/** A record to be written, with what is to be written beside it. */
export interface RecordWrite {
  record: ObjectRecord
  /** Closed blocks that are new or differ, by number. */
  pointBlocks: ReadonlyMap<number, readonly StoredPoint[]>
  publicationBlocks: ReadonlyMap<number, readonly Publication[]>
  /** Checkpoints, newest first, where they change. */
  checkpoints?: readonly HiddenState[]
}

/** Everything that one batch of alerts changes, committed together or not at all. */
export interface Commit {
  records: readonly RecordWrite[]
  /**
   * New entries of the list of changes, in order of publication; the store numbers them. Classifications beyond those of
   * the alerts count as republished.
   */
  classifications: readonly NewChange[]
  /** The alerts of the batch with their outcomes, for the accounting and for outputs. */
  alerts: readonly ProcessedAlert[]
  /** New dead letters. */
  deadLetters: readonly DeadLetter[]
  /** Dead letters that were put through again, by number: null removes a letter whose alerts were taken in; a failure is noted on a letter that stays. */
  retried?: ReadonlyMap<number, LetterFailure | null>
  /** Numbers of dead letters to discard. */
  discarded?: readonly number[]
  /** How far each source has been read, by its name. */
  positions: Readonly<Record<string, unknown>>
  /** Ids of objects that leave the store. */
  archived?: readonly string[]
  /** The records come from an archive or another partition. Each is a whole object and brings something new to the store. */
  takenBack?: boolean
}

/** The record of an object and the blocks beside it as bytes at rest, see packed-record.ts. */
export interface PackedObject {
  diaObjectId: string
  record: Uint8Array
  pointBlocks: readonly Uint8Array[]
  publicationBlocks: readonly Uint8Array[]
  /** Its checkpoints: archives and handovers have them under this name. */
  settled: Uint8Array | null
}

/** A commit that changes nothing, to spread into commits that change few things. */
export const NOTHING: Commit = { records: [], classifications: [], alerts: [], deadLetters: [], positions: {} }

/**
 * Records and what lies beside them, as of the last commit.
 * @throws CandelaError `record-damaged`, from each
 */
export interface StoredObjects {
  get (diaObjectId: string): ObjectRecord | undefined
  /** The points of an object's first `blocks` closed blocks, in order of time. */
  closedPoints (diaObjectId: string, blocks: number): StoredPoint[]
  /** The published history in an object's first `blocks` closed blocks, oldest first. */
  closedPublications (diaObjectId: string, blocks: number): Publication[]
  /** The publications of one closed block. */
  readonly publicationBlock: (diaObjectId: string, block: number) => Publication[]
  /** Checkpoints, newest first. */
  checkpoints (diaObjectId: string): HiddenState[]
  /** A copy of everything the store has of an object. */
  packed (diaObjectId: string): PackedObject | undefined
  /** Ids of all objects after an id, in a fixed order. */
  ids (after?: string): Iterable<string>
  /** The same with the key of the model that the hidden states belong to, which is read alone; null where it cannot be read. */
  models (after?: string): Iterable<{ diaObjectId: string, model: string | null }>
}

export interface StateStore {
  readonly objects: StoredObjects
  readonly reader: ObjectReader
  readonly deadLetters: DeadLetterReader
  position (source: string): unknown
  /**
   * @throws CandelaError `commit-failed`, `dead-letter-not-found` where one of `retried` or `discarded` does not exist: nothing is
   *   stored then
   */
  commit (commit: Commit): Promise<void>
  close (): Promise<void>
}
