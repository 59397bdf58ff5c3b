/** Which mark is which band, as buttons that hide and show it. */
import { element, svg } from '../elements.ts'
import type { PlottedPoint } from './light-curve-data.ts'
import { markPath } from './marks.ts'
import { BANDS, type Band } from '../palette.ts'

function mark (band: Band, filled: boolean): SVGElement {
  return svg('svg', { class: 'mark', viewBox: '0 0 16 16', 'aria-hidden': 'true', 'data-band': band, 'data-filled': String(filled) }, svg('path', { d: markPath(band, 8, 8, 4.6) }))
}

export class BandLegend {
  readonly #hidden = new Set<Band>()
  readonly #host: HTMLElement
  readonly #onToggle: (band: Band, shown: boolean) => void

  constructor (host: HTMLElement, onToggle: (band: Band, shown: boolean) => void) {
    this.#host = host
    this.#onToggle = onToggle
  }

  show (points: readonly PlottedPoint[]): void {
    const focused = this.#host.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset['band'] : undefined
    this.#host.replaceChildren(...BANDS.flatMap(band => {
      const ofBand = points.filter(point => point.band === band)
      if (ofBand.length === 0) return []
      const used = ofBand.some(({ epoch }) => epoch !== null)
      return [element('li', {}, this.#button(band, ofBand.length, used || points.every(({ epoch }) => epoch === null)))]
    }))
    if (focused !== undefined) this.#host.querySelector<HTMLElement>(`button[data-band="${CSS.escape(focused)}"]`)?.focus()
  }

  #button (band: Band, count: number, used: boolean): HTMLButtonElement {
    const button = element('button', { type: 'button', 'data-band': band, 'aria-pressed': String(!this.#hidden.has(band)) },
      mark(band, true), `${band} `, element('small', {}, used ? String(count) : `${count}, not used`))
    button.addEventListener('click', () => {
      const shown = this.#hidden.has(band)
      if (shown) this.#hidden.delete(band)
      else this.#hidden.add(band)
      button.ariaPressed = String(shown)
      this.#onToggle(band, shown)
    })
    return button
  }
}
