/** Alerts a second in the newest minutes, by what became of them. */
import type { RecentCount } from '../api.ts'
import { onSchemeChange, palette } from '../palette.ts'
import { Rate } from '../rate.ts'
import UPlot from '../uplot.js'

const HEIGHT = 160
/** Points kept: 20 minutes of one every two seconds. */
const MOST = 600
const FONT = '12px system-ui, sans-serif'

const SERIES = [
  { name: 'received', stroke: () => palette().text, dash: [] },
  { name: 'classified', stroke: () => palette().flame, dash: [] },
  { name: 'declined', stroke: () => palette().quiet, dash: [4, 3] }
] as const

export class RatePlot {
  readonly #host: HTMLElement
  readonly #rates = SERIES.map(() => new Rate())
  readonly #columns: [number[], ...Array<Array<number | null>>] = [[], ...SERIES.map(() => [])]
  #plot: UPlot | undefined

  constructor (host: HTMLElement) {
    this.#host = host
    new ResizeObserver(() => this.#plot?.setSize({ width: host.clientWidth, height: HEIGHT })).observe(host)
    onSchemeChange(() => this.#plot?.redraw(false, true))
  }

  /** Takes what was counted before the page was there, oldest first. */
  fill (counts: readonly RecentCount[]): void {
    for (const count of counts) this.#take(count, Date.parse(count.time))
  }

  #take (counts: Omit<RecentCount, 'time'>, at: number): Array<number | null> {
    const rates = SERIES.map(({ name }, place) => this.#rates[place]!.add(counts[name], at))
    const [times, ...columns] = this.#columns
    times.push(at / 1000)
    rates.forEach((rate, place) => columns[place]!.push(rate))
    for (const column of this.#columns) if (column.length > MOST) column.shift()
    return rates
  }

  /**
   * Takes what is counted now.
   * @returns alerts received a second since the counts before; null at the first
   */
  add (counts: Omit<RecentCount, 'time'>): number | null {
    const rates = this.#take(counts, Math.max(Date.now(), 1000 * (this.#columns[0].at(-1) ?? 0)))
    if (this.#plot) this.#plot.setData(this.#columns)
    else if (this.#host.clientWidth > 0) this.#plot = this.#build()
    return rates[0]!
  }

  forget (): void {
    for (const rate of this.#rates) rate.forget()
  }

  #build (): UPlot {
    const looks: UPlot.Axis = {
      font: FONT, stroke: () => palette().quiet, grid: { stroke: () => palette().grid, width: 1 }, ticks: { stroke: () => palette().grid, width: 1, size: 5 }
    }
    return new UPlot({
      width: this.#host.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: true, range: (_plot, _min, max) => [Math.min(this.#columns[0][0] ?? max, max - 60), max] }, y: { range: (_plot, _min, max) => [0, Math.max(1, (max ?? 0) * 1.15)] } },
      series: [{}, ...SERIES.map(({ name, stroke, dash }) => ({ label: name, stroke, dash: [...dash], width: 1.5, points: { show: false } }))],
      axes: [{ ...looks, size: 30, values: [[1, '{HH}:{mm}:{ss}', null, null, null, null, null, null, 1], [60, '{HH}:{mm}', null, null, null, null, null, null, 1]] }, { ...looks, size: 52, space: 28 }]
    }, this.#columns, this.#host)
  }
}
