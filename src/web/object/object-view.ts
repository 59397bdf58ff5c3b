/** The common part of an object's page and its embedded plot: read, follow, show at a moment. */
import { fetchForecast, fetchHistory, fetchLightCurve, fetchModels, fetchObject, fetchSequence, Problem, whyOf, type Classification, type Forecast, type LightCurve, type ObjectFacts } from '../api.ts'
import type { Connection } from '../connection.ts'
import { plottable, type Plotted } from './light-curve-data.ts'
import { Live, RETRY } from '../live.ts'
import { onceVisible } from '../while-visible.ts'

/** Alerts of one visit come together; their changes are read once after this pause [ms]. */
const PAUSE = 400

/** The object of the page's address. */
export const diaObjectIdOfPage = (): string => decodeURIComponent(location.pathname.split('/').at(-1) ?? '')

/** All that is known of an object. */
export interface KnownObject {
  object: ObjectFacts
  /** Oldest first. */
  history: Classification[]
  /** Null where it could not be had; `why` says why. */
  curve: LightCurve | null
  why: string | null
  /** Null where the model does not forecast, and where there is nothing to forecast from. */
  forecast: Forecast | null
}

async function readCurve (diaObjectId: string, signal: AbortSignal): Promise<Pick<KnownObject, 'curve' | 'why'>> {
  try {
    return { curve: await fetchLightCurve(diaObjectId, signal), why: null }
  } catch (error) {
    if (error instanceof Problem) return { curve: null, why: error.message }
    throw error
  }
}

let forecasts: Promise<boolean> | undefined

/** Whether the model in use forecasts: asked once, so that no page asks in vain. */
function modelForecasts (): Promise<boolean> {
  forecasts ??= fetchModels().then(models => models.some(({ decoder }) => decoder !== undefined))
  forecasts.catch(() => { forecasts = undefined })
  return forecasts
}

async function readForecast ({ diaObjectId, classification }: ObjectFacts, signal: AbortSignal): Promise<Forecast | null> {
  try {
    if (classification === null || !await modelForecasts()) return null
    return await fetchForecast(diaObjectId, signal)
  } catch (error) {
    if (error instanceof Problem) return null
    throw error
  }
}

async function readObject (diaObjectId: string, signal: AbortSignal): Promise<KnownObject> {
  const facts = fetchObject(diaObjectId, signal)
  const [object, history, curve, forecast] = await Promise.all([facts, fetchHistory(diaObjectId, { signal }), readCurve(diaObjectId, signal), facts.then(object => readForecast(object, signal))])
  return { object, history, ...curve, forecast }
}

export interface ObjectViewOptions {
  diaObjectId: string
  /** False where the page shows what it has read, and no more. */
  follow?: boolean
  /** Called with what was read, at first and after each change. */
  onRead: (known: KnownObject) => void
  /** The service has answered that it has no such object, or that the id is none. */
  onProblem: (problem: Problem) => void
  onConnection: (connection: Connection, why: string | null) => void
}

/** Shows an object for as long as the page lives. */
export function viewObject ({ diaObjectId, follow = true, onRead, onProblem, onConnection }: ObjectViewOptions): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  async function read (signal: AbortSignal): Promise<void> {
    try {
      const known = await readObject(diaObjectId, signal)
      if (!signal.aborted) onRead(known)
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error
      if (!signal.aborted) onProblem(error)
    }
  }
  async function readOnce (): Promise<void> {
    try {
      await read(new AbortController().signal)
    } catch (error) {
      onConnection('reconnecting', whyOf(error))
      setTimeout(() => onceVisible(() => readOnce()), RETRY)
    }
  }
  if (!follow) {
    readOnce()
    return
  }
  let loading: AbortSignal
  const readSoon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => { read(loading).catch(() => { if (!loading.aborted) live.start() }) }, PAUSE)
  }
  const live = new Live({
    async load (signal) {
      loading = signal
      const after = await fetchSequence(signal)
      await read(signal)
      return { after, diaObjectId }
    },
    receive: readSoon,
    withdrawn: readSoon,
    changed: onConnection
  })
  live.start()
}

/** What is plotted of an object at a moment. */
export function plottedAt ({ curve, forecast }: Pick<KnownObject, 'curve' | 'forecast'>, published: readonly Classification[], asOf: string | null): Plotted {
  return {
    points: plottable(curve?.points ?? []),
    published,
    until: asOf === null ? Infinity : published.at(-1)?.midpointMjdTai ?? -Infinity,
    forecast: asOf === null ? forecast : null
  }
}
