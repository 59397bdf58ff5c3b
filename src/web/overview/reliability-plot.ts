/** A reliability diagram: share of Ia over the mean P(Ia) of each bin, photo-z known and unknown. */
import { PHOTO_Z, type PhotoZ, type ReliabilityPoint } from './card-parts.ts'
import { onSchemeChange, palette } from '../palette.ts'
import UPlot from '../uplot.js'

const FONT = '12px system-ui, sans-serif'
const TICKS = [0, 0.25, 0.5, 0.75, 1]
const RADIUS = 3.8

export type Curves = Record<PhotoZ, readonly ReliabilityPoint[]>

/** @returns mean P(Ia), then the share of Ia of each kind of photo-z */
function columnsOf (curves: Curves): [number[], ...Array<Array<number | null>>] {
  const rows = Object.entries(curves).flatMap(([photoZ, points]) => points.map(point => ({ photoZ, point }))).sort((a, b) => a.point.meanProbabilityIa - b.point.meanProbabilityIa)
  return [rows.map(({ point }) => point.meanProbabilityIa), ...Object.keys(PHOTO_Z).map(name => rows.map(({ photoZ, point }) => photoZ === name ? point.shareIa : null))]
}

function draw (plot: UPlot, curves: Curves): void {
  const { ctx, bbox } = plot
  const ratio = UPlot.pxRatio
  const { text, quiet, flame, surface } = palette()
  const x = (value: number): number => plot.valToPos(value, 'x', true)
  const y = (value: number): number => plot.valToPos(value, 'y', true)
  const line = (fromX: number, fromY: number, toX: number, toY: number): void => {
    ctx.beginPath()
    ctx.moveTo(fromX, fromY)
    ctx.lineTo(toX, toY)
    ctx.stroke()
  }
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left - 6 * ratio, bbox.top - 6 * ratio, bbox.width + 12 * ratio, bbox.height + 12 * ratio)
  ctx.clip()
  ctx.lineWidth = ratio
  ctx.strokeStyle = quiet
  ctx.setLineDash([3 * ratio, 4 * ratio])
  line(x(0), y(0), x(1), y(1))
  ctx.setLineDash([])
  for (const [photoZ, points] of Object.entries(curves)) {
    const known = photoZ === 'photoZKnown'
    ctx.strokeStyle = known ? flame : text
    ctx.fillStyle = known ? flame : surface
    ctx.lineWidth = 1.4 * ratio
    for (const { meanProbabilityIa, shareIa, shareLow, shareHigh } of points) {
      line(x(meanProbabilityIa), y(shareLow), x(meanProbabilityIa), y(shareHigh))
      ctx.beginPath()
      if (known) ctx.arc(x(meanProbabilityIa), y(shareIa), RADIUS * ratio, 0, 2 * Math.PI)
      else ctx.rect(x(meanProbabilityIa) - RADIUS * ratio * 0.9, y(shareIa) - RADIUS * ratio * 0.9, 1.8 * RADIUS * ratio, 1.8 * RADIUS * ratio)
      ctx.fill()
      ctx.stroke()
    }
  }
  ctx.restore()
}

/** Draws into an element once it is on the page, as wide as it is and nearly as high. */
export function reliabilityPlot (host: HTMLElement, curves: Curves): void {
  const size = (): { width: number, height: number } => ({ width: host.clientWidth, height: Math.round(Math.min(400, host.clientWidth * 0.9)) })
  const looks: UPlot.Axis = {
    font: FONT, labelFont: FONT, labelSize: 20, splits: TICKS, stroke: () => palette().quiet, grid: { stroke: () => palette().grid, width: 1 }, ticks: { stroke: () => palette().grid, width: 1, size: 5 }
  }
  const none = { paths: () => null, points: { show: false } }
  const build = (): UPlot => new UPlot({
    ...size(),
    legend: { show: false },
    cursor: { show: false },
    padding: [10, 14, 0, 0],
    scales: { x: { time: false, range: () => [0, 1] }, y: { range: () => [0, 1] } },
    series: [{}, ...Object.values(PHOTO_Z).map(label => ({ ...none, label }))],
    axes: [{ ...looks, size: 28, label: 'mean P(Ia)' }, { ...looks, size: 46, label: 'share of Ia' }],
    hooks: { draw: [plot => draw(plot, curves)] }
  }, columnsOf(curves), host)
  let plot: UPlot | undefined
  new ResizeObserver(() => {
    if (host.clientWidth === 0) return
    if (plot) plot.setSize(size())
    else plot = build()
  }).observe(host)
  onSchemeChange(() => plot?.redraw(false, true))
}
