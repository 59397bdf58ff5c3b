/** One batch of alerts on its way from plans through steps to a commit. */
import type { Alert, ReceivedAlert } from '../../alert/alert.ts'
import { leftOutOf } from '../../alert/left-out.ts'
import { turns } from '../../alert/turns.ts'
import { CandelaError } from '../../errors.ts'
import { probabilityIa } from '../../model/calibration.ts'
import type { Network } from '../../model/engine.ts'
import type { Model } from '../../model/model-file.ts'
import { countedAs } from '../accounting.ts'
import { admission } from './admission.ts'
import { toClassification } from '../record/classification.ts'
import type { AlertOutcome, SettledAlert } from '../outcome.ts'
import type { ObjectRecord } from '../record/record.ts'
import type { Commit, DeadLetter, LetterFailure, StateStore } from '../store.ts'
import { planUpdate, type ClassifiedUpdate, type Update } from '../record/update.ts'
import type { Change, Classification, Unnumbered } from '../views.ts'
import { LONGEST_TURN, runWavefrontInTurns, type StepJob } from './wavefront.ts'
import { WorkingRecord } from './working-record.ts'

/** What all batches of a processor share. */
export interface BatchContext {
  store: StateStore
  network: Network
  model: Model
  /** Of the model, see modelKey. */
  key: string
  /** Milliseconds since 1970, UTC; never steps back. */
  clock: () => number
}

/** An alert of an object, with its place in the batch. */
interface Admitted {
  index: number
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
  readonly #alerts: readonly ReceivedAlert[]
  readonly #outcomes: AlertOutcome[]
  /** What stands of each alert's object after it. */
  readonly #standing: Array<Classification | null>
  readonly #deadLetters: DeadLetter[] = []
  readonly #replayed = new Map<number, LetterFailure | null>()
  readonly #classifications: Array<{ index: number, published: Unnumbered<Change> }> = []
  readonly #records = new Map<string, WorkingRecord>()
  /** Points of alerts that were left out, being more than are taken in. */
  readonly #tooMany = new Map<number, number>()

  constructor (context: BatchContext, alerts: readonly ReceivedAlert[]) {
    this.#context = context
    this.#alerts = alerts
    this.#outcomes = new Array<AlertOutcome>(alerts.length)
    this.#standing = new Array<Classification | null>(alerts.length).fill(null)
  }

  /** One outcome an alert, in order. */
  get outcomes (): AlertOutcome[] {
    return this.#outcomes
  }

