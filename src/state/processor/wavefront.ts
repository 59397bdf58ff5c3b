/** Steps many objects together: the next pending points of every object in one batch. */
import { featureSet, type FixedFacts } from '../../light-curve/features/features.ts'
import type { StoredPoint } from '../../light-curve/stored-point.ts'
import type { Network } from '../../model/engine.ts'
import { hiddenStateLength, inputLength, outputLength } from '../../model/shape.ts'
import type { HiddenState } from '../record/record.ts'
import type { Checkpoints } from '../record/checkpoints.ts'

/** One object's pending steps, and after runWavefront its hidden states. */
export interface StepJob {
  facts: FixedFacts
  steps: readonly StoredPoint[]
  tip: HiddenState | null
  checkpoints: Checkpoints
  /** Where there is a list, the attention's weight of each step is added to it; nothing where the network has no attention. */
  weights?: number[]
}

/** Most steps of all objects in one call of the network. */
const LARGEST_BATCH = 1024
/** Most steps of one object in one call. */
const LONGEST = 64
/** A further call costs about as much as this many steps. */
const STEPS_OF_A_CALL = 64

/** How long a batch of alerts or revisions blocks the event loop [ms]. Trades a request's delay for the cost of turns, which is negligible at this length. */
export const LONGEST_TURN = 40

/** A job with the number of its steps that are done. */
interface Pending {
  job: StepJob
  fixed: Float32Array
  done: number
}

/**
 * Advances every job through all its steps; the result of a job does not depend on the others. Jobs of about the same number
 * of steps go together in one call, the shorter ones with idle steps behind theirs.
 */
export function runWavefront (network: Network, jobs: readonly StepJob[]): void {
  for (const call of callsOf(network, jobs)) stepTogether(network, call)
}

/**
 * As runWavefront, but yields to the event loop between two calls of the network: thousands of steps take seconds.
 * @param turn see turns
 */
export async function runWavefrontInTurns (network: Network, jobs: readonly StepJob[], turn: () => Promise<void> | undefined): Promise<void> {
  for (const call of callsOf(network, jobs)) {
    stepTogether(network, call)
    await turn()
  }
}

function * callsOf ({ shape }: Network, jobs: readonly StepJob[]): Generator<Pending[]> {
  const features = featureSet(shape.features)
  let pending = jobs.map((job): Pending => ({ job, fixed: features.fixed(job.facts), done: 0 })).filter(left)
  while (pending.length > 0) {
    yield * groupsOf(pending.toSorted((a, b) => left(b) - left(a)))
    pending = pending.filter(left)
  }
}

const left = ({ job, done }: Pending): number => job.steps.length - done
const nextSteps = (one: Pending): number => Math.min(LONGEST, left(one))

/** @param pending those with most steps first */
function * groupsOf (pending: readonly Pending[]): Generator<Pending[]> {
  let group: Pending[] = []
  let idle = 0
  for (const one of pending) {
    const longest = nextSteps(group[0] ?? one)
    const more = longest - nextSteps(one)
    if (group.length > 0 && (idle + more > STEPS_OF_A_CALL || (group.length + 1) * longest > LARGEST_BATCH)) {
      yield group
      group = []
      idle = 0
    } else {
      idle += more
    }
    group.push(one)
  }
  yield group
}

/** One row of an array. The last state of a job is kept: as a copy it does not hold those of the whole call in memory. */
const part = (array: Float32Array, row: number, length: number, passing: boolean): Float32Array =>
  passing ? array.subarray(row * length, (row + 1) * length) : array.slice(row * length, (row + 1) * length)

/** Advances each of the jobs, the longest first, by as many steps as it has left, or as a call may have. */
function stepTogether (network: Network, together: readonly Pending[]): void {
  const { bands, features: version } = network.shape
  const set = featureSet(version)
  const rows = together.length
  const length = nextSteps(together[0]!)
  const inputs = inputLength(network.shape)
  const width = hiddenStateLength(network.shape)
  const answers = outputLength(network.shape)
  const features = new Float32Array(length * rows * inputs)
  const hidden = new Float32Array(rows * width)
  const before = new Float32Array(rows)
  const accumulators = together.map((one, row) => {
    const { job: { steps, tip }, fixed, done } = one
    if (tip) hidden.set(tip.network, row * width)
    before[row] = tip?.steps ?? 0
    let accumulator = tip?.accumulator ?? set.newAccumulator(bands)
    return Array.from({ length: nextSteps(one) }, (_, k) => {
      accumulator = accumulator.slice()
      set.step(bands, accumulator, steps[done + k]!, fixed, features, (k * rows + row) * inputs)
      return accumulator
    })
  })
  const result = network.sequence(features, length, rows, { hidden, steps: before })
  together.forEach((one, row) => {
    const { job } = one
    const count = nextSteps(one)
    for (let k = 0; k < count; k++) {
      const { midpointMjdTai } = job.steps[one.done + k]!
      if (job.tip) job.checkpoints.beforeStep(job.tip, midpointMjdTai)
      const at = k * rows + row
      if (result.weights) job.weights?.push(result.weights[at]!)
      job.tip = {
        steps: before[row]! + k + 1,
        midpointMjdTai,
        outputs: part(result.outputs, at, answers, k < count - 1),
        accumulator: accumulators[row]![k]!,
        network: part(result.hidden, at, width, k < count - 1)
      }
    }
    one.done += count
  })
}
