/** Dead letters of a data folder, or of the service at an address. */
import { createApp } from '../app.ts'
import { CandelaError } from '../errors.ts'
import type { ReplayPage, ReplayQuery } from '../state/dead-letter-replay.ts'
import { openDeadLetters } from '../state/lmdb-dead-letters.ts'
import type { DeadLetterFacts, DeadLetterPage, DeadLetterQuery } from '../state/views.ts'
import type { Settings } from '../config.ts'

/** A service that says nothing for this long is gone [ms]; a page of letters is put through within it. */
const PATIENCE = 120_000

export interface DeadLetterSource {
  list (query: DeadLetterQuery): Promise<DeadLetterPage>
  get (number: number): Promise<DeadLetterFacts>
  bytes (number: number): Promise<Uint8Array>
  close (): Promise<void>
}

export interface DeadLetterReplayer {
  replay (query: ReplayQuery): Promise<ReplayPage>
  close (): Promise<void>
}

/** Reads a data folder, also beside the service that uses it. */
export function folderSource (folder: string): DeadLetterSource {
  const { letters, close } = openDeadLetters(folder)
  return { list: async query => letters.list(query), get: async number => letters.get(number), bytes: async number => letters.bytes(number), close }
}

/** @throws CandelaError `data-folder-in-use`, `data-folder-missing`, and those of a start */
export async function folderReplayer (settings: Settings): Promise<DeadLetterReplayer> {
  await openDeadLetters(settings.dataDir).close()
  try {
    const app = await createApp(settings, message => process.stderr.write(`candela: ${message}\n`))
    return { replay: query => app.deadLetterReplay.replay(query), close: () => app.close() }
  } catch (error) {
    if (!(error instanceof CandelaError) || error.code !== 'data-folder-in-use') throw error
    const { code, message, value, canRetry } = error
    throw new CandelaError(code, message, { value, canRetry, cause: error, action: 'Go through that process with --url http://localhost:8080 (its own address), or stop it.' })
  }
}

/** Asks a running service. @throws CandelaError `service-unreachable`, `service-answer`, and the code of a problem that it answers with */
export function serviceSource (url: string): DeadLetterSource & DeadLetterReplayer {
  const cursor = (after: number | undefined) => after === undefined ? {} : { cursor: String(after) }
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const address = `${url.replace(/\/+$/, '')}/v1/dead-letters${path}`
    const response = await fetch(address, { ...init, signal: AbortSignal.timeout(PATIENCE) }).catch((cause: unknown) => {
      const reason = cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : String(cause)
      throw new CandelaError('service-unreachable', `${address} does not answer: ${reason}`, {
        cause, value: url, canRetry: true, action: 'Check that Candela runs there; without --url the data folder is read.'
      })
    })
    if (!response.ok) throw await problemOf(response, address)
    return response
  }
  const askJson = async <Answer>(path: string, init?: RequestInit): Promise<Answer> => {
    const response = await ask(path, init)
    try {
      return await response.json() as Answer
    } catch (cause) {
      throw notCandela(`${url} answered ${path} with something else than JSON`, cause)
    }
  }
  return {
    async list ({ after, oldestFirst = false, code, origin, limit }) {
      const query = new URLSearchParams({
        limit: String(limit), order: oldestFirst ? 'oldest' : 'newest', ...cursor(after), ...code !== undefined && { code }, ...origin !== undefined && { origin }
      })
      const { deadLetters, nextCursor } = await askJson<{ deadLetters: DeadLetterFacts[], nextCursor: string | null }>(`?${query}`)
      return { deadLetters, next: nextCursor === null ? null : Number(nextCursor) }
    },
    async get (number) {
      const { content: _, ...facts } = await askJson<DeadLetterFacts & { content: string }>(`/${number}`)
      return facts
    },
    bytes: async number => new Uint8Array(await (await ask(`/${number}/bytes`)).arrayBuffer()),
    async replay ({ after, ...query }) {
      const body = JSON.stringify({ ...query, ...cursor(after) })
      const { outcomes, nextCursor } = await askJson<{ outcomes: ReplayPage['outcomes'], nextCursor: string | null }>('/replay', {
        method: 'POST', headers: { 'content-type': 'application/json' }, body
      })
      return { outcomes, next: nextCursor === null ? null : Number(nextCursor) }
    },
    close: async () => {}
  }
}

async function problemOf (response: Response, address: string): Promise<CandelaError> {
  const problem = await response.json().catch(() => ({})) as { type?: string, detail?: string, action?: string }
  if (!problem.type || !problem.detail) return notCandela(`${address} answers ${response.status}`)
  return new CandelaError(problem.type.replace('/problems/', ''), problem.detail, problem.action === undefined ? {} : { action: problem.action })
}

const notCandela = (message: string, cause?: unknown): CandelaError =>
  new CandelaError('service-answer', message, { cause, action: 'Check that the address is that of a Candela of this version.' })
