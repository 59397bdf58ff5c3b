/** What the threads that simulate are told, and what they answer: all of it can be sent from thread to thread. */
import type { Attempt, ClassPopulation } from '../attempts.ts'
import type { SkyName } from '../passbands/surveys.ts'
import type { SimulationSettings } from '../settings.ts'
import type { Simulation } from '../simulation.ts'
import type { Block } from '../snana/block.ts'
import type { SkyClass } from '../sources/source.ts'
import type { Survey } from '../survey/survey.ts'

export interface SkyOptions {
  sky: SkyName
  /** Of templates. */
  folder: string
  seed: number
  settings: SimulationSettings
}

/** What a thread has of a simulated sky; any number of them with the same options give the same. */
export interface OpenSky extends Pick<Simulation, 'shares' | 'givenUp' | 'object' | 'population'> {
  survey: Pick<Survey, 'area' | 'years'>
  attempt: (skyClass: SkyClass, index: number, followed: number) => Omit<Attempt, 'redshift'>
}

/** What the module of a sky exports as `openSky`. */
export type SkyOpener = (options: SkyOptions) => Promise<OpenSky>

/** Objects `first` to `first + count − 1`. */
export interface BlockTask { kind: 'block', first: number, count: number }
/** Attempts `first` to `first + count − 1` of a class, by a survey that has been followed for so long [yr]. */
export interface AttemptsTask { kind: 'attempts', class: SkyClass, first: number, count: number, followed: number }
/** What holds for the whole sky. */
export interface FactsTask { kind: 'facts' }
export type Task = BlockTask | AttemptsTask | FactsTask

export interface BlockResult extends Block { givenUp: Partial<Record<SkyClass, number>> }
/** Sums over attempts. */
export interface AttemptsResult {
  class: SkyClass
  attempts: number
  seen: number
  alerts: number
  alertsSquared: number
  nights: number
  /** Of alerts by the number of detections behind them, see Attempt. */
  rows: number[]
  rowsSquared: number[]
}
export interface FactsResult { area: number, years: number, classes: Array<{ class: SkyClass, share: number } & ClassPopulation> }

export type ResultOf<T extends Task> = T extends BlockTask ? BlockResult : T extends AttemptsTask ? AttemptsResult : FactsResult

/** How a thread starts: `module` is the URL of a module with `openSky`, `progress` the number that is being made, in shared memory. */
export interface ThreadData { module: string, options: SkyOptions, progress: Int32Array }

export type Answer =
  | { result: ResultOf<Task> }
  | { error: { code: string, message: string, action?: string } }
