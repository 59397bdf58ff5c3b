/** The shared worker: the hub of all pages of the origin, for as long as one of them is open. */
import { StreamHub } from './hub.ts'
import type { ToHub } from './messages.ts'

const ports = new Map<string, MessagePort>()

const hub = new StreamHub((to, message) => {
  for (const id of to) ports.get(id)?.postMessage(message)
})

addEventListener('connect', event => {
  const [port] = (event as MessageEvent).ports
  port!.onmessage = ({ data }: MessageEvent<ToHub>) => {
    if (data.kind === 'leave') ports.delete(data.from)
    else ports.set(data.from, port!)
    hub.hear(data)
  }
})
