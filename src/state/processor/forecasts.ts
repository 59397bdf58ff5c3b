/** Forecasts from hidden states: those that are stored, and those of light curves that were played. Nothing is stored. */
import type { Band } from '../../alert/alert.ts'
import { CandelaError } from '../../errors.ts'
import { featureSet } from '../../light-curve/features/features.ts'
import type { SharesOfObject } from '../../model/class-shares.ts'
import type { Network } from '../../model/engine.ts'
import { forecastRows, withoutDecoder, type ForecastAsked, type ForecastRows } from '../../model/forecast/forecast.ts'
import type { Model } from '../../model/model-file.ts'
import { modelKey, modelName } from '../../model/model-key.ts'
import { phaseOf, type Phase } from '../../model/forecast/phase.ts'
import { probabilitiesOf } from '../../model/probabilities.ts'
import { hiddenStateLength } from '../../model/shape.ts'
import { publishedPhase } from '../record/probabilities.ts'
import type { HiddenState } from '../record/record.ts'
import type { ObjectReader } from '../views.ts'

export type { ForecastAsked, ForecastDay, ForecastPeak } from '../../model/forecast/forecast.ts'

/** What is forecast of an object from one hidden state. */
export interface Forecast extends ForecastRows {
  /** Steps that it stands on. */
  epochs: number
  /** Time of the newest of them [d, MJD TAI]: the days count from it. */
  midpointMjdTai: number
  /** At that time, as it is published; null where the object more likely varies than has a peak. */
  phase: Phase | null
}

/** The forecast from the state of an object that is kept. */
export interface ObjectForecast extends Forecast {
  /** Of the newest classification, which rests on the same state. */
  revision: number
}

/** A hidden state, and whose it is. */
export interface Carried {
  /** Decides on the class shares where they differ by survey; absent where it has none. */
  diaObjectId?: string | undefined
  tip: HiddenState
}

export interface Forecasts {
  /** The bands of the model and how many days its decoder learned; null where the model has no decoder. */
  readonly horizon: { bands: readonly Band[], days: number } | null
  /**
   * @returns undefined where the object is not known
   * @throws CandelaError `model-without-decoder`; `no-hidden-state` where nothing was stepped yet; `state-of-other-model`; `record-damaged`
   */
  object (diaObjectId: string, asked: ForecastAsked): ObjectForecast | undefined
  /**
   * Of each hidden state, in one call of the network; a forecast does not depend on the others, bit for bit.
   * @throws CandelaError `model-without-decoder`
   */
  of (carried: readonly Carried[], asked: ForecastAsked): Forecast[]
}

export interface ForecastsOptions {
  network: Network
  model: Model
  /** The class shares of the sky that an object is on; those of the training where not given. */
  shares?: SharesOfObject | undefined
  reader: Pick<ObjectReader, 'carried'>
}

export function createForecasts ({ network, model, shares = () => null, reader }: ForecastsOptions): Forecasts {
  const { shape } = network
  const { bands, decoder } = shape
  const features = featureSet(shape.features)
  const key = modelKey(model)

  function phaseAt ({ diaObjectId = '', tip }: Carried): Phase | null {
    const progress = { epochs: tip.steps, detections: features.detections(tip.accumulator) }
    const phase = phaseOf(model, tip.outputs, probabilitiesOf(model, tip.outputs, progress, shares(diaObjectId)))
    return phase && publishedPhase(phase)
  }

  function of (carried: readonly Carried[], asked: ForecastAsked): Forecast[] {
    if (decoder === null) throw withoutDecoder()
    const rows = carried.length
    if (rows === 0) return []
    const [length, outlookLength] = [hiddenStateLength(shape), features.outlookLength(bands)]
    const [hidden, outlook] = [new Float32Array(rows * length), new Float32Array(rows * outlookLength)]
    carried.forEach(({ tip }, row) => {
      hidden.set(tip.network, row * length)
      outlook.set(features.outlook(bands, tip.accumulator), row * outlookLength)
    })
    const result = network.forecast({ hidden, steps: Float32Array.from(carried, ({ tip }) => tip.steps), outlook }, rows)
    return carried.map((one, row) => {
      const { steps: epochs, midpointMjdTai } = one.tip
      return { epochs, midpointMjdTai, phase: phaseAt(one), ...forecastRows(result, { row, rows }, shape, midpointMjdTai, asked) }
    })
  }

  return {
    horizon: decoder && { bands, days: decoder.days },
    of,
    object (diaObjectId, asked) {
      if (decoder === null) throw withoutDecoder()
      const known = reader.carried(diaObjectId)
      if (!known) return undefined
      const { tip, revision } = known
      if (tip === null) throw noState(diaObjectId, known.declined)
      if (known.model !== key) throw otherModel(diaObjectId, known.model, modelName(model))
      return { ...of([{ diaObjectId, tip }], asked)[0]!, revision }
    }
  }
}

const noState = (diaObjectId: string, declined: string | null): CandelaError =>
  new CandelaError('no-hidden-state', `Nothing of object ${diaObjectId} has been stepped by the network yet${declined === null ? '' : ` (${declined})`}: there is no hidden state to forecast from.`, {
    value: diaObjectId, action: 'Ask again when the object has a classification: GET /v1/objects/{diaObjectId}.'
  })

const otherModel = (diaObjectId: string, written: string, inUse: string): CandelaError =>
  new CandelaError('state-of-other-model', `The hidden state of object ${diaObjectId} is of model ${written.split('#')[0]}, and ${inUse} is in use${written.startsWith(`${inUse}#`) ? ', with other weights' : ''}.`, {
    value: written, action: 'POST /v1/rebuild, or `candela rebuild`, brings all records to the model in use; the next alert of the object does so, too. POST /v1/classify?forecast=true forecasts from the points themselves.'
  })
