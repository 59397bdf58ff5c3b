/** The light curve by band over P(Ia), on one time axis, as in fig. 3 of Charnock & Moss 2017. */
import type { PhotometricPoint } from '../api.ts'
import { CHANCE_SERIES, chanceColumns, FLUX_SERIES, fluxColumns, isWeighed, type Plotted, type PlottedPoint } from './light-curve-data.ts'
import { drawLevel, drawPoints, drawPublished, drawUntil, drawWeights, WEIGHTS } from './light-curve-drawing.ts'
import { drawForecast } from './forecast-drawing.ts'
import { chanceAxes, fluxAxes } from './light-curve-axes.ts'
import { onSchemeChange, palette, type Band } from '../palette.ts'
import UPlot from '../uplot.js'

/** Plots with this key share their cursor. */
const SYNC = 'light-curve'
/** Below this width there is no axis of magnitudes [px]. */
const NARROW = 560
/** A selection that is narrower is a click [px]. */
const NARROWEST_SELECTION = 6
/** Nearest that the time axis can be looked at [d]. */
const SHORTEST_TIME = 0.02
/** A point is read out where the pointer is so near to it [px]. */
const REACH = 80

const NOTHING: Plotted = { points: [], published: [], until: Infinity, forecast: null }

const clamp = (value: number, lowest: number, highest: number): number => Math.min(highest, Math.max(lowest, value))

export interface LightCurvePlotOptions {
  /** Takes the focus and the keys. */
  frame: HTMLElement
  /** Elements that the plots fill. */
  flux: HTMLElement
  chance: HTMLElement
  /** Told which point is pointed at. */
  onPoint: (point: PhotometricPoint | null) => void
  /** Told whether less than the whole time axis is shown. */
  onZoom?: (zoomed: boolean) => void
}

export class LightCurvePlot {
  readonly #options: LightCurvePlotOptions
  readonly #hidden = new Set<Band>()
  #plotted = NOTHING
  #plots: { flux: UPlot, chance: UPlot } | undefined
  #narrow = false
  #zoom: [number, number] | null = null
  #pointed: PlottedPoint | null = null
  #rings: HTMLElement[] = []
  #hovered: UPlot | undefined

