/** The state store: the smallest interface that the processor needs. Readers get ObjectReader alone. */
import type { StoredPoint } from '../light-curve/stored-point.ts'
import type { SettledAlert } from './outcome.ts'
import type { HiddenState, ObjectRecord, Publication } from './record/record.ts'
import type { Change, DeadLetterReader, DeclineReason, ObjectReader, Outcome, Unnumbered } from './views.ts'

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

/** A record with whatever of its closed blocks changes. */
export interface RecordChange {
  record: ObjectRecord
  /** Points by number of block. */
  pointBlocks: ReadonlyMap<number, readonly StoredPoint[]>
  publicationBlocks: ReadonlyMap<number, readonly Publication[]>
  /** Settled hidden states, newest first, where they change. */
  settled?: readonly HiddenState[]
}

/** What the accounting counts of an alert. */
export interface CountedOutcome {
  outcome: Outcome
  /** Of a declined alert. */
  reason?: DeclineReason
  /** Of a dead-lettered one. */
  code?: string
  /** It was a dead letter put through again. */
  replayed?: boolean
}

/** Everything that one batch of alerts changes, committed together or not at all. */
export interface Commit {
  changes: readonly RecordChange[]
  /**
   * Classifications, and that one stands no more, in the order in which they are published; the store numbers them.
   * Classifications beyond the outcomes' count as republished.
   */
  classifications: ReadonlyArray<Unnumbered<Change>>
  outcomes: readonly CountedOutcome[]
  /** New ones. */
  deadLetters: readonly DeadLetter[]
  /** What dead letters came to that were put through again, by number: they are gone, or stand with a new failure. */
  replayed?: ReadonlyMap<number, LetterFailure | null>
  /** Numbers of dead letters that somebody gave up. */
  discarded?: readonly number[]
  /** How far each source has been read, by its name. */
  positions: Readonly<Record<string, unknown>>
  /** The alerts behind `outcomes`, for those who publish them. */
  alerts?: readonly SettledAlert[]
  /** Objects that leave the store for an archive. */
  archived?: readonly string[]
  /** `changes` come back from an archive, each whole, and each brings something that the store does not have. */
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
export const NOTHING: Commit = { changes: [], classifications: [], outcomes: [], deadLetters: [], positions: {} }

/**
 * A record and what lies beside it.
 * @throws CandelaError `record-damaged`, from each
 */
export interface ObjectParts {
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

export interface StateStore extends ObjectParts {
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
