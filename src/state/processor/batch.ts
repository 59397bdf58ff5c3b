/** One batch of alerts: planned, stepped, and made a commit. */
import type { Alert, ReceivedAlert } from '../../alert/alert.ts'
import { leftOutOf } from '../../alert/points/left-out.ts'
import { turns } from '../../alert/turns.ts'
import { CandelaError } from '../../errors.ts'
import type { SharesOfObject } from '../../model/class-shares.ts'
import type { Network } from '../../model/engine.ts'
import type { Model } from '../../model/model-file.ts'
import { admission } from './admission.ts'
import { toClassification } from '../record/classification.ts'
import { newProbability, type AboutPoints, type AlertIds, type AlertOutcome, type ProcessedAlert } from '../outcome.ts'
import { publishedOf } from '../record/probabilities.ts'
import type { ObjectRecord } from '../record/record.ts'
import type { Commit, DeadLetter, LetterFailure, StateStore } from '../store.ts'
import { planUpdate, type ClassifiedUpdate, type Update } from '../record/update.ts'
import type { Classification, NewChange } from '../views.ts'
import { LONGEST_TURN, runWavefrontInTurns, type StepJob } from './wavefront.ts'
import { WorkingRecord } from './working-record.ts'

/** What all batches of a processor share. */
export interface BatchContext {
  store: StateStore
  network: Network
  model: Model
  /** The class shares of the sky that an object is on. */
  shares: SharesOfObject
  /** Of the model, see modelKey. */
  key: string
  /** Milliseconds since 1970, UTC; never steps back. */
  clock: () => number
}

/** An alert on its way through the batch. */
class AlertInHand {
  readonly received: ReceivedAlert
  /** Points left out, where the alert brings more than are accepted. */
  tooMany = 0
  /** The classification of its object that stands after it. */
  standing: Classification | null = null
  /** Its entry in the list of changes, where it led to one. */
  published: NewChange | null = null
  #outcome: AlertOutcome | undefined

  constructor (received: ReceivedAlert) {
    this.received = received
  }

  /** When the batch has run. */
  get outcome (): AlertOutcome {
    if (!this.#outcome) throw new Error('the batch has not run')
    return this.#outcome
  }

  set outcome (outcome: AlertOutcome) {
    this.#outcome = outcome
  }
}

/** An alert that may change the record of its object. */
interface Admitted {
  inHand: AlertInHand
  /** As it is taken in. */
  alert: Alert
  diaObjectId: string
}

interface Pending extends Admitted {
  record: WorkingRecord
  update: ClassifiedUpdate
  job: StepJob
}

export class Batch {
  readonly #context: BatchContext
  readonly #alerts: readonly AlertInHand[]
  readonly #deadLetters: DeadLetter[] = []
  readonly #retried = new Map<number, LetterFailure | null>()
  readonly #records = new Map<string, WorkingRecord>()

  constructor (context: BatchContext, alerts: readonly ReceivedAlert[]) {
    this.#context = context
    this.#alerts = alerts.map(received => new AlertInHand(received))
  }

  /** One outcome an alert, in order. */
  get outcomes (): AlertOutcome[] {
    return this.#alerts.map(({ outcome }) => outcome)
  }

