/** Vega-Lite specifications as SVG, by Vega, an optional dependency: no browser, no script in the result. */
import { CandelaError, firstLine } from '../errors.ts'
import type { Figure } from './section.ts'
import { plotConfig } from './theme.ts'

/** What is used of the two packages; their own types are there only where they are installed. */
interface Vega {
  parse (spec: unknown): unknown
  View: new (runtime: unknown, options: { renderer: 'none' }) => { toSVG (): Promise<string>, finalize (): void }
}
interface VegaLite { compile (spec: unknown): { spec: unknown } }

/** An SVG element, without `<title>`: the page names it. */
export type Plot = (figure: Figure) => Promise<string>

/**
 * @param otherwise what one can do where there are no plots
 * @throws CandelaError `plots-missing` where Vega is not installed
 */
export async function loadPlot (otherwise = ''): Promise<Plot> {
  const packages = ['vega', 'vega-lite']
  try {
    const [vega, vegaLite] = await Promise.all(packages.map(name => import(name))) as [Vega, VegaLite]
    return async ({ spec }) => {
      const view = new vega.View(vega.parse(vegaLite.compile({ ...spec, config: plotConfig }).spec), { renderer: 'none' })
      try {
        return await view.toSVG()
      } finally {
        view.finalize()
      }
    }
  } catch (cause) {
    throw new CandelaError('plots-missing', `${packages.join(' and ')}, which draw the report's plots, cannot be loaded: ${firstLine(cause)}`, {
      cause, action: `Install Candela with its optional dependencies (\`npm install --include=optional\`)${otherwise === '' ? '' : `, or ${otherwise}`}.`
    })
  }
}
