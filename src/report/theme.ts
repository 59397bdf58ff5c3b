/** Colours and fonts of a report, light and dark: CSS variables, with the light colour where a plot stands alone. */
import { BANDS } from '../alert/alert.ts'

/** name: [light, dark] */
const COLOURS = {
  page: ['#fbfaf7', '#12141a'],
  surface: ['#ffffff', '#1a1d25'],
  line: ['#e4e1d8', '#2c313d'],
  text: ['#1d2026', '#e8e6e0'],
  quiet: ['#5c626d', '#9aa1ad'],
  link: ['#1b5aa8', '#8fbcf5'],
  // of two that are compared
  one: ['#1b5aa8', '#8fbcf5'],
  other: ['#c26a00', '#f0a53a'],
  'band-u': ['#4a7fb5', '#7fb2e5'],
  'band-g': ['#00805e', '#3fcf9f'],
  'band-r': ['#d9480f', '#ff8a5c'],
  'band-i': ['#8a1c1c', '#e05a5a'],
  'band-z': ['#6a1fc4', '#b98bff'],
  'band-y': ['#1d2026', '#e8e6e0']
} as const satisfies Record<string, readonly [string, string]>

export type ColourName = keyof typeof COLOURS

export const colour = (name: ColourName): string => `var(--${name}, ${COLOURS[name][0]})`

export const colourVariables = (): string =>
  Object.entries(COLOURS).map(([name, [light, dark]]) => `--${name}: light-dark(${light}, ${dark});`).join(' ')

export const FONT = 'system-ui, sans-serif'

/** Vega-Lite `config` of every plot. */
export const plotConfig = {
  aria: false,
  background: null,
  font: FONT,
  view: { stroke: colour('line') },
  axis: {
    labelColor: colour('text'),
    titleColor: colour('text'),
    gridColor: colour('line'),
    domainColor: colour('quiet'),
    tickColor: colour('quiet'),
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 'normal'
  },
  axisX: { labelFlush: false },
  legend: { labelColor: colour('text'), titleColor: colour('text'), labelFontSize: 11, titleFontSize: 11, titleFontWeight: 'normal', orient: 'top', titleOrient: 'left', offset: 6, symbolStrokeWidth: 2, labelLimit: 240 },
  title: { color: colour('text'), fontSize: 12, fontWeight: 600, anchor: 'start' },
  header: { labelColor: colour('text'), titleColor: colour('text') },
  line: { strokeWidth: 2 },
  rule: { color: colour('quiet') },
  text: { color: colour('text') }
} as const

/** Colour and shape of a band, both, so that nobody needs to tell the colours apart. */
export const bandColour = (bands: readonly string[]) => ({
  field: 'band', type: 'nominal', title: 'band', scale: { domain: bands, range: bands.map(band => colour(`band-${band}` as ColourName)) }
})
const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'triangle-down', 'cross']
export const bandShape = (bands: readonly string[]): object => ({
  field: 'band', type: 'nominal', title: 'band', scale: { domain: bands, range: bands.map(band => SHAPES[(BANDS as readonly string[]).indexOf(band)]!) }
})
