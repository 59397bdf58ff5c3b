/**
 * The ways from a page to the hub, best first: a hub in a shared worker; a hub in one of the pages, which the others reach
 * through a channel; a hub for this page alone.
 */
import { StreamHub } from './hub.ts'
import type { ToHub, ToPage } from './messages.ts'

/** Version of the messages: a worker of an older Candela lives on with its pages. */
const NAME = 'candela-stream-1'

export interface Way {
  send (message: ToHub): void
  /** Closes the page's end of the way. */
  close (): void
}

export interface PageEnd {
  /** Of the page. */
  id: string
  receive: (message: ToPage) => void
  /** Called where the way does not reach a hub. */
  failed: () => void
}

/** @returns undefined where the browser lacks this way, or forbids it */
type OpenWay = (page: PageEnd) => Way | undefined

const throughWorker: OpenWay = ({ receive, failed }) => {
  if (typeof SharedWorker === 'undefined') return undefined
  try {
    const worker = new SharedWorker(new URL('worker.js', import.meta.url), { type: 'module', name: NAME })
    worker.addEventListener('error', failed)
    worker.port.onmessage = ({ data }: MessageEvent<ToPage>) => receive(data)
    return { send: message => worker.port.postMessage(message), close: () => worker.port.close() }
  } catch {
    // Forbidden, as in some frames.
    return undefined
  }
}

/** Messages on the channel: from pages to the leading page, and back. */
type Post = { hub: ToHub } | { to: readonly string[] | null, page: ToPage }

/** The page that has the lock leads; the lock passes on when that page leaves, or is closed, or crashes. */
const throughLeader: OpenWay = ({ id, receive }) => {
  // Without TLS only pages of localhost have locks.
  if (typeof BroadcastChannel === 'undefined' || !('locks' in navigator)) return undefined
  const channel = new BroadcastChannel(NAME)
  const left = new AbortController()
  let hub: StreamHub | undefined
  const give = (to: readonly string[] | null, page: ToPage): void => {
    channel.postMessage({ to, page } satisfies Post)
    if (to === null || to.includes(id)) receive(page)
  }
  channel.onmessage = ({ data }: MessageEvent<Post>) => {
    if ('hub' in data) hub?.hear(data.hub)
    else if (data.to === null || data.to.includes(id)) receive(data.page)
  }
  const lead = async (): Promise<void> => {
    if (left.signal.aborted) return
    hub = new StreamHub(give)
    give(null, { kind: 'new-hub' })
    await new Promise(resolve => left.signal.addEventListener('abort', resolve))
    hub.close()
    hub = undefined
  }
  navigator.locks.request(NAME, { signal: left.signal }, lead).catch(() => { /* It left while it waited. */ })
  return {
    send (message) {
      if (hub) hub.hear(message)
      else channel.postMessage({ hub: message } satisfies Post)
    },
    close () {
      left.abort()
      channel.close()
    }
  }
}

const alone: OpenWay = ({ receive }) => {
  const hub = new StreamHub((_to, message) => receive(message))
  return { send: message => hub.hear(message), close: () => hub.close() }
}

/** Best first; the last one always works. */
const WAYS = [throughWorker, throughLeader, alone]
let first = 0

/** Opens the best way that works; this page does not try one that failed again. */
export function openWay (page: PageEnd): Way {
  const best = first
  const failed = (): void => {
    if (first === best) first = best + 1
    page.failed()
  }
  const way = WAYS[best]!({ ...page, failed })
  if (way) return way
  first = best + 1
  return openWay(page)
}
