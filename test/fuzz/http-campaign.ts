/** Hostile bodies at a running service, one after the other: how long its event loop stood still, and what memory it took. */
import { once } from 'node:events'
import { request as ask, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { HOSTILE, type HostileBody } from './http-bodies.ts'

export interface Tried {
  body: HostileBody
  status: number
  answer: string
  /** Longest that the event loop of the service stood still meanwhile, in the best of its tries [ms]. */
  delay: number
  /** [ms] */
  took: number
}

async function send (url: string, { method, path, headers = {}, body }: HostileBody): Promise<{ status: number, answer: string }> {
  const bytes = body()
  const request = ask(url + path, { method, headers: { ...headers, 'content-length': Buffer.byteLength(bytes) }, agent: false })
  const answered = once(request, 'response') as Promise<[IncomingMessage]>
  // The service may answer, and go, before it has read all.
  request.on('error', () => {})
  request.end(bytes)
  const [response] = await answered
  return { status: response.statusCode!, answer: await text(response).catch(() => '') }
}

/** @returns the longest delay since the last call [ms], and memory [MiB] */
export async function measured (url: string): Promise<{ delay: number, memory: number }> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1])
  return { delay: 1000 * value('nodejs_eventloop_lag_max_seconds'), memory: value('process_resident_memory_bytes') / 2 ** 20 }
}

/**
 * @param tries of a body whose delay is above `most`: other programs on the machine hold up the service too, and the shortest delay counts
 */
export async function tryBody (url: string, body: HostileBody, { most, tries = 3 }: { most: number, tries?: number }): Promise<Tried> {
  let best: Tried | undefined
  for (let k = 0; k < tries && (best === undefined || best.delay > most); k++) {
    await measured(url)
    const began = performance.now()
    const { status, answer } = await send(url, body)
    const took = performance.now() - began
    const { delay } = await measured(url)
    if (best === undefined || delay < best.delay) best = { body, status, answer, delay, took }
  }
  return best!
}

/** Names of what is wrong with an answer. */
export function faultsOf ({ body, status, delay, answer }: Tried, most: number): string[] {
  return [
    ...body.statuses.includes(status) ? [] : [`status ${status}: ${answer.slice(0, 200)}`],
    ...delay <= most ? [] : [`the event loop stood still for ${delay.toFixed(0)} ms`]
  ]
}

export { HOSTILE }
