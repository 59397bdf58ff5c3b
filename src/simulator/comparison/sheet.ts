/** Light curves as small plots on one sheet, for the eye. */
import { BANDS, DETECTION_SNR, magnitudeOfNJy, nJyOfMagnitude, type Band, type PhotometricPoint } from '../../alert/alert.ts'
import type { Figure } from '../../report/section.ts'
import { bandColour } from '../../report/theme.ts'

/** One light curve. */
export interface Panel {
  title: string
  /** Below the title. */
  object: string
  /** In order of time. */
  points: readonly PhotometricPoint[]
}

const COLUMNS = 5
const WIDTH = 168
const HEIGHT = 84
/** Error bars that a dot hides are left out [px]. */
const SEEN = 1.3
/** Shown before the first detection and after the last one [d]. */
const MARGIN = 30
/** Most points of a panel. */
const MOST_POINTS = 400

const nanoJansky = nJyOfMagnitude(0)
/** [μJy] */
const shown = (flux: number): number => Number((flux / 1000).toPrecision(4))

/** What `points` are of: 'r 21.3' is the brightest detection. */
export function brightestText (points: readonly PhotometricPoint[]): string {
  const detections = points.filter(({ psfFlux, psfFluxErr }) => psfFlux > DETECTION_SNR * psfFluxErr)
  if (detections.length === 0) return 'no positive detection'
  const { band, psfFlux } = detections.reduce((best, point) => point.psfFlux > best.psfFlux ? point : best)
  return `${band} ${magnitudeOfNJy(psfFlux).toFixed(1)}`
}

/** The part from a month before the first detection to a month after the last one. */
function window (points: readonly PhotometricPoint[]): PhotometricPoint[] {
  const detected = points.filter(({ psfFlux, psfFluxErr }) => Math.abs(psfFlux) > DETECTION_SNR * psfFluxErr)
  const [first, last] = detected.length === 0 ? [-Infinity, Infinity] : [detected[0]!.midpointMjdTai - MARGIN, detected.at(-1)!.midpointMjdTai + MARGIN]
  const inside = points.filter(({ midpointMjdTai }) => midpointMjdTai >= first && midpointMjdTai <= last)
  const step = Math.max(1, inside.length / MOST_POINTS)
  return inside.filter((_, k) => Math.floor(k / step) !== Math.floor((k - 1) / step))
}

/**
 * Error bars and dots as lines with gaps: one path for all points of a band, where a mark a point makes a file ten
 * times as long.
 */
function panelSpec ({ title, object, points }: Panel, bands: readonly Band[]): object {
  const drawn = window(points)
  const zero = drawn.find(({ psfFlux, psfFluxErr }) => Math.abs(psfFlux) > DETECTION_SNR * psfFluxErr)?.midpointMjdTai ?? drawn[0]?.midpointMjdTai ?? 0
  const telling = drawn.filter(({ psfFlux, psfFluxErr }) => Math.abs(psfFlux) > 2 * psfFluxErr)
  const values = (telling.length > 0 ? telling : drawn).flatMap(({ psfFlux, psfFluxErr }) => [psfFlux + psfFluxErr, psfFlux - psfFluxErr])
  const [low, high] = [values.reduce((a, b) => Math.min(a, b), 0), values.reduce((a, b) => Math.max(a, b), nanoJansky * 1e-20)]
  const days = drawn.map(({ midpointMjdTai }) => Number((midpointMjdTai - zero).toFixed(3)))
  const hasBar = ({ psfFluxErr }: PhotometricPoint): boolean => psfFluxErr > SEEN * (high - low) / HEIGHT
  const rows = drawn.flatMap((point, k) => {
    const { band, psfFlux, psfFluxErr } = point
    const row = (kind: string, n: number, day: number | null, flux: number): object => ({ kind, n: 3 * k + n, band, day, flux: shown(flux) })
    const day = days[k]!
    return [
      ...hasBar(point) ? [row('error', 0, day, psfFlux - psfFluxErr), row('error', 1, day, psfFlux + psfFluxErr), row('error', 2, null, 0)] : [],
      row('dot', 0, day, psfFlux), row('dot', 1, day, psfFlux), row('dot', 2, null, 0)
    ]
  })
  const layer = (kind: string, mark: object): object => ({
    transform: [{ filter: { field: 'kind', equal: kind } }],
    mark: { type: 'line', clip: true, invalid: 'break-paths-filter-domains', ...mark },
    encoding: {
      x: { field: 'day', type: 'quantitative', title: null, scale: { domain: [days[0] ?? 0, days.at(-1) ?? 1], nice: false, padding: 4 }, axis: { tickCount: 4 } },
      y: { field: 'flux', type: 'quantitative', title: null, scale: { domain: [shown(low), shown(high)], nice: false, padding: 4, zero: false }, axis: { tickCount: 3 } },
      order: { field: 'n' },
      color: bandColour(bands)
    }
  })
  return {
    title: { text: [title, object], frame: 'group', fontSize: 10, fontWeight: 400, offset: 3, limit: WIDTH + 40 },
    width: WIDTH,
    height: HEIGHT,
    data: { values: rows },
    layer: [layer('error', { strokeWidth: 0.7, opacity: 0.55 }), layer('dot', { strokeWidth: 2.6, strokeCap: 'round' })]
  }
}

/** Difference flux [μJy] over days from the first detection. */
export function sheetFigure (title: string, panels: readonly Panel[]): Figure {
  const bands = BANDS.filter(band => panels.some(({ points }) => points.some(point => point.band === band)))
  return {
    title,
    alternative: `${panels.length} light curves: difference flux in μJy over days from the first detection, a colour a band.`,
    spec: { background: '#ffffff', columns: COLUMNS, bounds: 'flush', spacing: { row: 52, column: 46 }, concat: panels.map(panel => panelSpec(panel, bands)), resolve: { scale: { color: 'shared', x: 'independent', y: 'independent' } } }
  }
}

const tenths = (lengths: string): string => lengths.replace(/-?\d+\.\d{2,}/g, length => String(Number(Number(length).toFixed(1))))

/** An SVG file of its own: named as a whole, with lengths to a tenth of a pixel, dots as lines without length. */
export const standalone = (svg: string, { title }: Figure): string => svg
  .replace(/ (?:aria-[a-z]+|role|pointer-events)="[^"]*"/g, '')
  .replace(/<path class="(?:background|foreground)" d="(?:M0,0h0v0h0Z)?"[^>]*\/>/g, '')
  .replace(/ (?:d|transform)="[^"]*"/g, tenths)
  .replace(/M([\d.-]+),([\d.-]+)L\1,\2(?=[M"])/g, 'M$1,$2h0')
  .replace(/^<svg ([^>]*)>/, (_, attributes: string) => `<svg ${attributes} role="img" aria-label="${title}">`) + '\n'
