/** The HTTP client of commands that work through a running service. */
import { CandelaError, fetchFailure } from '../../errors.ts'
import { settingsOf } from '../flags/settings.ts'

/** How long a service may take to answer [ms]; a page of a command's work takes less. */
const PATIENCE = 120_000

/** @throws CandelaError `service-unreachable`, `service-answer`, and the code of a problem that it answers with, from each */
export interface ServiceClient {
  ask (path: string, init?: RequestInit): Promise<Response>
  askJson<Answer> (path: string, init?: RequestInit): Promise<Answer>
  post<Answer> (path: string, body: object): Promise<Answer>
}

/**
 * @param url where the service is, without /v1
 * @param patience how long it may say nothing [ms]
 */
export function serviceClient (url: string, patience = PATIENCE): ServiceClient {
  const { token } = settingsOf({})
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const address = `${url.replace(/\/+$/, '')}/v1${path}`
    const response = await fetch(address, { ...init, headers: { ...init.headers as Record<string, string>, ...token !== '' && { authorization: `Bearer ${token}` } }, signal: AbortSignal.timeout(patience) }).catch((cause: unknown) => {
      throw new CandelaError('service-unreachable', `${address} does not answer: ${fetchFailure(cause)}`, {
        cause, value: url, canRetry: true, action: 'Check that Candela runs there; without --url the data folder is used.'
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
    post: (path, body) => askJson(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  }
}

async function problemOf (response: Response, address: string): Promise<CandelaError> {
  const problem = await response.json().catch(() => ({})) as { type?: string, detail?: string, action?: string }
  if (!problem.type || !problem.detail) return notCandela(`${address} answers ${response.status}`)
  return new CandelaError(problem.type.replace('/problems/', ''), problem.detail, problem.action === undefined ? {} : { action: problem.action })
}

const notCandela = (message: string, cause?: unknown): CandelaError =>
  new CandelaError('service-answer', message, { cause, action: 'Check that the address is that of a Candela of this version.' })
