/** Alerts in, records and classifications out: merge, step, commit. */
import type { Alert, ReceivedAlert } from '../alert/alert.ts'
import { probabilityIa } from '../model/calibration.ts'
import type { Network } from '../model/engine.ts'
import type { Model } from '../model/model-file.ts'
import type { DeadLetter, StateStore } from './store.ts'
import { planUpdate, type ClassifiedUpdate } from './update.ts'
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
  const key = `${model.name}/${model.version}`
  const { bands } = network.shape

  async function process (alerts: readonly ReceivedAlert[], positions: Readonly<Record<string, unknown>> = {}): Promise<AlertOutcome[]> {
    const outcomes = new Array<AlertOutcome>(alerts.length)
    const deadLetters: DeadLetter[] = []
    const classifications: Array<{ index: number, candidate: Omit<Candidate, 'sequence'> }> = []
    const working = new Map<string, WorkingRecord>()
    const rounds: Array<Array<{ index: number, alert: Alert, diaObjectId: string }>> = []
    const alertsOf = new Map<string, number>()

    alerts.forEach((received, index) => {
      if ('error' in received) {
        const { error, bytes, origin } = received
        deadLetters.push({ bytes, code: error.code, message: error.message, origin, time: now() })
        outcomes[index] = { diaObjectId: null, diaSourceId: null, midpointMjdTai: null, outcome: 'dead-lettered', reason: error.code }
        return
      }
      const { alert } = received
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
        if (!record) {
          record = WorkingRecord.open(store, network, diaObjectId, key)
          working.set(diaObjectId, record)
        }
        const update = planUpdate(record.record, alert, () => record.closedPoints(), key, bands)
        if (update.outcome === 'duplicate') {
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
        const candidate = working.classify(update, job, probabilityIa(job.tip!.logit, model.calibration), model, now())
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

  return { model: key, process }
}

const named = ({ diaObjectId, diaSourceId, midpointMjdTai }: Alert): Pick<AlertOutcome, 'diaObjectId' | 'diaSourceId' | 'midpointMjdTai'> =>
  ({ diaObjectId, diaSourceId, midpointMjdTai })