  /**
   * Plans and steps all alerts. Several alerts of one object go one after the other, in rounds, so that each has the
   * outcome that it would have had alone. Others have their turn meanwhile; one call at a time.
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
    this.#alerts.forEach((received, index) => { if ('alert' in received) Object.assign(this.#outcomes[index]!, aboutPoints(received.alert, this.#tooMany.get(index))) })
  }

  #rounds (): Admitted[][] {
    const rounds: Admitted[][] = []
    const alertsOf = new Map<string, number>()
    this.#alerts.forEach((received, index) => {
      const { deadLetter } = received
      if (deadLetter !== undefined && !this.#replayed.has(deadLetter)) this.#replayed.set(deadLetter, null)
      const admitted = 'error' in received ? received : admission(received.alert)
      if ('error' in admitted) {
        this.#bury(index, admitted.error)
        return
      }
      const { alert, tooMany } = admitted
      if (tooMany > 0) this.#tooMany.set(index, tooMany)
      const { diaObjectId } = alert
      if (diaObjectId === null) {
        this.#outcomes[index] = { ...named(alert), outcome: 'declined', reason: alert.solarSystem ? 'solar-system-object' : 'no-object-id' }
        return
      }
      const round = alertsOf.get(diaObjectId) ?? 0
      alertsOf.set(diaObjectId, round + 1)
      rounds[round] ??= []
      rounds[round].push({ index, alert, diaObjectId })
    })
    return rounds
  }

  #bury (index: number, { code, message, action }: CandelaError): void {
    const received = this.#alerts[index]!
    const { origin, deadLetter } = received
    const ids = 'alert' in received ? named(received.alert) : { diaObjectId: null, diaSourceId: null, midpointMjdTai: null }
    const failure = { code, message, ...action !== undefined && { action }, time: this.#context.clock() }
    if (deadLetter === undefined) this.#deadLetters.push({ ...failure, ...originalOf(received), origin })
    // A letter of several alerts stands with the first failure.
    else this.#replayed.set(deadLetter, this.#replayed.get(deadLetter) ?? failure)
    this.#outcomes[index] = { ...ids, outcome: 'dead-lettered', reason: code, message, ...action !== undefined && { action } }
  }

  /** @returns what is to be stepped: one entry or none */
  #plan (admitted: Admitted): Pending[] {
    const { index, alert, diaObjectId } = admitted
    const { store, network, key, clock } = this.#context
    let record: WorkingRecord
    let update: Update
    try {
      record = this.#records.get(diaObjectId) ?? WorkingRecord.open(store, diaObjectId, key)
      update = planUpdate(record.record, alert, record, { key, bands: network.shape.bands })
    } catch (error) {
      if (!(error instanceof CandelaError)) throw error
      this.#bury(index, error)
      return []
    }
    this.#records.set(diaObjectId, record)
    if (update.outcome === 'classified') {
      return [{ ...admitted, record, update, job: record.job(update) }]
    }
    if (update.outcome === 'declined') {
      const withdrawal = record.decline(update.changes, update.reason, key, clock)
      if (withdrawal) this.#classifications.push({ index, published: withdrawal })
      this.#outcomes[index] = { ...named(alert), outcome: 'declined', reason: update.reason }
    } else {
      if (update.changes) record.absorb(update.changes)
      this.#outcomes[index] = { ...named(alert), outcome: 'duplicate' }
    }
    this.#standing[index] = standingOf(record.record)
    return []
  }

  #publish ({ index, alert, record, update, job }: Pending): void {
    const { model, key, clock } = this.#context
    const tip = job.tip!
    const candidate = record.classify(update, job, probabilityIa(tip.logit, tip.steps, model.calibration), model, key, clock())
    this.#classifications.push({ index, published: candidate })
    this.#standing[index] = standingOf(record.record)
    const { probabilityIa: probability, epochs, revision } = candidate
    this.#outcomes[index] = { ...named(alert), outcome: 'classified', probabilityIa: probability, epochs, revision }
  }

  /** @param positions how far each source has been read with this batch */
  toCommit (positions: Readonly<Record<string, unknown>>): Commit {
    return {
      changes: [...this.#records.values()].filter(record => record.changed).map(record => record.toChange()),
      classifications: this.#classifications.toSorted((a, b) => a.index - b.index).map(({ published }) => published),
      outcomes: this.#outcomes.map((outcome, index) => countedAs(outcome, this.#alerts[index]!.deadLetter !== undefined)),
      deadLetters: this.#deadLetters,
      replayed: this.#replayed,
      positions,
      alerts: this.#alerts.map((received, index): SettledAlert => ({ received, outcome: this.#outcomes[index]!, standing: this.#standing[index]! }))
    }
  }
}

const named = ({ diaObjectId, diaSourceId, midpointMjdTai }: Alert): Pick<AlertOutcome, 'diaObjectId' | 'diaSourceId' | 'midpointMjdTai'> =>
  ({ diaObjectId, diaSourceId, midpointMjdTai })

/** What there is to say of its points, beside what became of it. */
function aboutPoints ({ omitted, readAs }: Alert, tooMany: number | undefined): Pick<AlertOutcome, 'leftOut' | 'fluxUnit'> {
  const leftOut = tooMany === undefined ? leftOutOf(omitted) : { ...leftOutOf(omitted), 'too-many-points': tooMany }
  return { ...leftOut && { leftOut }, ...readAs && { fluxUnit: readAs.fluxUnit } }
}

function standingOf ({ diaObjectId, tip, publications }: ObjectRecord): Classification | null {
  const newest = publications.at(-1)
  return tip && newest ? toClassification(diaObjectId, newest) : null
}

/** What a dead letter keeps of an alert: the bytes as they came, or the normal form of one that never was bytes. */
function originalOf (received: ReceivedAlert): Pick<DeadLetter, 'bytes' | 'part'> {
  if ('error' in received) return { bytes: received.bytes }
  const { alert, original, part } = received
  return { bytes: original?.() ?? Buffer.from(JSON.stringify(alert)), ...part !== undefined && { part } }
}
