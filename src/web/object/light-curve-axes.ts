/** Axes of the two plots of a light curve; both leave the same room at their sides, so that times stand below each other. */
import { palette } from '../palette.ts'
import type UPlot from '../uplot.js'
import { utcOfMjdTai } from '../words.ts'

const FONT = '12px system-ui, sans-serif'
const LEFT = 62
const RIGHT = 40
const LABEL = 20
/** Width of a date or an MJD with room around it [px]. */
const SPACE = 96

/** AB magnitude of a flux [nJy]: 31.4 − 2.5 log₁₀ psfFlux. */
const magnitude = (psfFlux: number): number => 31.4 - 2.5 * Math.log10(psfFlux)

const looks = (): UPlot.Axis => ({
  font: FONT,
  labelFont: FONT,
  stroke: () => palette().quiet,
  grid: { stroke: () => palette().grid, width: 1 },
  ticks: { stroke: () => palette().grid, width: 1, size: 5 },
  border: { show: true, stroke: () => palette().grid, width: 1 }
})

const time = (options: UPlot.Axis): UPlot.Axis => ({ ...looks(), scale: 'x', space: SPACE, ...options })

const left = (options: UPlot.Axis): UPlot.Axis => ({ ...looks(), scale: 'y', size: LEFT, labelSize: LABEL, ...options })

const right = (options: UPlot.Axis): UPlot.Axis => ({ ...looks(), scale: 'y', side: 1, size: RIGHT, labelSize: LABEL, ...options, grid: { show: false } })

/** @param narrow no room for an axis at the right */
export const fluxAxes = (narrow: boolean): UPlot.Axis[] => [
  time({ side: 2, size: 6, values: (_plot, splits) => splits.map(() => '') }),
  left({ label: 'psfFlux [nJy]' }),
  time({ side: 0, size: 24, gap: 3, values: (_plot, splits) => splits.map(split => utcOfMjdTai(split).slice(0, 10)), grid: { show: false } }),
  ...narrow ? [] : [right({ label: 'AB magnitude', values: (_plot, splits) => splits.map(flux => flux > 0 ? magnitude(flux).toFixed(1) : '') })]
]

export const chanceAxes = (narrow: boolean): UPlot.Axis[] => [
  time({ side: 2, size: 28, label: 'MJD (TAI)', labelSize: LABEL, values: (_plot, splits) => splits.map(split => String(Number(split.toFixed(3)))) }),
  left({ label: 'P(Ia)', splits: [0, 0.25, 0.5, 0.75, 1] }),
  ...narrow ? [] : [right({ label: ' ', values: (_plot, splits) => splits.map(() => ''), ticks: { show: false } })]
]
