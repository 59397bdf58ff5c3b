/** The slider over the published history: it chooses the moment that is shown, and keeps it in the page's address. */
import type { Classification } from '../api.ts'
import { part } from '../elements.ts'
import { utc } from '../words.ts'

export interface AsOfOptions {
  /** Called with the moment to show (ISO 8601), or null for the newest. */
  onChange: (asOf: string | null) => void
}

export class AsOf {
  readonly #slider = part<HTMLInputElement>('as-of')
  readonly #shown = part<HTMLOutputElement>('as-of-time')
  readonly #back = part<HTMLButtonElement>('as-of-now')
  readonly #options: AsOfOptions
  /** Times of publication, each once, oldest first. */
  #times: string[] = []
  #asOf: string | null = null

  constructor (options: AsOfOptions) {
    this.#options = options
    const given = new URLSearchParams(location.search).get('asOf')
    if (given !== null && !Number.isNaN(Date.parse(given))) this.#asOf = new Date(given).toISOString()
    this.#slider.addEventListener('input', () => {
      const place = this.#slider.valueAsNumber
      this.choose(place >= this.#times.length - 1 ? null : this.#times[place]!)
    })
    this.#back.addEventListener('click', () => {
      this.choose(null)
      this.#slider.focus()
    })
  }

  /** The moment that is shown (ISO 8601), or null for the newest. */
  get time (): string | null {
    return this.#asOf
  }

  /** Takes in the whole history, oldest first; the moment that is shown stays. */
  restore (history: readonly Classification[]): void {
    this.#times = [...new Set(history.map(({ publishedAt }) => publishedAt))].sort()
    this.#slider.max = String(Math.max(0, this.#times.length - 1))
    this.#slider.disabled = this.#times.length < 2
    this.#show()
  }

  choose (asOf: string | null): void {
    if (asOf === this.#asOf) return
    this.#asOf = asOf
    const address = new URL(location.href)
    if (asOf === null) address.searchParams.delete('asOf')
    else address.searchParams.set('asOf', asOf)
    history.replaceState(null, '', address)
    this.#show()
    this.#options.onChange(asOf)
  }

  #show (): void {
    const asOf = this.#asOf
    const last = this.#times.length - 1
    const place = asOf === null ? last : this.#times.findLastIndex(time => time <= asOf)
    this.#slider.value = String(Math.max(0, place))
    const count = this.#times.length === 1 ? '1 time' : `${this.#times.length} times`
    const text = asOf === null
      ? last < 0 ? 'nothing published yet' : `now (newest of ${count})`
      : place < 0 ? `${utc(asOf)} UTC, before anything was published` : `${utc(asOf)} UTC (${place + 1} of ${count})`
    this.#shown.value = text
    this.#slider.setAttribute('aria-valuetext', text)
    this.#back.hidden = asOf === null
  }
}
