/** Steps many objects together: the next pending points of every object in one batch. */
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

/** Most steps of all objects in one call of the network. */
const LARGEST_BATCH = 1024
/** Most steps of one object in one call. */
const LONGEST = 64

/** A job with the number of its steps that are done. */
interface Pending {
  job: StepJob
  host: Float32Array
  done: number
}

/**
 * Advances every job through all its steps; the result of a job does not depend on the others. Each call takes as
 * many steps as a power of two has, of all objects that have as many left: a replay of n steps is a few calls, not n.
 */
export function runWavefront (network: Network, jobs: readonly StepJob[]): void {
  let pending = jobs.map((job): Pending => ({ job, host: hostFeatures(job.host), done: 0 })).filter(left)
  while (pending.length > 0) {
    const most = pending.reduce((most, one) => Math.max(most, left(one)), 0)
    const length = Math.min(LONGEST, 2 ** Math.floor(Math.log2(most)))
    const ready = pending.filter(one => left(one) >= length)
    const rows = Math.max(1, LARGEST_BATCH / length)
    for (let first = 0; first < ready.length; first += rows) stepTogether(network, ready.slice(first, first + rows), length)
    pending = pending.filter(left)
  }
}

const left = ({ job, done }: Pending): number => job.steps.length - done

/** Advances each of the jobs by `length` steps. */
function stepTogether (network: Network, together: readonly Pending[], length: number): void {
  const { bands } = network.shape
  const rows = together.length
  const inputs = featureLength(bands)
  const width = hiddenStateLength(network.shape)
  const features = new Float32Array(length * rows * inputs)
  const hidden = new Float32Array(rows * width)
  const before = new Float32Array(rows)
  const accumulators = together.map(({ job: { steps, tip }, host, done }, row) => {
    if (tip) hidden.set(tip.network, row * width)
    before[row] = tip?.steps ?? 0
    let accumulator = tip?.accumulator ?? newAccumulator(bands)
    return Array.from({ length }, (_, k) => {
      accumulator = accumulator.slice()
      stepFeatures(bands, accumulator, steps[done + k]!, host, features, (k * rows + row) * inputs)
      return accumulator
    })
  })
  const result = length === 1
    ? network.step({ rows, features, hidden, epochs: before.map(steps => steps + 1) })
    : network.sequence(features, length, rows, { hidden, steps: before })
  together.forEach((one, row) => {
    const { job } = one
    for (let k = 0; k < length; k++) {
      const { midpointMjdTai } = job.steps[one.done + k]!
      if (job.tip) job.settled.beforeStep(job.tip, midpointMjdTai)
      const at = k * rows + row
      job.tip = {
        steps: before[row]! + k + 1,
        midpointMjdTai,
        logit: result.logits[at]!,
        accumulator: accumulators[row]![k]!,
        network: result.hidden.slice(at * width, (at + 1) * width)
      }
    }
    one.done += length
  })
}
