/** What readers of the state store see: types without a way to write. HTTP imports these alone. */
import type { HostFacts } from '../alert/alert.ts'
import type { AlertContext, RedshiftKind } from '../alert/context/context.ts'
import type { FirstContext } from '../light-curve/features/context.ts'
import type { StoredPoint } from '../light-curve/stored-point.ts'
import type { HiddenState } from './record/record.ts'

/** Every alert ends in exactly one of these. */
export const OUTCOMES = ['classified', 'declined', 'duplicate', 'dead-lettered'] as const
export type Outcome = typeof OUTCOMES[number]

/** Why an intact alert gave no classification; a closed list. Records keep the place in it: new ones go to the end. */
export const DECLINE_REASONS = [
  'no-object-id', 'no-usable-point', 'band-not-used', 'no-detection', 'outside-window', 'withdrawn', 'solar-system-object', 'quality-flags', 'low-reliability'
] as const
export type DeclineReason = typeof DECLINE_REASONS[number]

export { PASSED_OVER_REASONS, type PassedOverReason } from '../light-curve/window.ts'

/** No published phase lies beyond it on either side [d]. */
export const LARGEST_PHASE = 1000

/** A published P(Ia). */
export interface Classification {
  diaObjectId: string
  /** Calibrated P(Ia), 0 to 1. */
  probabilityIa: number
  /** Its 1σ error, from the spread of the model's heads; absent where the model has no heads to differ. */
  probabilityIaErr?: number
  /** Probability of each class by its name, to four decimals, their sum 1; absent where the model has no classes. */
  classProbabilities?: Record<string, number>
  /** The class shares that the probabilities are calibrated for, as `lsst`; absent where the model has no classes. */
  classShares?: string
  /**
   * Days from the peak at midpointMjdTai, negative before it, to 0.1 d: the median, and where 16 and 84 % lie. All three are absent where
   * the model has no decoder, and where the object more likely varies than has a peak.
   */
  phase?: number
  phaseLow?: number
  phaseHigh?: number
  /** Number of network steps that it rests on. */
  epochs: number
  /** Time of the newest point that it rests on [d, MJD TAI]. */
  midpointMjdTai: number
  /** Rises when late points, a host redshift or another model changed a probability that had been published before. */
  revision: number
  classifierName: string
  classifierVersion: string
  /** ISO 8601, UTC. */
  publishedAt: string
}

/** A classification as it is published, before the store numbers it. */
export interface NewCandidate extends Classification {
  /** [deg, ICRS]; both null where not known. */
  ra: number | null
  dec: number | null
  /** First time with S/N > 5 [d, MJD TAI], or null. */
  firstDetectionMjdTai: number | null
  /** How much P(Ia) has risen within a day, see riseOf; null where nothing stood then. */
  rise: number | null
}

/** An object in a list of candidates. */
export interface Candidate extends NewCandidate {
  /** Store-wide number of the change that made this state; rises with every commit of an object. */
  sequence: number
}

/** An object lost its classification, before the store numbers it: the points that it rested on were withdrawn, or do not count for another model. */
export interface NewWithdrawal {
  diaObjectId: string
  /** [deg, ICRS]; both null where not known. */
  ra: number | null
  dec: number | null
  /** Why there is none. */
  reason: DeclineReason
  /** Of the last classification. */
  revision: number
  /** ISO 8601, UTC. */
  publishedAt: string
}

export interface Withdrawal extends NewWithdrawal {
  /** Store-wide number of the change, as of a candidate. */
  sequence: number
}

/** A new classification, or that an object lost its classification. */
export type NewChange = NewCandidate | NewWithdrawal

/** The same with its number: an entry of the list of changes, and what live events tell. */
export type Change = Candidate | Withdrawal

export function isWithdrawal<Of extends object> (change: Of): change is Exclude<Of, { probabilityIa: number }> {
  return !('probabilityIa' in change)
}

export const isCandidate = (change: Change): change is Candidate => !isWithdrawal(change)

