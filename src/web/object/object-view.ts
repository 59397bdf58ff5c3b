/** The common part of an object's page and its embedded plot: read, follow, show at a moment. */
import { fetchHistory, fetchLightCurve, fetchObject, fetchSequence, Problem, whyOf, type Classification, type LightCurve, type ObjectFacts } from '../api.ts'
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
}

async function readCurve (diaObjectId: string, signal: AbortSignal): Promise<Pick<KnownObject, 'curve' | 'why'>> {
  try {
    return { curve: await fetchLightCurve(diaObjectId, signal), why: null }
  } catch (error) {
    if (error instanceof Problem) return { curve: null, why: error.message }
    throw error
  }
}

async function readObject (diaObjectId: string, signal: AbortSignal): Promise<KnownObject> {
  const [object, history, curve] = await Promise.all([fetchObject(diaObjectId, signal), fetchHistory(diaObjectId, { signal }), readCurve(diaObjectId, signal)])
  return { object, history, ...curve }
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
export function plottedAt ({ curve }: Pick<KnownObject, 'curve'>, published: readonly Classification[], asOf: string | null): Plotted {
  return {
    points: plottable(curve?.points ?? []),
    published,
    until: asOf === null ? Infinity : published.at(-1)?.midpointMjdTai ?? -Infinity
  }
}
