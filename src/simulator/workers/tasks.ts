/** What the threads that simulate are told, and what they answer: all of it can be sent from thread to thread. */
import type { SimulatedLightCurve } from '../light-curves/light-curve.ts'
import type { SkyName } from '../passbands/surveys.ts'
import type { SimulationSettings } from '../settings.ts'
import type { Block } from '../snana/block.ts'
import type { SkyClass } from '../sources/source.ts'

export interface SkyOptions {
  sky: SkyName
  /** Of templates. */
  folder: string
  seed: number
  settings: SimulationSettings
}

/** One draw of a class by volume and rate, at a position drawn by area, over the whole survey; seen or not. */
export interface SkyAttempt {
  /** Detections, each an alert. */
  alerts: number
  /** Nights with an alert. */
  nights: number
}

/** How many there are of what `attempt` draws. */
export interface SkyPopulation {
  /** Events on a square degree and in a year of an observer, or sources on a square degree. */
  density: number
  kind: 'events' | 'sources'
}

/** A simulated sky, as a thread has it; any number of them with the same options give the same. */
export interface OpenSky {
  /** Classes that are drawn, with their parts of the objects. */
  shares: ReadonlyMap<SkyClass, number>
  /** What the survey looks at [deg²], NaN for none; from its first to its last visit [yr]. */
  survey: { area: number, years: number }
  /** Objects of each class that the survey did not alert on, so that another class took their place: of the calls of `object` so far. */
  givenUp: ReadonlyMap<SkyClass, number>
  object (index: number): SimulatedLightCurve
  attempt (skyClass: SkyClass, index: number): SkyAttempt
  population (skyClass: SkyClass): SkyPopulation
}

/** What the module of a sky exports as `openSky`. */
export type SkyOpener = (options: SkyOptions) => Promise<OpenSky>

/** Objects `first` to `first + count − 1`. */
export interface BlockTask { kind: 'block', first: number, count: number }
/** Attempts `first` to `first + count − 1` of a class. */
export interface AttemptsTask { kind: 'attempts', class: SkyClass, first: number, count: number }
/** What holds for the whole sky. */
export interface FactsTask { kind: 'facts' }
export type Task = BlockTask | AttemptsTask | FactsTask

export interface BlockResult extends Block { givenUp: Partial<Record<SkyClass, number>> }
/** Sums over attempts. */
export interface AttemptsResult { class: SkyClass, attempts: number, seen: number, alerts: number, alertsSquared: number, nights: number }
export interface FactsResult { area: number, years: number, classes: Array<{ class: SkyClass, share: number } & SkyPopulation> }

export type ResultOf<T extends Task> = T extends BlockTask ? BlockResult : T extends AttemptsTask ? AttemptsResult : FactsResult

/** How a thread starts: `module` is the URL of a module with `openSky`, `progress` the number that is being made, in shared memory. */
export interface ThreadData { module: string, options: SkyOptions, progress: Int32Array }

export type Answer =
  | { result: ResultOf<Task> }
  | { error: { code: string, message: string, action?: string } }