/** What is known of a host galaxy; its redshift is the one that was given, or else that of the newest alert. */
export interface HostView extends HostFacts {
  /** When the redshift was given, ISO 8601, UTC; null where it is an alert's or there is none. */
  givenAt: string | null
  /** Where an alert's redshift comes from; absent where the alert does not say. */
  kind?: RedshiftKind
  catalogue?: string
  /** Of the catalogued galaxy from the object [arcsec]. */
  separation?: number
}

/** One object as it stands. */
export interface ObjectView {
  diaObjectId: string
  /** [deg, ICRS]; both null where not known. */
  ra: number | null
  dec: number | null
  host: HostView
  /** What the newest alert says of the object beside its fluxes; absent where it says nothing. */
  context?: AlertContext
  /** Photometric points kept, in all bands, withdrawn ones among them. */
  points: number
  /** First time with S/N > 5 [d, MJD TAI], or null. */
  firstDetectionMjdTai: number | null
  /** Time of the newest point [d, MJD TAI]. */
  lastPointMjdTai: number | null
  /** Null where there is none yet; `declined` says why. */
  classification: Classification | null
  declined: DeclineReason | null
}

/** An object's photometric points as they are now. */
export interface LightCurveView {
  host: HostFacts
  /** What the network is told of the object's earliest alert. */
  context: FirstContext
  /** In order of time; withdrawn ones are not among them. */
  points: readonly StoredPoint[]
  /** The published one that stood at the time asked for. */
  classification: Classification | null
}

/** What the network carries of an object, as of its newest step: what a forecast starts from. */
export interface CarriedState {
  /** Key of the model that it belongs to, see modelKey. */
  model: string
  /** Of the newest classification. */
  revision: number
  /** Null before the first step; `declined` says why there was none. */
  tip: HiddenState | null
  declined: DeclineReason | null
}

/** A part of the sky. */
export interface Cone {
  /** Of its centre [deg, ICRS]. */
  ra: number
  dec: number
  /** [deg]; what lies at this separation is in it. */
  radius: number
}

/** Newest change first; greatest P(Ia) first; greatest rise first, objects without one last; least separation from the centre of a cone first. */
export const CANDIDATE_SORTS = ['recency', 'probability', 'rise', 'separation'] as const
export type CandidateSort = typeof CANDIDATE_SORTS[number]

/** Where a page ends in its list. */
export interface CandidatePosition {
  /** Number of the newest change when the first page was read: what has changed since is in front of the list, or nowhere. */
  newest: number
  /** The same of moves: an object that got another position since is not listed by separation. */
  moves: number
  /** What the last entry is sorted by. */
  key: number
  /** Of the last entry: its sequence, which tells entries with one key apart. */
  sequence: number
}

export interface CandidateQuery {
  minProbability?: number | undefined
  maxProbability?: number | undefined
  minEpochs?: number | undefined
  maxEpochs?: number | undefined
  /** Only objects whose P(Ia) has risen so much, see Candidate. */
  minRise?: number | undefined
  /** Bounds of the phase [d]. */
  minPhase?: number | undefined
  maxPhase?: number | undefined
  /** Only objects changed after this time (publishedAt) [ms since 1970, UTC]. */
  since?: number | undefined
  /** Bounds of the time of the newest point [d, MJD TAI]. */
  minMidpointMjdTai?: number | undefined
  maxMidpointMjdTai?: number | undefined
  /** Bounds of the time of the first detection [d, MJD TAI]. */
  minFirstDetectionMjdTai?: number | undefined
  maxFirstDetectionMjdTai?: number | undefined
  cone?: Cone | undefined
  /** `recency` where not given; `separation` needs a cone. */
  sort?: CandidateSort | undefined
  /** `next` of the page before. */
  after?: CandidatePosition | undefined
  limit: number
}

/** A candidate in a list. */
export interface FoundCandidate extends Candidate {
  /** From the centre of the cone that was asked for [deg]. */
  separation?: number
}

export interface CandidatePage {
  candidates: FoundCandidate[]
  /** Value of `after` for the next page, or null at the end. */
  next: CandidatePosition | null
}

