/** Asks a running service over HTTP. */
import { CandelaError, UsageError } from '../errors.ts'

/** A service that says nothing for this long is gone [ms]; a page of its work is done within it. */
const PATIENCE = 120_000

export interface ServiceClient {
  ask (path: string, init?: RequestInit): Promise<Response>
  askJson<Answer> (path: string, init?: RequestInit): Promise<Answer>
  /** Posts JSON, and gets JSON. */
  post<Answer> (path: string, body: unknown): Promise<Answer>
}

/** @throws UsageError where --url is no address, or a data folder is given too */
export function checkServiceUrl ({ url, dataDir }: { url: string, dataDir?: string | undefined }): string {
  if (dataDir !== undefined) throw new UsageError('--url and --data-dir are both given', { action: 'Give one: the address of a service, or a data folder.' })
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw new UsageError(`--url is '${url}', but an address such as http://localhost:8080 is expected`, { value: url })
  return url
}

/**
 * @param prefix of all paths, such as /v1/dead-letters
 * @param patience [ms]
 * @returns a client whose calls throw CandelaError `service-unreachable`, `service-answer`, and the code of a problem that is answered
 */
export function serviceClient (url: string, prefix: string, patience = PATIENCE): ServiceClient {
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const address = `${url.replace(/\/+$/, '')}${prefix}${path}`
    const response = await fetch(address, { ...init, signal: AbortSignal.timeout(patience) }).catch((cause: unknown) => {
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
    ask,
    askJson,
    post: async <Answer>(path: string, body: unknown) => await askJson<Answer>(path, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body)
    })
  }
}

async function problemOf (response: Response, address: string): Promise<CandelaError> {
  const problem = await response.json().catch(() => ({})) as { type?: string, detail?: string, action?: string }
  if (!problem.type || !problem.detail) return notCandela(`${address} answers ${response.status}`)
  return new CandelaError(problem.type.replace('/problems/', ''), problem.detail, problem.action === undefined ? {} : { action: problem.action })
}

const notCandela = (message: string, cause?: unknown): CandelaError =>
  new CandelaError('service-answer', message, { cause, action: 'Check that the address is that of a Candela of this version.' })

/** An error of opening a data folder, with the way that this command has where a service uses it. */
export function throughService (error: unknown): unknown {
  if (!(error instanceof CandelaError) || error.code !== 'data-folder-in-use') return error
  const { code, message, value, canRetry } = error
  return new CandelaError(code, message, { value, canRetry, cause: error, action: 'Go through that process with --url http://localhost:8080 (its own address), or stop it.' })
}
