/** What a page has drawn: the data of the library, and pixels of its canvas. */
import type { Page } from 'playwright-core'

type Columns = Array<Array<number | null>>

/** What a page knows of the library's plots. */
interface Plot {
  data: Columns
  ctx: CanvasRenderingContext2D
  valToPos (value: number, scale: string, canvasPixels: boolean): number
}

declare global {
  interface Window {
    /** The plots of a light curve: fluxes, then P(Ia). */
    plotsOfTest (): Promise<Plot[]>
  }
}

/** Makes the plots of a page known to its later calls. */
export async function watchPlots (page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.plotsOfTest = async () => (await import(new URL('/web/uplot.js', location.href).href) as { default: { sync (key: string): { plots: Plot[] } } }).default.sync('light-curve').plots
  })
}

/** @returns of the fluxes and of P(Ia), their columns */
export async function plotted (page: Page): Promise<{ flux: Columns, chance: Columns }> {
  const [flux, chance] = await page.evaluate(async () => (await window.plotsOfTest()).map(({ data }) => [...data].map(column => [...column])))
  return { flux: flux!, chance: chance! }
}

/** @returns the colour of the flux plot at a time and flux, as #rrggbb */
export async function colourAt (page: Page, midpointMjdTai: number, psfFlux: number): Promise<string> {
  return await page.evaluate(async ([x, y]) => {
    const [plot] = await window.plotsOfTest()
    const [left, top] = [plot!.valToPos(x, 'x', true), plot!.valToPos(y, 'y', true)]
    const [red, green, blue] = plot!.ctx.getImageData(Math.round(left), Math.round(top), 1, 1).data
    return `#${[red!, green!, blue!].map(part => part.toString(16).padStart(2, '0')).join('')}`
  }, [midpointMjdTai, psfFlux] as const)
}
