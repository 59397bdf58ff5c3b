/** Steps many objects together: the k-th pending point of every object in one batch. */
import { featureLength, hostFeatures, newAccumulator, stepFeatures } from '../light-curve/features.ts'
import type { HostFacts } from '../alert/alert.ts'
import type { StoredPoint } from '../light-curve/stored-point.ts'
import type { Network } from '../model/engine.ts'
import { hiddenStateLength } from '../model/shape.ts'
import type { HiddenState } from './record.ts'
import type { SettledStates } from './settled.ts'

/** One object's pending steps, and after runWavefront its hidden states. */
export interface StepJob {
  host: HostFacts
  steps: readonly StoredPoint[]
  tip: HiddenState | null
  settled: SettledStates
}

/** Largest batch of one call of the network. */
const LARGEST_BATCH = 1024

/** Advances every job through all its steps; the result of a job does not depend on the others. */
export function runWavefront (network: Network, jobs: readonly StepJob[]): void {
  const host = new Map(jobs.map(job => [job, hostFeatures(job.host)]))
  let pending = jobs.filter(job => job.steps.length > 0)
  for (let wave = 0; pending.length > 0; wave++) {
    for (let first = 0; first < pending.length; first += LARGEST_BATCH) {
      stepOnce(network, pending.slice(first, first + LARGEST_BATCH), wave, host)
    }
    pending = pending.filter(job => job.steps.length > wave + 1)
  }
}

function stepOnce (network: Network, jobs: readonly StepJob[], wave: number, host: ReadonlyMap<StepJob, Float32Array>): void {
  const { bands } = network.shape
  const rows = jobs.length
  const inputs = featureLength(bands)
  const length = hiddenStateLength(network.shape)
  const features = new Float32Array(rows * inputs)
  const hidden = new Float32Array(rows * length)
  const epochs = new Float32Array(rows)
  const accumulators = jobs.map((job, row) => {
    const point = job.steps[wave]!
    const { tip } = job
    if (tip) job.settled.beforeStep(tip, point.midpointMjdTai)
    const accumulator = tip ? tip.accumulator.slice() : newAccumulator(bands)
    stepFeatures(bands, accumulator, point, host.get(job)!, features, row * inputs)
    if (tip) hidden.set(tip.network, row * length)
    epochs[row] = (tip?.steps ?? 0) + 1
    return accumulator
  })
  const result = network.step({ rows, features, hidden, epochs })
  jobs.forEach((job, row) => {
    job.tip = {
      steps: epochs[row]!,
      midpointMjdTai: job.steps[wave]!.midpointMjdTai,
      logit: result.logits[row]!,
      accumulator: accumulators[row]!,
      network: result.hidden.slice(row * length, (row + 1) * length)
    }
  })
}