  constructor (options: LightCurvePlotOptions) {
    this.#options = options
    const { frame, flux } = options
    new ResizeObserver(() => this.#fit()).observe(flux)
    onSchemeChange(() => this.#redraw())
    frame.addEventListener('keydown', event => this.#key(event))
    frame.addEventListener('blur', () => this.#point(null))
  }

  show (plotted: Plotted): void {
    this.#plotted = plotted
    if (this.#pointed && !plotted.points.includes(this.#pointed)) this.#point(null)
    if (!this.#plots) this.#build()
    else {
      this.#plots.flux.setData(fluxColumns(plotted))
      this.#plots.chance.setData(chanceColumns(plotted))
    }
  }

  showBand (band: Band, shown: boolean): void {
    if (shown) this.#hidden.delete(band)
    else this.#hidden.add(band)
    this.#plots?.flux.batch(() => {
      FLUX_SERIES.forEach((series, place) => { if (series.band === band) this.#plots!.flux.setSeries(place + 1, { show: shown }) })
    })
    if (this.#pointed?.band === band) this.#point(null)
  }

  /** Shows all of the time axis. */
  showAll (): void {
    this.#setZoom(null)
  }

  /** The whole time axis, with some room at its ends. */
  #extent (): [number, number] {
    const times = [...this.#plotted.points, ...this.#plotted.published, ...this.#plotted.forecast?.forecast ?? []].map(({ midpointMjdTai }) => midpointMjdTai)
    if (times.length === 0) return [0, 1]
    const [first, last] = [Math.min(...times), Math.max(...times)]
    const room = Math.max(1, 0.04 * (last - first))
    return [first - room, last + room]
  }

  #range (): [number, number] {
    return this.#zoom ?? this.#extent()
  }

  #setZoom (range: [number, number] | null): void {
    if (range && range[1] - range[0] < SHORTEST_TIME) return
    this.#zoom = range
    const [min, max] = this.#range()
    for (const plot of Object.values(this.#plots ?? {})) plot.setScale('x', { min, max })
    this.#placeRings()
    this.#options.onZoom?.(range !== null)
  }

  #heights (): { flux: number, chance: number } {
    const width = this.#options.flux.clientWidth
    return { flux: Math.round(clamp(width * 0.42, 230, 360)), chance: Math.round(clamp(width * 0.24, 150, 200)) }
  }

  #build (): void {
    const { flux, chance } = this.#options
    for (const plot of Object.values(this.#plots ?? {})) plot.destroy()
    const width = flux.clientWidth
    this.#narrow = width < NARROW
    const heights = this.#heights()
    const shared = {
      width,
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false },
        sync: { key: SYNC, scales: ['x', null] },
        bind: { dblclick: () => () => { this.showAll(); return null } }
      } satisfies UPlot.Cursor
    }
    const x: UPlot.Scale = { time: false, range: () => this.#range() }
    const hooks = {
      setSelect: [(plot: UPlot) => this.#select(plot)],
      setCursor: [(plot: UPlot) => this.#move(plot)]
    }
    const none = { paths: () => null, points: { show: false } }
    this.#plots = {
      flux: new UPlot({
        ...shared,
        height: heights.flux,
        scales: { x, y: { range: { min: { pad: 0.06, soft: 0, mode: 3 }, max: { pad: 0.06, soft: 0, mode: 3 } } } },
        series: [{}, ...FLUX_SERIES.map(({ band }) => ({ ...none, label: band, show: !this.#hidden.has(band) }))],
        axes: fluxAxes(this.#narrow),
        hooks: {
          ...hooks,
          drawAxes: [plot => { drawLevel(plot, 0); drawUntil(plot, this.#plotted.until) }],
          draw: [plot => { drawForecast(plot, this.#plotted, this.#hidden); drawPoints(plot, this.#plotted, this.#hidden) }]
        }
      }, fluxColumns(this.#plotted), flux),
      chance: new UPlot({
        ...shared,
        height: heights.chance,
        scales: { x, y: { range: () => [isWeighed(this.#plotted) ? WEIGHTS[0] - 0.02 : -0.04, 1.04] } },
        series: [
          {},
          { label: CHANCE_SERIES[0], stroke: () => palette().flame, width: 2, spanGaps: true, points: { show: true, size: 5, fill: () => palette().flame } },
          { label: CHANCE_SERIES[1], stroke: () => palette().quiet, width: 1, dash: [3, 3], spanGaps: true, points: { show: false } },
          { ...none, label: CHANCE_SERIES[2] }
        ],
        axes: chanceAxes(this.#narrow),
        hooks: {
          ...hooks,
          drawAxes: [plot => { drawLevel(plot, 0.5, [3, 4]); if (isWeighed(this.#plotted)) drawLevel(plot, -0.04); drawUntil(plot, this.#plotted.until) }],
          draw: [plot => { drawWeights(plot, this.#plotted); drawPublished(plot, this.#plotted) }]
        }
      }, chanceColumns(this.#plotted), chance)
    }
    this.#rings = Object.values(this.#plots).map(({ over }) => over.appendChild(Object.assign(document.createElement('i'), { className: 'ring', hidden: true })))
    for (const plot of Object.values(this.#plots)) {
      plot.over.addEventListener('mouseenter', () => { this.#hovered = plot })
      plot.over.addEventListener('mouseleave', () => { this.#hovered = undefined; this.#point(null) })
    }
    this.#placeRings()
  }

  #fit (): void {
    if (!this.#plots) return
    const width = this.#options.flux.clientWidth
    if (width === 0) return
    if ((width < NARROW) !== this.#narrow) return this.#build()
    const heights = this.#heights()
    this.#plots.flux.setSize({ width, height: heights.flux })
    this.#plots.chance.setSize({ width, height: heights.chance })
    this.#placeRings()
  }

  #redraw (): void {
    for (const plot of Object.values(this.#plots ?? {})) plot.redraw(false, true)
  }

  #select (plot: UPlot): void {
    const { left, width } = plot.select
    if (width >= NARROWEST_SELECTION) this.#setZoom([plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')])
    if (width > 0) plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  }

  /** Points that can be pointed at: those whose band is shown. */
  #visible (): PlottedPoint[] {
    const [first, last] = this.#range()
    return this.#plotted.points.filter(({ band, midpointMjdTai }) => !this.#hidden.has(band) && midpointMjdTai >= first && midpointMjdTai <= last)
  }

  #move (plot: UPlot): void {
    if (plot !== this.#hovered || !this.#plots) return
    const { left = -1, top = -1 } = plot.cursor
    const isFlux = plot === this.#plots.flux
    const distance = (point: PlottedPoint): number => {
      const value = isFlux ? point.psfFlux : point.probabilityIa
      return value === null ? Infinity : Math.hypot(plot.valToPos(point.midpointMjdTai, 'x') - left, plot.valToPos(value, 'y') - top)
    }
    let nearest: PlottedPoint | null = null
    let least = REACH
    for (const point of this.#visible()) {
      const here = distance(point)
      if (here < least) [nearest, least] = [point, here]
    }
    this.#point(nearest)
  }

  #point (point: PlottedPoint | null): void {
    if (point === this.#pointed) return
    this.#pointed = point
    this.#placeRings()
    this.#options.onPoint(point)
  }

  #placeRings (): void {
    const point = this.#pointed
    Object.values(this.#plots ?? {}).forEach((plot: UPlot, place) => {
      const value = point && (place === 0 ? point.psfFlux : point.probabilityIa)
      const ring = this.#rings[place]!
      ring.hidden = point === null || value === null
      if (point && value !== null) ring.style.transform = `translate(${plot.valToPos(point.midpointMjdTai, 'x')}px, ${plot.valToPos(value, 'y')}px)`
    })
  }

  /** Arrows go from point to point, + and − look nearer and farther, 0 shows all. */
  #key (event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target !== this.#options.frame) return
    const visible = this.#visible()
    const here = this.#pointed ? visible.indexOf(this.#pointed) : -1
    const [first, last] = this.#range()
    const centre = this.#pointed?.midpointMjdTai ?? (first + last) / 2
    const zoomBy = (factor: number): void => {
      const [lowest, highest] = this.#extent()
      const range: [number, number] = [Math.max(lowest, centre - (centre - first) * factor), Math.min(highest, centre + (last - centre) * factor)]
      this.#setZoom(range[0] === lowest && range[1] === highest ? null : range)
    }
    const goTo = (place: number): void => this.#point(visible[clamp(place, 0, visible.length - 1)] ?? null)
    const actions: Record<string, () => void> = {
      ArrowRight: () => goTo(here + 1),
      ArrowLeft: () => goTo(here < 0 ? visible.length - 1 : here - 1),
      Home: () => goTo(0),
      End: () => goTo(visible.length - 1),
      Escape: () => this.#point(null),
      '+': () => zoomBy(0.5),
      '=': () => zoomBy(0.5),
      '-': () => zoomBy(2),
      0: () => this.showAll()
    }
    const action = actions[event.key]
    if (!action) return
    event.preventDefault()
    action()
  }
}