  /**
   * Plans and steps all alerts. Several alerts of one object are processed in successive rounds, so that each has the
   * outcome that it would have alone. Yields to the event loop in between; one call at a time.
   */
  async run (): Promise<void> {
    const turn = turns(LONGEST_TURN)
    for (const round of this.#rounds()) {
      const pending: Pending[] = []
      for (const admitted of round) {
        pending.push(...this.#plan(admitted))
        await turn()
      }
      await runWavefrontInTurns(this.#context.network, pending.map(({ job }) => job), turn)
      for (const stepped of pending) this.#publish(stepped)
    }
    for (const { received, outcome, tooMany } of this.#alerts) if ('alert' in received) Object.assign(outcome, aboutPoints(received.alert, tooMany))
  }

  #rounds (): Admitted[][] {
    const rounds: Admitted[][] = []
    const alertsOf = new Map<string, number>()
    for (const inHand of this.#alerts) {
      const { received } = inHand
      const { deadLetter } = received
      if (deadLetter !== undefined && !this.#retried.has(deadLetter)) this.#retried.set(deadLetter, null)
      const admitted = 'error' in received ? received : admission(received.alert)
      if ('error' in admitted) {
        this.#bury(inHand, admitted.error)
        continue
      }
      const { alert, tooMany } = admitted
      inHand.tooMany = tooMany
      const { diaObjectId } = alert
      if (diaObjectId === null) {
        inHand.outcome = { ...idsOf(alert), outcome: 'declined', reason: alert.solarSystem ? 'solar-system-object' : 'no-object-id' }
        continue
      }
      const round = alertsOf.get(diaObjectId) ?? 0
      alertsOf.set(diaObjectId, round + 1)
      rounds[round] ??= []
      rounds[round].push({ inHand, alert, diaObjectId })
    }
    return rounds
  }

  #bury (inHand: AlertInHand, { code, message, action }: CandelaError): void {
    const { received } = inHand
    const { origin, deadLetter } = received
    const ids = 'alert' in received ? idsOf(received.alert) : { diaObjectId: null, diaSourceId: null, midpointMjdTai: null }
    const failure = { code, message, ...action !== undefined && { action }, time: this.#context.clock() }
    if (deadLetter === undefined) this.#deadLetters.push({ ...failure, ...originalOf(received), origin })
    // A letter of several alerts keeps the first failure.
    else this.#retried.set(deadLetter, this.#retried.get(deadLetter) ?? failure)
    inHand.outcome = { ...ids, outcome: 'dead-lettered', reason: code, message, ...action !== undefined && { action } }
  }

  /** @returns one entry where the network has to step, or none */
  #plan (admitted: Admitted): Pending[] {
    const { inHand, alert, diaObjectId } = admitted
    const { store, network, key, clock } = this.#context
    let record: WorkingRecord
    let update: Update
    try {
      record = this.#records.get(diaObjectId) ?? WorkingRecord.open(store, diaObjectId, key)
      update = planUpdate(record.record, alert, record, { key, bands: network.shape.bands, features: network.shape.features })
    } catch (error) {
      if (!(error instanceof CandelaError)) throw error
      this.#bury(inHand, error)
      return []
    }
    this.#records.set(diaObjectId, record)
    if (update.outcome === 'classified') {
      return [{ ...admitted, record, update, job: record.job(update) }]
    }
    if (update.outcome === 'declined') {
      inHand.published = record.decline(update.updated, update.reason, key, clock)
      inHand.outcome = { ...idsOf(alert), outcome: 'declined', reason: update.reason }
    } else {
      if (update.updated) record.absorb(update.updated)
      inHand.outcome = { ...idsOf(alert), outcome: 'duplicate' }
    }
    inHand.standing = standingOf(record.record)
    return []
  }

  #publish ({ inHand, alert, record, update, job }: Pending): void {
    const { model, shares, key, clock } = this.#context
    const candidate = record.classify(update, job, publishedOf(model, job.tip!, shares(record.record.diaObjectId)), model, key, clock())
    inHand.published = candidate
    inHand.standing = standingOf(record.record)
    inHand.outcome = { ...idsOf(alert), outcome: 'classified', ...newProbability(candidate) }
  }

  /** @param positions how far each source has been read with this batch */
  toCommit (positions: Readonly<Record<string, unknown>>): Commit {
    return {
      records: [...this.#records.values()].filter(record => record.changed).map(record => record.toWrite()),
      classifications: this.#alerts.flatMap(({ published }) => published ?? []),
      alerts: this.#alerts.map(({ received, outcome, standing }): ProcessedAlert => ({ received, outcome, standing })),
      deadLetters: this.#deadLetters,
      retried: this.#retried,
      positions
    }
  }
}

const idsOf = ({ diaObjectId, diaSourceId, midpointMjdTai }: Alert): AlertIds =>
  ({ diaObjectId, diaSourceId, midpointMjdTai })

/** What the outcome says of the alert's points. */
function aboutPoints ({ omitted, readAs }: Alert, tooMany: number): AboutPoints {
  const leftOut = tooMany === 0 ? leftOutOf(omitted) : { ...leftOutOf(omitted), 'too-many-points': tooMany }
  return { ...leftOut && { leftOut }, ...readAs && { fluxUnit: readAs.fluxUnit } }
}

function standingOf ({ diaObjectId, tip, publications }: ObjectRecord): Classification | null {
  const newest = publications.at(-1)
  return tip && newest ? toClassification(diaObjectId, newest) : null
}

/** What a dead letter keeps of an alert: the original bytes, or the normal form as JSON where there were none. */
function originalOf (received: ReceivedAlert): Pick<DeadLetter, 'bytes' | 'part'> {
  if ('error' in received) return { bytes: received.bytes }
  const { alert, original, part } = received
  return { bytes: original?.() ?? Buffer.from(JSON.stringify(alert)), ...part !== undefined && { part } }
}
