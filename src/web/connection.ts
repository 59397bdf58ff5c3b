/** The sign at the top right: whether the page shows the present state, and if not, why. */
import { onSlowAnswers } from './api.ts'
import { part } from './elements.ts'

/** `waiting`: there is a connection or not, and no answer yet; `paused`: nobody sees the page. */
export type Connection = 'connecting' | 'live' | 'waiting' | 'reconnecting' | 'paused'

let standing: [connection: Connection, why: string | null] = ['connecting', null]
let slow = false

/** A page whose requests get no answer is not live, whatever its stream does. */
function show (): void {
  const [connection, why]: typeof standing = slow && ['connecting', 'live'].includes(standing[0])
    ? ['waiting', 'Candela has not answered yet: it is busy or away, or this browser has no connection to it left.']
    : standing
  const shown = part('connection')
  if (shown.dataset['state'] !== connection) {
    shown.textContent = connection
    shown.dataset['state'] = connection
  }
  shown.title = why ?? ''
}

/** Shows the connection in the page's header; the reason can be read over it. */
export function showConnection (connection: Connection, why: string | null = null): void {
  standing = [connection, why]
  show()
}

onSlowAnswers(now => {
  slow = now
  show()
})
