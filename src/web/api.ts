/** The pages' requests to the HTTP API. Addresses start from that of the scripts, so that all works below a path too. */

/** Days from the peak, negative before it: median, 16 and 84 %. */
export interface Phase {
  phase: number
  phaseLow: number
  phaseHigh: number
}

export interface Classification {
  diaObjectId: string
  probabilityIa: number
  /** This and the two below are absent of a model without classes. */
  probabilityIaErr?: number
  classProbabilities?: Record<string, number>
  /** Name of the mix of classes that they are calibrated for. */
  classShares?: string
  /** Days from the peak at midpointMjdTai, median, 16 and 84 %; absent of a model without a decoder, and of an object that more likely varies than has a peak. */
  phase?: number
  phaseLow?: number
  phaseHigh?: number
  epochs: number
  midpointMjdTai: number
  revision: number
  classifierName: string
  classifierVersion: string
  publishedAt: string
}

export interface Candidate extends Classification {
  /** Null where not known. */
  ra: number | null
  dec: number | null
  /** How much P(Ia) has risen within a day; null where there was none a day before. */
  rise: number | null
  sequence: number
}

/** What the newest alert says of an object beside its fluxes; what it does not say is absent. */
export interface ObjectContext {
  realBogus?: { score: number, name: string }
  templateFlux?: number
  extendedness?: number
  isDipole?: boolean
  nearest?: { catalogue: string, starScore: number | null, separation: number | null }
  classes?: Array<{ catalogue: string, class: string, name?: string }>
  detections?: number
  firstDetectionMjdTai?: number
  hostRedshifts?: Array<{ redshift: number, redshiftErr: number | null, kind: string, catalogue: string, separation?: number }>
  matches?: Array<{ survey: string, diaObjectId: string }>
}

/** An object as it stands. */
export interface ObjectFacts {
  diaObjectId: string
  /** Null where not known. */
  ra: number | null
  dec: number | null
  host: { redshift: number | null, redshiftErr: number | null, mwebv: number | null, givenAt: string | null, kind?: string, catalogue?: string, separation?: number }
  context?: ObjectContext
  points: number
  firstDetectionMjdTai: number | null
  lastPointMjdTai: number | null
  classification: Classification | null
  declined: string | null
}

export interface PhotometricPoint {
  midpointMjdTai: number
  band: string
  /** [nJy] */
  psfFlux: number
  psfFluxErr: number
  kind: 'detection' | 'forced'
  /** Null where the network passed it over, for `reason`. */
  epoch: number | null
  probabilityIa: number | null
  probabilityIaErr?: number | null
  phase?: number | null
  phaseLow?: number | null
  phaseHigh?: number | null
  /** Share of the epoch in the present decision; absent where the model has no attention. */
  weight?: number | null
  reason?: string | null
}

export interface LightCurve {
  classifierName: string
  classifierVersion: string
  points: PhotometricPoint[]
}

/** Medians with 16 and 84 %. */
export interface ForecastFlux {
  /** [nJy] */
  psfFlux: number
  psfFluxLow: number
  psfFluxHigh: number
  /** [mag, AB]; null where the flux is not positive. */
  magnitude: number | null
  magnitudeLow: number | null
  magnitudeHigh: number | null
}

export interface ForecastDay extends ForecastFlux {
  /** From the newest epoch [d]. */
  day: number
  midpointMjdTai: number
  band: string
}

export interface ForecastPeak extends ForecastFlux {
  band: string
  /** From the newest epoch [d], negative where it is past. */
  day: number
  dayLow: number
  dayHigh: number
  midpointMjdTai: number
  midpointMjdTaiLow: number
  midpointMjdTaiHigh: number
}

/** What an object will do next. */
export interface Forecast {
  /** Of the newest epoch, which days count from. */
  midpointMjdTai: number
  lastSeenDaysAgo: number
  isPast: boolean
  /** Null where the object more likely varies than has a peak; the two below then, too. */
  phase: number | null
  phaseLow: number | null
  phaseHigh: number | null
  /** Day by day, in each the bands. */
  forecast: ForecastDay[]
  peaks: ForecastPeak[]
}

export interface Distribution {
  count: number
  p50: number | null
  p90: number | null
  p99: number | null
  max: number | null
}

export interface Statistics {
  objects: number
  archivedObjects: number
  deadLetters: number
  accounting: Record<'received' | 'classified' | 'declined' | 'duplicate' | 'deadLettered', number> & {
    declinedByReason: Record<string, number>
    deadLetteredByCode: Record<string, number>
  }
  /** What a process on Kafka measures. */
  stream?: {
    /** [s], by stage. */
    latency: Record<string, Distribution>
    /** [records], by topic. */
    lag: Record<string, Distribution & { newest: Record<string, number> }>
  }
}

export interface ModelSummary {
  name: string
  version: string
  bands: string[]
  cell: string
  layers: number
  width: number
  engine: { name: string, version: string }
  /** Absent where the model tells Ia from all else alone. */
  classes?: Array<{ name: string, positive: boolean }>
  classShares?: Array<{ name: string }>
  /** Absent where the model does not forecast. */
  decoder?: { days: number }
}

/** A model's card; each part may be missing or of another form. */
export type Card = Record<string, unknown>

/** An answer that is a problem (RFC 9457). */
export class Problem extends Error {
  override name = 'Problem'
  readonly status: number
  /** Stable name, such as /problems/object-not-found. */
  readonly type: string

