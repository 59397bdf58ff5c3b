/** Draws the forecast behind the points: of each band the median as a dashed line, 16 to 84 % as an area, and the peak. */
import { shownForecast, type Plotted } from './light-curve-data.ts'
import { inside } from './light-curve-drawing.ts'
import { palette, type Band } from '../palette.ts'
import type UPlot from '../uplot.js'

const AREA = 0.16
/** Half of a diamond's diagonal [px]. */
const DIAMOND = 6

export function drawForecast (plot: UPlot, plotted: Plotted, hidden: ReadonlySet<Band>): void {
  const { bands, surface } = palette()
  const x = (mjd: number): number => plot.valToPos(mjd, 'x', true)
  const y = (flux: number): number => plot.valToPos(flux, 'y', true)
  inside(plot, (context, ratio) => {
    for (const { band, rows, peak } of shownForecast(plotted)) {
      if (hidden.has(band)) continue
      context.globalAlpha = AREA
      context.fillStyle = bands[band].edge
      context.beginPath()
      for (const row of rows) context.lineTo(x(row.midpointMjdTai), y(row.psfFluxHigh))
      for (const row of rows.toReversed()) context.lineTo(x(row.midpointMjdTai), y(row.psfFluxLow))
      context.closePath()
      context.fill()

      context.globalAlpha = 1
      context.strokeStyle = bands[band].edge
      context.lineWidth = 1.5 * ratio
      context.setLineDash([6 * ratio, 4 * ratio])
      context.beginPath()
      for (const row of rows) context.lineTo(x(row.midpointMjdTai), y(row.psfFlux))
      context.stroke()

      context.setLineDash([])
      if (!peak) continue
      const [centre, height, half] = [x(peak.midpointMjdTai), y(peak.psfFlux), DIAMOND * ratio]
      context.beginPath()
      context.moveTo(x(peak.midpointMjdTaiLow), height)
      context.lineTo(x(peak.midpointMjdTaiHigh), height)
      context.stroke()
      context.beginPath()
      context.moveTo(centre, height - half)
      context.lineTo(centre + half, height)
      context.lineTo(centre, height + half)
      context.lineTo(centre - half, height)
      context.closePath()
      context.fillStyle = surface
      context.fill()
      context.stroke()
    }
  })
}
