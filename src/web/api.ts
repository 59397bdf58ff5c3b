/** What the page asks of the HTTP API. Addresses are relative, so that it works below a path too. */

export interface Classification {
  diaObjectId: string
  probabilityIa: number
  epochs: number
  midpointMjdTai: number
  revision: number
  classifierName: string
  classifierVersion: string
  publishedAt: string
}

export interface Candidate extends Classification {
  ra: number
  dec: number
  sequence: number
}

export interface Statistics {
  objects: number
  accounting: Record<'received' | 'classified' | 'declined' | 'duplicate' | 'deadLettered', number>
}

export interface Model {
  name: string
  version: string
  bands: string[]
  cell: string
  layers: number
  width: number
  engine: { name: string, version: string }
}

export interface Filter {
  minProbability?: number
  minEpochs?: number
}

async function get<T> (path: string): Promise<T> {
  const response = await fetch(path, { headers: { accept: 'application/json' } })
  if (!response.ok) throw new Error(`${path} answered ${response.status}`)
  return await response.json() as T
}

export const objectPath = (diaObjectId: string): string => `v1/objects/${encodeURIComponent(diaObjectId)}`

/** Pages asked for at most: with a rare filter they can be short. */
const PAGES = 5

/** @returns newest change first */
export async function fetchCandidates (filter: Filter, limit: number): Promise<Candidate[]> {
  const candidates: Candidate[] = []
  let cursor: string | null = null
  for (let page = 0; page < PAGES && candidates.length < limit; page++) {
    const query = new URLSearchParams({ limit: String(limit - candidates.length) })
    for (const [name, value] of Object.entries(filter)) query.set(name, String(value))
    if (cursor !== null) query.set('cursor', cursor)
    const { objects, nextCursor }: { objects: Candidate[], nextCursor: string | null } = await get(`v1/objects?${query}`)
    candidates.push(...objects)
    if (nextCursor === null) break
    cursor = nextCursor
  }
  return candidates
}

/** @returns what was published, oldest first */
export async function fetchHistory (diaObjectId: string): Promise<Classification[]> {
  return (await get<{ classifications: Classification[] }>(`${objectPath(diaObjectId)}/classifications`)).classifications
}

export const fetchStatistics = (): Promise<Statistics> => get('v1/statistics')

export const fetchModels = async (): Promise<Model[]> => (await get<{ models: Model[] }>('v1/models')).models

export type Connection = 'connecting' | 'live' | 'reconnecting'

/**
 * Follows /v1/stream for as long as the page lives.
 * @param after sequence from which to start
 * @param onConnection called with each change of the connection
 * @param onLost called where the browser gave up
 * @returns the way to stop
 */
export function follow (
  after: number, onCandidate: (candidate: Candidate) => void, onConnection: (connection: Connection) => void, onLost: () => void
): () => void {
  const source = new EventSource(`v1/stream?after=${after}`)
  source.addEventListener('open', () => onConnection('live'))
  source.addEventListener('error', () => {
    onConnection('reconnecting')
    if (source.readyState === EventSource.CLOSED) onLost()
  })
  source.addEventListener('classification', event => onCandidate(JSON.parse((event as MessageEvent<string>).data) as Candidate))
  return () => source.close()
}
