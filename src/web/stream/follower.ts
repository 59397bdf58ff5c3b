/** Follows the live stream while the page is visible. A hidden page holds no connection, and resumes where it was. */
import { HERE, type ToHub, type ToPage, type Wanted } from './messages.ts'
import { openWay, type Way } from './ways-to-hub.ts'

/** What the page is told; `paused` while it is hidden. */
export type Followed = Exclude<ToPage, { kind: 'new-hub' }> | { kind: 'paused' }

const PAGE = Array.from(crypto.getRandomValues(new Uint32Array(4)), part => part.toString(36)).join('-')

export class Follower {
  readonly #receive: (message: Followed) => void
  #wanted: Wanted | undefined
  #way: Way | undefined
  #here: ReturnType<typeof setInterval> | undefined

  constructor (receive: (message: Followed) => void) {
    this.#receive = receive
    document.addEventListener('visibilitychange', () => this.#look())
    // Also of a page that is kept for going back to it.
    addEventListener('pagehide', () => this.#pause())
    addEventListener('pageshow', () => this.#look())
  }

  follow (wanted: Wanted): void {
    this.#wanted = { ...wanted }
    this.#look()
  }

  leave (): void {
    this.#wanted = undefined
    this.#letGo()
  }

  #look (): void {
    if (!this.#wanted) return
    if (document.visibilityState === 'hidden') this.#pause()
    else this.#join()
  }

  #join (): void {
    this.#way ??= openWay({ id: PAGE, receive: message => this.#hear(message), failed: () => this.#wayFailed() })
    this.#say({ kind: 'follow', wanted: this.#wanted! })
    this.#here ??= setInterval(() => this.#say({ kind: 'here' }), HERE)
  }

  #say (message: { kind: 'follow', wanted: Wanted } | { kind: 'leave' | 'here' }): void {
    this.#way?.send({ from: PAGE, ...message } satisfies ToHub)
  }

  #pause (): void {
    this.#letGo()
    if (this.#wanted) this.#receive({ kind: 'paused' })
  }

  #letGo (): void {
    clearInterval(this.#here)
    this.#here = undefined
    this.#say({ kind: 'leave' })
    this.#way?.close()
    this.#way = undefined
  }

  #wayFailed (): void {
    this.#letGo()
    this.#look()
  }

  #hear (message: ToPage): void {
    if (!this.#wanted) return
    if (message.kind === 'new-hub') {
      this.#look()
      return
    }
    if (message.kind === 'event') this.#wanted.after = Math.max(this.#wanted.after, message.sequence)
    if (message.kind === 'lost' || message.kind === 'anew') this.leave()
    this.#receive(message)
  }
}