  constructor (status: number, type: string, detail: string) {
    super(detail)
    this.status = status
    this.type = type
  }
}

/** The address below which the pages are served. */
const ROOT = new URL('..', import.meta.url)

export const addressOf = (path: string): string => new URL(path, ROOT).href

/** After this time an answer is overdue, and the page is told [ms]. */
const SLOW = 3000
/** Longest wait for an answer [ms]. */
const LONGEST_WAIT = 30_000

const overdue = new Set<object>()
let tellSlow: (slow: boolean) => void = () => {}

/** @param listener called with each change of whether an answer is overdue */
export function onSlowAnswers (listener: (slow: boolean) => void): void {
  tellSlow = listener
}

/** Waits for an answer, and tells the listener while it is overdue. */
async function watched<T> (answer: () => Promise<T>): Promise<T> {
  const question = {}
  const slow = setTimeout(() => tellSlow(overdue.add(question).size > 0), SLOW)
  try {
    return await answer()
  } finally {
    clearTimeout(slow)
    if (overdue.delete(question)) tellSlow(overdue.size > 0)
  }
}

/** The problem of an answer that is no success. */
export async function problemOf (response: Response): Promise<Problem> {
  const { type = '', detail = `${new URL(response.url).pathname} answered ${response.status}.`, action = '' } = await response.json().catch(() => ({})) as Partial<Record<'type' | 'detail' | 'action', string>>
  return new Problem(response.status, type, `${detail} ${action}`.trim())
}

/** Why a request has no answer, in words. */
export function whyOf (error: unknown): string {
  if (error instanceof Problem) return error.message
  return error instanceof DOMException && error.name === 'TimeoutError' ? `Candela has not answered within ${LONGEST_WAIT / 1000} s.` : 'Candela does not answer.'
}

function get<T> (path: string, signal?: AbortSignal): Promise<T> {
  const patience = AbortSignal.timeout(LONGEST_WAIT)
  return watched(async () => {
    const response = await fetch(addressOf(path), { headers: { accept: 'application/json' }, signal: signal ? AbortSignal.any([signal, patience]) : patience })
    if (!response.ok) throw await problemOf(response)
    return await response.json() as T
  })
}

/** @param rest of the address, behind the id */
export const objectAddress = (page: 'objects' | 'embed/objects' | 'v1/objects', diaObjectId: string, rest = ''): string => addressOf(`${page}/${encodeURIComponent(diaObjectId)}${rest}`)

/** Pages asked for at most: with a rare filter they can be short. */
const PAGES = 5

/** @param query of GET /v1/objects, without cursor and limit */
export async function fetchCandidates (query: URLSearchParams, limit: number, signal?: AbortSignal): Promise<Candidate[]> {
  const candidates: Candidate[] = []
  let cursor: string | null = null
  for (let page = 0; page < PAGES && candidates.length < limit; page++) {
    const asked = new URLSearchParams(query)
    asked.set('limit', String(limit - candidates.length))
    if (cursor !== null) asked.set('cursor', cursor)
    const { objects, nextCursor }: { objects: Candidate[], nextCursor: string | null } = await get(`v1/objects?${asked}`, signal)
    candidates.push(...objects)
    if (nextCursor === null) break
    cursor = nextCursor
  }
  return candidates
}

/** @returns the number of the newest change of all objects; 0 before the first */
export async function fetchSequence (signal?: AbortSignal): Promise<number> {
  return (await fetchCandidates(new URLSearchParams(), 1, signal))[0]?.sequence ?? 0
}

/** @throws Problem */
export const fetchObject = (diaObjectId: string, signal?: AbortSignal): Promise<ObjectFacts> =>
  get(`v1/objects/${encodeURIComponent(diaObjectId)}`, signal)

/**
 * @param asOf only what had been published by then (ISO 8601)
 * @returns what was published, oldest first
 */
export async function fetchHistory (diaObjectId: string, { asOf, signal }: { asOf?: string, signal?: AbortSignal } = {}): Promise<Classification[]> {
  const query = asOf === undefined ? '' : `?asOf=${encodeURIComponent(asOf)}`
  return (await get<{ classifications: Classification[] }>(`v1/objects/${encodeURIComponent(diaObjectId)}/classifications${query}`, signal)).classifications
}

/** @throws Problem */
export const fetchLightCurve = (diaObjectId: string, signal?: AbortSignal): Promise<LightCurve> =>
  get(`v1/objects/${encodeURIComponent(diaObjectId)}/light-curve`, signal)

/** @throws Problem */
export const fetchForecast = (diaObjectId: string, signal?: AbortSignal): Promise<Forecast> =>
  get(`v1/objects/${encodeURIComponent(diaObjectId)}/forecast`, signal)

/** Counts at a time, ISO 8601. */
export type RecentCount = { time: string } & Pick<Statistics['accounting'], 'received' | 'classified' | 'declined'>

/** @returns oldest first; none from a process that keeps no accounting */
export async function fetchRecentCounts (): Promise<RecentCount[]> {
  try {
    return (await get<{ counts: RecentCount[] }>('v1/statistics/recent')).counts
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return []
    throw error
  }
}

export const fetchStatistics = (signal?: AbortSignal): Promise<Statistics> => get('v1/statistics', signal)

export const fetchModels = async (): Promise<ModelSummary[]> => (await get<{ models: ModelSummary[] }>('v1/models')).models

export const fetchCard = async ({ name, version }: ModelSummary): Promise<Card> => (await get<{ card: Card }>(`v1/models/${name}/${version}`)).card