/** received = classified + declined + duplicate + deadLettered, at every moment and across restarts. */
export interface Accounting {
  received: number
  classified: number
  declined: number
  duplicate: number
  deadLettered: number
  /** Those of `received` that were dead letters put through again: each is received once more, with a new outcome. */
  replayed: number
  declinedByReason: Partial<Record<DeclineReason, number>>
  /** By error code, see DEAD_LETTER_CODES. */
  deadLetteredByCode: Record<string, number>
}

export interface StoreStatistics {
  objects: number
  /** Objects that lie in archives; in the sum over partitions also those on their way from one to another. */
  archivedObjects: number
  /** Classifications published for another reason than an alert: a host redshift that was given, another model. */
  republished: number
  /** Dead letters that stand now. */
  deadLetters: number
  /** Dead letters that were given up. All that ever were = those that stand + those that were settled + these. */
  deadLettersDiscarded: number
  accounting: Accounting
}

/** A consistent, read-only view of the state store, in step with its commits. */
export interface ObjectReader {
  object (diaObjectId: string): Readonly<ObjectView> | undefined
  /**
   * The published history, oldest first.
   * @param asOf [ms since 1970, UTC]: only what had been published by then
   * @returns undefined where the object is not known
   */
  classifications (diaObjectId: string, asOf?: number): Classification[] | undefined
  /**
   * @param asOf [ms since 1970, UTC]: the time of the classification; the points are those of now
   * @returns undefined where the object is not known
   * @throws CandelaError `record-damaged`
   */
  lightCurve (diaObjectId: string, asOf?: number): LightCurveView | undefined
  /**
   * @returns undefined where the object is not known
   * @throws CandelaError `record-damaged`
   */
  carried (diaObjectId: string): CarriedState | undefined
  /** With a rare filter a page can be short, or empty, while `next` leads on. */
  candidates (query: CandidateQuery): CandidatePage
  /** Name of the numbers of changes: those of another store, or of a replica that began anew, mean nothing here. */
  numbering (): string
  /** The newest classification of each object changed after `sequence`, or that it has none any more; oldest change first. */
  changedSince (sequence: number, limit: number): Change[]
  /** Number of the newest change; 0 before the first. */
  sequence (): number
  statistics (): StoreStatistics
  /** Called after each commit with what it published, in order; returns the way to stop. */
  subscribe (listener: (changes: readonly Change[]) => void): () => void
}

/** A dead letter without its bytes. */
export interface DeadLetterFacts {
  /** Rises with each new one; never used again. */
  number: number
  /** Error code of the last attempt, its message and what to do. */
  code: string
  message: string
  action: string | null
  /** Where it came from: a file, a topic with partition and offset. */
  origin: string
  /** When it first became a dead letter, ISO 8601, UTC. */
  receivedAt: string
  /** Time of the last attempt, ISO 8601, UTC. */
  failedAt: string
  /** How often it was tried: 1 and once more with each replay. */
  attempts: number
  /** How many bytes are kept; 0 where there were none, as of a file that could not be read. */
  bytes: number
  /** The letter is one alert of several in the bytes: its place among them, from 0. */
  part: number | null
}

export interface DeadLetterQuery {
  code?: string | undefined
  /** A part of the origin. */
  origin?: string | undefined
  /** Continue behind this number, in the order asked for. */
  after?: number | undefined
  oldestFirst?: boolean | undefined
  /** Only letters that were received before this time [ms since 1970, UTC]. */
  receivedBefore?: number | undefined
  limit: number
}

export interface DeadLetterPage {
  deadLetters: DeadLetterFacts[]
  /** Value of `after` for the next page, or null at the end. */
  next: number | null
}

/** The dead letters that stand. */
export interface DeadLetterReader {
  /** What they take on disk [bytes]. */
  size (): number
  list (query: DeadLetterQuery): DeadLetterPage
  /** @throws CandelaError `dead-letter-not-found` */
  get (number: number): DeadLetterFacts
  /**
   * The original bytes.
   * @throws CandelaError `dead-letter-not-found`
   */
  bytes (number: number): Uint8Array
}
