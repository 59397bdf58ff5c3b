/** Alerts in, records and classifications out: merge, step, commit. */
import type { Alert, ReceivedAlert } from '../alert/alert.ts'
import { CandelaError } from '../errors.ts'
import { probabilityIa } from '../model/calibration.ts'
import type { Network } from '../model/engine.ts'
import type { Model } from '../model/model-file.ts'
import { modelKey } from '../model/model-key.ts'
import type { DeadLetter, StateStore } from './store.ts'
import { refusal } from './admission.ts'
import { planUpdate, type ClassifiedUpdate, type Update } from './update.ts'
import type { Candidate, DeclineReason, Outcome } from './views.ts'
import { runWavefront, type StepJob } from './wavefront.ts'
import { WorkingRecord } from './working-record.ts'

/** What became of one alert. */
export interface AlertOutcome {
  diaObjectId: string | null
  diaSourceId: string | null
  midpointMjdTai: number | null
  outcome: Outcome
  /** Decline reason, or the error code of a dead letter. */
  reason?: string
  /** What was wrong with a dead letter. */
  message?: string
  probabilityIa?: number
  epochs?: number
  revision?: number
}

export interface Processor {
  /** name/version of the model in use. */
  readonly model: string
  /**
   * Processes alerts in order and commits them, with the source's position, in one transaction. One call at a time.
   * The outcome of an alert does not depend on how alerts are cut into batches.
   * @returns one outcome an alert, in order
   */
  process (alerts: readonly ReceivedAlert[], positions?: Readonly<Record<string, unknown>>): Promise<AlertOutcome[]>
}

export interface ProcessorOptions {
  store: StateStore
  network: Network
  model: Model
  /** Milliseconds since 1970, UTC. */
  now?: () => number
}

interface Pending {
  index: number
  alert: Alert
  working: WorkingRecord
  update: ClassifiedUpdate
  job: StepJob
}

export function createProcessor ({ store, network, model, now = Date.now }: ProcessorOptions): Processor {
  const name = `${model.name}/${model.version}`
  const key = modelKey(model)
  const { bands } = network.shape

  let latest = Date.parse(store.reader.candidates({ limit: 1 }).candidates[0]?.publishedAt ?? '') || 0
  /** Never steps back, so that the history and the list of changes are in the order of their times. */
  const clock = (): number => {
    latest = Math.max(latest, now())
    return latest
  }

  async function process (alerts: readonly ReceivedAlert[], positions: Readonly<Record<string, unknown>> = {}): Promise<AlertOutcome[]> {
    const outcomes = new Array<AlertOutcome>(alerts.length)
    const deadLetters: DeadLetter[] = []
    const classifications: Array<{ index: number, candidate: Omit<Candidate, 'sequence'> }> = []
    const working = new Map<string, WorkingRecord>()
    const rounds: Array<Array<{ index: number, alert: Alert, diaObjectId: string }>> = []
    const alertsOf = new Map<string, number>()

    const bury = (index: number, error: CandelaError): void => {
      const received = alerts[index]!
      const bytes = 'bytes' in received ? received.bytes : Buffer.from(JSON.stringify(received.alert))
      const ids = 'alert' in received ? named(received.alert) : { diaObjectId: null, diaSourceId: null, midpointMjdTai: null }
      deadLetters.push({ bytes, code: error.code, message: error.message, origin: received.origin, time: now() })
      outcomes[index] = { ...ids, outcome: 'dead-lettered', reason: error.code, message: error.message }
    }

    alerts.forEach((received, index) => {
      const refused = 'error' in received ? received.error : refusal(received.alert)
      if (refused) {
        bury(index, refused)
        return
      }
      const { alert } = received as { alert: Alert }
      if (alert.diaObjectId === null) {
        outcomes[index] = { ...named(alert), outcome: 'declined', reason: 'no-object-id' }
        return
      }
      const round = alertsOf.get(alert.diaObjectId) ?? 0
      alertsOf.set(alert.diaObjectId, round + 1)
      const entry = { index, alert, diaObjectId: alert.diaObjectId }
      if (rounds[round]) rounds[round].push(entry)
      else rounds[round] = [entry]
    })

    for (const round of rounds) {
      const pending: Pending[] = []
      for (const { index, alert, diaObjectId } of round) {
        let record = working.get(diaObjectId)
        let update: Update
        try {
          record ??= WorkingRecord.open(store, network, diaObjectId, key)
          update = planUpdate(record.record, alert, () => record!.closedPoints(), key, bands)
        } catch (error) {
          if (!(error instanceof CandelaError)) throw error
          bury(index, error)
          continue
        }
        working.set(diaObjectId, record)
        if (update.outcome === 'duplicate') {
          if (update.changes) record.absorb(update.changes)
          outcomes[index] = { ...named(alert), outcome: 'duplicate' }
        } else if (update.outcome === 'declined') {
          record.decline(update.changes, update.reason, key)
          outcomes[index] = { ...named(alert), outcome: 'declined', reason: update.reason }
        } else {
          const job: StepJob = { host: update.changes.host, steps: update.steps, tip: update.from, settled: update.settled }
          pending.push({ index, alert, working: record, update, job })
        }
      }
      runWavefront(network, pending.map(({ job }) => job))
      for (const { index, alert, working, update, job } of pending) {
        const candidate = working.classify(update, job, probabilityIa(job.tip!.logit, model.calibration), model, key, clock())
        classifications.push({ index, candidate })
        const { probabilityIa: probability, epochs, revision } = candidate
        outcomes[index] = { ...named(alert), outcome: 'classified', probabilityIa: probability, epochs, revision }
      }
    }

    classifications.sort((a, b) => a.index - b.index)
    await store.commit({
      changes: [...working.values()].filter(record => record.changed).map(record => record.toChange()),
      classifications: classifications.map(({ candidate }) => candidate),
      outcomes: outcomes.map(({ outcome, reason }) => outcome === 'declined' ? { outcome, reason: reason as DeclineReason } : { outcome }),
      deadLetters,
      positions
    })
    return outcomes
  }

  return { model: name, process }
}

const named = ({ diaObjectId, diaSourceId, midpointMjdTai }: Alert): Pick<AlertOutcome, 'diaObjectId' | 'diaSourceId' | 'midpointMjdTai'> =>
  ({ diaObjectId, diaSourceId, midpointMjdTai })
