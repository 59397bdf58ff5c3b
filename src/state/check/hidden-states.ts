/** Compares hidden states with a replay of their light curves from the beginning, many objects together. */
import type { Network } from '../../model/engine.ts'
import { fixedFactsOf, type HiddenState } from '../record/record.ts'
import { Checkpoints } from '../record/checkpoints.ts'
import { planReplay, type ModelInUse } from '../record/update.ts'
import { runWavefront, type StepJob } from '../processor/wavefront.ts'
import type { Report } from './findings.ts'
import type { StoredObject } from './stored-object.ts'

/** Two engines, or one engine on two machines, differ by less than this; relative for values above 1. */
const ROUNDING = 1e-4

/** Keeps the hidden states after certain numbers of steps. */
class StatesAt extends Checkpoints {
  readonly found = new Map<number, HiddenState>()
  readonly #steps: ReadonlySet<number>

  constructor (steps: Iterable<number>) {
    super(() => [])
    this.#steps = new Set(steps)
  }

  override beforeStep (tip: HiddenState): void {
    if (this.#steps.has(tip.steps)) this.found.set(tip.steps, tip)
  }
}

export interface Replay {
  object: StoredObject
  job: StepJob
  states: StatesAt
}

/** @returns undefined where there is nothing to step; a hidden state kept nevertheless has been reported */
export function replayOf (object: StoredObject, model: ModelInUse, report: Report): Replay | undefined {
  const { diaObjectId, record, closedPoints, checkpoints } = object
  const states = new StatesAt(checkpoints?.map(({ steps }) => steps) ?? [])
  const plan = planReplay(record, record.givenHost, { closedPoints: () => closedPoints ?? [], checkpoints: states }, model)
  if (plan.outcome === 'declined') {
    if (record.tip) report('state-wrong', `object ${diaObjectId}: it has a hidden state, and its light curve gives none (${plan.reason})`, diaObjectId)
    else if (checkpoints?.length) report('settled-state-wrong', `object ${diaObjectId}: it has checkpoints, and its light curve gives none (${plan.reason})`, diaObjectId)
    return undefined
  }
  if (record.tip === null) {
    report('state-wrong', `object ${diaObjectId}: it has no hidden state, and its light curve gives ${plan.steps.length} steps`, diaObjectId)
    return undefined
  }
  return { object, states, job: { facts: fixedFactsOf(record), steps: plan.steps, tip: null, checkpoints: states } }
}

/** @param onRight called with each object whose hidden state at the tip is what its light curve gives */
export function checkReplays (network: Network, replays: readonly Replay[], report: Report, onRight: (object: StoredObject) => void): void {
  runWavefront(network, replays.map(({ job }) => job))
  for (const { object, job, states } of replays) {
    const { diaObjectId, record, checkpoints } = object
    const tip = job.tip!
    let inexact = 0
    const compare = (what: string, code: 'state-wrong' | 'settled-state-wrong', kept: HiddenState, replayed: HiddenState | undefined): boolean => {
      const difference = replayed ? differenceOf(kept, replayed) : Infinity
      if (difference < ROUNDING) {
        inexact = Math.max(inexact, difference)
        return true
      }
      report(code, `object ${diaObjectId}: its ${what} after ${kept.steps} steps, at ${kept.midpointMjdTai}, is not what a replay of its light curve gives (${tip.steps} steps, to ${tip.midpointMjdTai})`, diaObjectId)
      return false
    }
    const right = compare('hidden state', 'state-wrong', record.tip!, tip)
    checkpoints?.every((state, k) => {
      const newer = checkpoints[k - 1]
      if (newer === undefined || newer.steps > state.steps) return right && compare('checkpoint', 'settled-state-wrong', state, state.steps === tip.steps ? tip : states.found.get(state.steps))
      report('settled-state-wrong', `object ${diaObjectId}: its checkpoints, after ${newer.steps} and ${state.steps} steps, are not newest first`, diaObjectId)
      return false
    })
    if (inexact > 0) {
      report('state-inexact', `object ${diaObjectId}: its hidden states differ from a replay of its light curve by ${inexact.toExponential(1)}, as where another engine than ${network.engine}, or another machine, made them: check with the --engine of the service`, diaObjectId)
    }
    if (right) onRight(object)
  }
}

const sameBytes = (a: Float32Array | Float64Array, b: Float32Array | Float64Array): boolean =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength))

const pairs = (a: Float32Array, b: Float32Array): Array<[number, number]> => Array.from(a, (value, k) => [value, b[k]!])

/** 0 where two hidden states are the same bit for bit; Infinity where they differ in more than the network's rounding. */
function differenceOf (a: HiddenState, b: HiddenState): number {
  if (a.steps !== b.steps || a.midpointMjdTai !== b.midpointMjdTai || a.network.length !== b.network.length || !sameBytes(a.accumulator, b.accumulator)) return Infinity
  if (a.outputs.length !== b.outputs.length) return Infinity
  if (sameBytes(a.outputs, b.outputs) && sameBytes(a.network, b.network)) return 0
  let greatest = Number.MIN_VALUE
  for (const [x, y] of [...pairs(a.outputs, b.outputs), ...pairs(a.network, b.network)]) {
    const difference = Math.abs(x - y) / Math.max(1, Math.abs(y))
    if (!(difference < Infinity)) return Infinity
    greatest = Math.max(greatest, difference)
  }
  return greatest
}
