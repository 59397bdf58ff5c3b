/** Colours of the plots, on a light and on a dark page; style.css has those of everything else. */

export const BANDS = ['u', 'g', 'r', 'i', 'z', 'y'] as const
export type Band = typeof BANDS[number]

export const isBand = (name: string): name is Band => (BANDS as readonly string[]).includes(name)

interface BandColour {
  fill: string
  /** Of lines and of hollow marks: stands out from the page where the fill is pale. */
  edge: string
}

export interface Palette {
  text: string
  quiet: string
  grid: string
  surface: string
  /** Of P(Ia). */
  flame: string
  bands: Record<Band, BandColour>
}

/**
 * Bands: Rubin's colour-blind friendly colours, RTN-045 (https://rtn-045.lsst.io/#colorblind-friendly-plots), as in
 * lsst.utils.plotting. Edges are the fills, darker where they have less than 3:1 against a white page.
 */
const LIGHT: Palette = {
  text: '#1d2026',
  quiet: '#5c626d',
  grid: '#ebe8e0',
  surface: '#ffffff',
  flame: '#b86a00',
  bands: {
    u: { fill: '#0c71ff', edge: '#0a5fd6' },
    g: { fill: '#49be61', edge: '#2a8a40' },
    r: { fill: '#c61c00', edge: '#c61c00' },
    i: { fill: '#ffc200', edge: '#997300' },
    z: { fill: '#f341a2', edge: '#d4217f' },
    y: { fill: '#5d0000', edge: '#5d0000' }
  }
}

const DARK: Palette = {
  text: '#e8e6e0',
  quiet: '#a3aab6',
  grid: '#2c313d',
  surface: '#1a1d25',
  flame: '#f0a53a',
  bands: {
    u: { fill: '#3eb7ff', edge: '#3eb7ff' },
    g: { fill: '#30c39f', edge: '#30c39f' },
    r: { fill: '#ff7e00', edge: '#ff7e00' },
    i: { fill: '#2af5ff', edge: '#2af5ff' },
    z: { fill: '#a7f9c1', edge: '#a7f9c1' },
    y: { fill: '#fdc900', edge: '#fdc900' }
  }
}

const preference = matchMedia('(prefers-color-scheme: dark)')

/** A page may be set to one scheme, as an embedded plot is. */
function isDark (): boolean {
  const { colorScheme } = getComputedStyle(document.documentElement)
  return colorScheme === 'dark' || (colorScheme !== 'light' && preference.matches)
}

export const palette = (): Palette => isDark() ? DARK : LIGHT

export function onSchemeChange (listener: () => void): void {
  preference.addEventListener('change', listener)
}
