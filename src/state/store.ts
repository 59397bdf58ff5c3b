/** The state store: the smallest interface that the processor needs. Readers get ObjectReader alone. */
import type { StoredPoint } from '../light-curve/stored-point.ts'
import type { ProcessedAlert } from './outcome.ts'
import type { HiddenState, ObjectRecord, Publication } from './record/record.ts'
import type { DeadLetterReader, NewChange, ObjectReader } from './views.ts'

/** An alert that could not be used at all, kept as it came. */
export interface DeadLetter extends LetterFailure {
  bytes: Uint8Array
  /** Where the bytes hold several alerts: its place among them, from 0. */
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
  /** Settled hidden states, newest first, where they change. */
  settled?: readonly HiddenState[]
}

/** Everything that one batch of alerts changes, committed together or not at all. */
export interface Commit {
  records: readonly RecordWrite[]
  /**
   * Classifications, and that one stands no more, in the order in which they are published; the store numbers them.
   * Classifications beyond those of the alerts count as republished.
   */
  classifications: readonly NewChange[]
  /** The alerts of the batch with what became of each: they are counted, and published where somebody does. */
  alerts: readonly ProcessedAlert[]
  /** New ones. */
  deadLetters: readonly DeadLetter[]
  /** What dead letters came to that were put through again, by number: they are gone, or stand with a new failure. */
  replayed?: ReadonlyMap<number, LetterFailure | null>
  /** Numbers of dead letters that somebody gave up. */
  discarded?: readonly number[]
  /** How far each source has been read, by its name. */
  positions: Readonly<Record<string, unknown>>
  /** Objects that leave the store for an archive. */
  archived?: readonly string[]
  /** `records` come back from an archive, each whole, and each brings something that the store does not have. */
  restored?: boolean
}

/** An object as its record and the blocks beside it lie at rest, see packed-record.ts. */
export interface PackedObject {
  diaObjectId: string
  record: Uint8Array
  pointBlocks: readonly Uint8Array[]
  publicationBlocks: readonly Uint8Array[]
  settled: Uint8Array | null
}

/** A commit that changes nothing, to say what it does beside. */
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
  /** Those of one closed block. */
  readonly publicationBlock: (diaObjectId: string, block: number) => Publication[]
  /** Settled hidden states, newest first. */
  settled (diaObjectId: string): HiddenState[]
  /** A copy of all that is kept of an object. */
  packed (diaObjectId: string): PackedObject | undefined
  /** Of all objects behind an id, in one fixed order. */
  ids (after?: string): Iterable<string>
  /** The same with the key of the model that the hidden states belong to, read without the rest; null where it cannot be read. */
  models (after?: string): Iterable<{ diaObjectId: string, model: string | null }>
}

export interface StateStore {
  readonly objects: StoredObjects
  readonly reader: ObjectReader
  readonly deadLetters: DeadLetterReader
  position (source: string): unknown
  /**
   * @throws CandelaError `commit-failed`, `dead-letter-not-found` where one of `replayed` or `discarded` does not stand: nothing is
   *   stored then
   */
  commit (commit: Commit): Promise<void>
  close (): Promise<void>
}
