/** What is kept of one object. */
import type { HostFacts } from '../../alert/alert.ts'
import { NO_CONTEXT } from '../../light-curve/features/context.ts'
import type { FixedFacts } from '../../light-curve/features/features.ts'
import type { StoredPoint } from '../../light-curve/stored-point.ts'
import type { Phase } from '../../model/forecast/phase.ts'
import type { ObjectFacts } from './facts.ts'
import type { DeclineReason } from '../views.ts'

/** The network's hidden state after a number of steps, with the running values of the features. */
export interface HiddenState {
  readonly steps: number
  /** Time of the last point stepped [d, MJD TAI]; every stepped point up to it is in the state. */
  readonly midpointMjdTai: number
  /** What the network gave after the last step, before calibration [outputLength(shape)]. */
  readonly outputs: Float32Array
  /** [accumulatorLength(bands)] */
  readonly accumulator: Float64Array
  /** [hiddenStateLength(shape)] */
  readonly network: Float32Array
}

/** What a model with classes says of them. */
export interface PublishedClasses {
  /** Their names, in the order of the model. */
  names: readonly string[]
  /** Probability of each in units of 10⁻⁴, see CLASS_STEPS; they sum to 1. */
  parts: readonly number[]
  /** Name of the class shares that the probabilities hold for. */
  shares: string
}

/** What a model says of an object, as it is published. */
export interface PublishedProbabilities {
  /** As publishedProbability makes it. */
  probabilityIa: number
  /** Its 1σ, to as many decimals; absent where the model has no heads to differ. */
  probabilityIaErr?: number
  /** Absent where the model has no classes. */
  classes?: PublishedClasses
  /**
   * At the time of the newest step, as publishedPhase makes it; absent where the model has no decoder, and where the object more
   * likely varies than has a peak.
   */
  phase?: Phase
}

/** One entry of the published history. */
export interface Publication extends PublishedProbabilities {
  /** [ms since 1970, UTC] */
  publishedAt: number
  epochs: number
  midpointMjdTai: number
  revision: number
  /** name/version of the model that said so. */
  model: string
}

/** A redshift of the host galaxy. */
export interface HostRedshift {
  redshift: number
  /** 1σ, null where not known. */
  redshiftErr: number | null
}

/** A redshift that somebody gave for the host galaxy; it goes before those of alerts. */
export interface GivenHost extends HostRedshift {
  /** [ms since 1970, UTC]; the newest stands. */
  givenAt: number
}

/**
 * The record of one object. Points and publications older than the newest few dozen lie in closed blocks beside it, so
 * that the cost of a new epoch does not depend on how many came before. The checkpoints, which only a rewind
 * needs, lie beside it too.
 */
export interface RecordWith<Tip> extends ObjectFacts {
  readonly diaObjectId: string
  givenHost: GivenHost | null
  /** Key of the model that the hidden states belong to, see modelKey. */
  model: string
  /** The newest points, in order of time; withdrawn ones are kept as such. */
  openPoints: readonly StoredPoint[]
  /** Number of closed blocks of points. */
  closedPointBlocks: number
  /** Time of the first detection [d, MJD TAI]. */
  firstDetectionMjdTai: number | null
  /** Hidden state at the newest stepped point. */
  tip: Tip | null
  revision: number
  /** Why the newest alert gave no classification, while there is none. */
  declined: DeclineReason | null
  /** The newest entries of the published history, oldest first. */
  publications: readonly Publication[]
  closedPublicationBlocks: number
  /** Number of the object's entry in the list of changes, a classification or a withdrawal. */
  sequence: number | null
  /** The entry is behind others that were published after it, since the object came from an archive or another partition. */
  late: boolean
  /** The history has several lives of the object, each with its own revisions: see mergedObject. */
  merged: boolean
}

export type ObjectRecord = RecordWith<HiddenState>

/** A record without the hidden state at the tip, which few readers need; `tip` says whether there is one. */
export type StatelessRecord = RecordWith<true>

/** Points or publications in one closed block. */
export const BLOCK_LENGTH = 12
/** Most points or publications that stay open. */
export const LONGEST_OPEN = 20

/** Number of closed blocks for `length` entries; it does not depend on the order of arrival. */
export const closedBlocks = (length: number): number => Math.max(0, Math.ceil((length - LONGEST_OPEN) / BLOCK_LENGTH))

/** P(Ia) is published and stored to seven decimals, and never as 0 or 1. */
export const PROBABILITY_STEPS = 1e7
export const publishedProbability = (probabilityIa: number): number =>
  Math.min(Math.max(Math.round(probabilityIa * PROBABILITY_STEPS), 1), PROBABILITY_STEPS - 1) / PROBABILITY_STEPS

/** The host facts that the network sees. */
export const hostOf = ({ host, givenHost }: Pick<ObjectRecord, 'host' | 'givenHost'>): HostFacts =>
  givenHost ? { redshift: givenHost.redshift, redshiftErr: givenHost.redshiftErr, mwebv: host.mwebv } : host

/** What the network is told of the object beside its fluxes. */
export const fixedFactsOf = (record: Pick<ObjectRecord, 'host' | 'givenHost' | 'firstContext'>): FixedFacts =>
  ({ host: hostOf(record), context: record.firstContext })

export const newRecord = (diaObjectId: string, model: string): ObjectRecord => ({
  diaObjectId,
  ra: Number.NaN,
  dec: Number.NaN,
  positionMjdTai: -Infinity,
  host: { redshift: null, redshiftErr: null, mwebv: null },
  context: null,
  factsMjdTai: -Infinity,
  firstContext: NO_CONTEXT,
  firstMjdTai: Infinity,
  givenHost: null,
  model,
  openPoints: [],
  closedPointBlocks: 0,
  firstDetectionMjdTai: null,
  tip: null,
  revision: 0,
  declined: null,
  publications: [],
  closedPublicationBlocks: 0,
  sequence: null,
  late: false,
  merged: false
})
