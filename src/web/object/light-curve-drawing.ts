/** Draws what uPlot has no form for: marks with errors, publications, the end of the past that is shown. */
import type { Plotted } from './light-curve-data.ts'
import { traceMark } from './marks.ts'
import { palette, type Band } from '../palette.ts'
import UPlot from '../uplot.js'

/** Of a mark [px]. */
const RADIUS = 3.7
/** Of what came later than what is shown. */
const PALE = 0.22
/** Where the weights are drawn, on the axis of P(Ia). */
export const WEIGHTS = [-0.26, -0.06] as const

/** Draws inside the plotting area, in pixels of the canvas. */
export function inside ({ ctx, bbox }: UPlot, draw: (context: CanvasRenderingContext2D, ratio: number) => void): void {
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  ctx.setLineDash([])
  draw(ctx, UPlot.pxRatio)
  ctx.restore()
}

/** A line across the plot at a value of y. */
export function drawLevel (plot: UPlot, value: number, dash: number[] = []): void {
  const { left, width } = plot.bbox
  const y = Math.round(plot.valToPos(value, 'y', true))
  inside(plot, (context, ratio) => {
    context.strokeStyle = palette().quiet
    context.globalAlpha = 0.55
    context.lineWidth = ratio
    context.setLineDash(dash.map(part => part * ratio))
    context.beginPath()
    context.moveTo(left, y)
    context.lineTo(left + width, y)
    context.stroke()
  })
}

/** A line where the past that is shown ends. */
export function drawUntil (plot: UPlot, until: number): void {
  if (!Number.isFinite(until)) return
  const { top, height } = plot.bbox
  const x = Math.round(plot.valToPos(until, 'x', true))
  inside(plot, (context, ratio) => {
    context.strokeStyle = palette().text
    context.lineWidth = ratio
    context.setLineDash([5 * ratio, 4 * ratio])
    context.beginPath()
    context.moveTo(x, top)
    context.lineTo(x, top + height)
    context.stroke()
  })
}

/** Detections as filled marks, forced photometry as hollow ones, each with its 1σ error. */
export function drawPoints (plot: UPlot, { points, until }: Plotted, hidden: ReadonlySet<Band>): void {
  const { bands, surface } = palette()
  const shown = points.filter(({ band }) => !hidden.has(band)).map(point => ({
    ...point,
    x: plot.valToPos(point.midpointMjdTai, 'x', true),
    y: [0, -1, 1].map(end => plot.valToPos(point.psfFlux + end * point.psfFluxErr, 'y', true)) as [number, number, number],
    alpha: point.midpointMjdTai > until ? PALE : 1
  }))
  inside(plot, (context, ratio) => {
    context.lineWidth = 1.3 * ratio
    for (const { band, x, y: [, low, high], alpha } of shown) {
      context.globalAlpha = alpha
      context.strokeStyle = bands[band].edge
      context.beginPath()
      context.moveTo(x, low)
      context.lineTo(x, high)
      context.stroke()
    }
    for (const { band, kind, x, y: [middle], alpha } of shown) {
      context.globalAlpha = alpha
      context.beginPath()
      traceMark(context, band, x, middle, RADIUS * ratio)
      context.strokeStyle = bands[band].edge
      context.fillStyle = kind === 'detection' ? bands[band].fill : surface
      context.fill()
      context.stroke()
    }
  })
}

/** Weights of the epochs in the present decision as bars in the room below P(Ia), the greatest from end to end of it. */
export function drawWeights (plot: UPlot, { points, until }: Plotted): void {
  const weighed = points.flatMap(({ midpointMjdTai, weight }) => typeof weight === 'number' ? [{ midpointMjdTai, weight }] : [])
  const greatest = weighed.reduce((most, { weight }) => Math.max(most, weight), 0)
  if (greatest === 0) return
  const [bottom, top] = WEIGHTS.map(value => plot.valToPos(value, 'y', true)) as [number, number]
  inside(plot, (context, ratio) => {
    context.strokeStyle = palette().quiet
    context.lineWidth = 2.5 * ratio
    for (const { midpointMjdTai, weight } of weighed) {
      const x = plot.valToPos(midpointMjdTai, 'x', true)
      context.globalAlpha = midpointMjdTai > until ? PALE : 0.9
      context.beginPath()
      context.moveTo(x, bottom)
      context.lineTo(x, bottom + (top - bottom) * weight / greatest)
      context.stroke()
    }
  })
}

/** Published classifications as rings, the newest of those that are shown as a disc. */
export function drawPublished (plot: UPlot, { published }: Plotted): void {
  const { text, surface } = palette()
  inside(plot, (context, ratio) => {
    context.strokeStyle = text
    context.lineWidth = 1.2 * ratio
    published.forEach(({ midpointMjdTai, probabilityIa }, place) => {
      const newest = place === published.length - 1
      context.beginPath()
      context.arc(plot.valToPos(midpointMjdTai, 'x', true), plot.valToPos(probabilityIa, 'y', true), (newest ? 5.5 : 3.6) * ratio, 0, 2 * Math.PI)
      if (newest) {
        context.fillStyle = text
        context.fill()
        context.strokeStyle = surface
        context.stroke()
        context.strokeStyle = text
      } else context.stroke()
    })
  })
}
