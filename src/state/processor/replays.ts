/** Replays light curves for readers while the live step goes on: a few at a time, behind a short queue. */
import pLimit from 'p-limit'
import { CandelaError } from '../../errors.ts'
import type { SharesOfObject } from '../../model/class-shares.ts'
import type { Network } from '../../model/engine.ts'
import type { Model } from '../../model/model-file.ts'
import { sharesName } from '../record/probabilities.ts'
import { createForecasts, type Forecasts } from './forecasts.ts'
import { playLightCurves, untilTime, type LightCurve, type PlayedPoint } from './play.ts'
import type { HiddenState } from '../record/record.ts'
import type { Classification, ObjectReader } from '../views.ts'

export type { LightCurve, PlayedPoint } from './play.ts'
/** The hidden state after the last step of a light curve, null where it has none. */
export type PlayedTip = HiddenState | null

/** Replays that run at a time, a slice of each in turn. */
const AT_ONCE = 4
/** Replays that may wait in the queue. */
const MOST_WAITING = 32

/** An object's light curve as it is now, with the model in use. */
export interface ReplayedLightCurve {
  /** The published one that stood at the time asked for. */
  classification: Classification | null
  /** In order of time. */
  points: PlayedPoint[]
}

export interface Replays {
  /** The model in use. */
  readonly model: { name: string, version: string }
  /** Name of the class shares that the probabilities of an object hold for; null where the model has no classes. */
  classShares (diaObjectId: string): string | null
  /**
   * @param asOf [ms since 1970, UTC]: only the points up to the newest one that the classification of then rested on
   * @returns undefined where the object is not known
   * @throws CandelaError `overloaded`, `record-damaged`; the signal's reason
   */
  object (diaObjectId: string, options: { asOf?: number | undefined, signal?: AbortSignal | undefined }): Promise<ReplayedLightCurve | undefined>
  /**
   * @param tips see PlayOptions
   * @returns of each light curve, its points in order of time
   * @throws CandelaError `overloaded`; the signal's reason
   */
  play (curves: readonly LightCurve[], signal?: AbortSignal, tips?: PlayedTip[]): Promise<PlayedPoint[][]>
  /** With the same model, from stored states and from those of played light curves. */
  readonly forecasts: Forecasts
}

export interface ReplaysOptions {
  network: Network
  model: Model
  /** The class shares of the sky that an object is on; those of the training where not given. */
  shares?: SharesOfObject | undefined
  reader: Pick<ObjectReader, 'lightCurve' | 'carried'>
}

export function createReplays ({ network, model, shares = () => null, reader }: ReplaysOptions): Replays {
  const limit = pLimit(AT_ONCE)
  async function inTurn<Result> (signal: AbortSignal | undefined, call: () => Promise<Result>): Promise<Result> {
    if (limit.pendingCount >= MOST_WAITING) {
      throw new CandelaError('overloaded', `${limit.activeCount + limit.pendingCount} replays of light curves go on or wait already.`, { canRetry: true, action: 'Send it again a little later.' })
    }
    return await limit(() => {
      signal?.throwIfAborted()
      return call()
    })
  }
  const { name, version } = model
  return {
    model: { name, version },
    classShares: diaObjectId => sharesName(model, shares(diaObjectId)),
    object: (diaObjectId, { asOf, signal }) => inTurn(signal, async () => {
      const curve = reader.lightCurve(diaObjectId, asOf)
      if (!curve) return undefined
      const { classification } = curve
      const [points] = await playLightCurves([{ ...curve, diaObjectId }], { network, model, shares, signal })
      const until = asOf === undefined ? Infinity : classification?.midpointMjdTai ?? -Infinity
      return { classification, points: untilTime(points!, until) }
    }),
    play: (curves, signal, tips) => inTurn(signal, () => playLightCurves(curves, { network, model, shares, tips, signal })),
    forecasts: createForecasts({ network, model, shares, reader })
  }
}
