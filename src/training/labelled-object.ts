/** Light curves whose true type is known, as training and evaluation need them. */
import type { HostFacts } from '../alert/alert.ts'
import { snanaAlerts } from '../alert/snana/alerts.ts'
import { readLightCurveFiles } from '../alert/snana/light-curve-files.ts'
import { parseSnana, snanaHost, type SnanaLightCurve } from '../alert/snana/snana.ts'
import { CandelaError } from '../errors.ts'
import type { FeaturePoint } from '../light-curve/features.ts'
import { mergePoints } from '../light-curve/merge.ts'

export interface LabelledObject {
  snid: string
  /** The light curve as the live pipeline would hold it: merged, in order of time. */
  points: readonly FeaturePoint[]
  /** Flux of each point without its noise [nJy], where the data are simulated and tell it. */
  noiseFree?: Float64Array | null
  host: HostFacts
  /** [deg, ICRS]; only the network of charnock-moss/ asks for them. */
  ra?: number
  dec?: number
  /** True type, such as 'Ia' or 'IIn'. */
  type: string
  /** True redshift and time of peak [d, MJD]; null where not known. */
  redshift: number | null
  peakMjd: number | null
}

export const isTypeIa = (object: LabelledObject): boolean => object.type === 'Ia'

/**
 * `all`: every point of the file. `alerts`: those that the alerts of the object bring until its last one; photometry
 * after the last night with a detection is in none.
 */
export const POINTS_TAKEN = ['all', 'alerts'] as const
export type PointsTaken = typeof POINTS_TAKEN[number]

export interface LabelledData {
  objects: LabelledObject[]
  /** Files that could not be read, or have no true type. */
  passedOver: CandelaError[]
}

/** Time and band name a point here: SNANA gives no visits. */
function noiseFreeOf ({ points, noiseFree }: SnanaLightCurve, merged: readonly FeaturePoint[]): Float64Array | null {
  if (noiseFree === null) return null
  const byTime = new Map(points.map(({ band, midpointMjdTai }, k) => [`${band} ${midpointMjdTai}`, noiseFree[k]!]))
  return Float64Array.from(merged, ({ band, midpointMjdTai }) => byTime.get(`${band} ${midpointMjdTai}`)!)
}

/**
 * Reads every light curve below the paths. A file that is damaged, names no type or repeats an object is passed over
 * and named.
 * @throws CandelaError `path-not-found`, or `no-light-curves` where nothing could be used
 */
export async function readLabelledObjects (paths: readonly string[], points: PointsTaken = 'all'): Promise<LabelledData> {
  const objects: LabelledObject[] = []
  const seen = new Set<string>()
  const passedOver: CandelaError[] = []
  for await (const { path, text } of readLightCurveFiles(paths, { onUnreadable: error => passedOver.push(error) })) {
    try {
      const curve = parseSnana(text, path)
      if (curve.type === null) {
        throw new CandelaError('type-missing', `${path}: no 'SN Type' in SIM_COMMENT`, { action: 'Only light curves of known type can be used here.' })
      }
      if (seen.has(curve.snid)) {
        throw new CandelaError('object-repeated', `${path}: object ${curve.snid} was given before`, { value: curve.snid, action: 'Give each object once.' })
      }
      seen.add(curve.snid)
      const merged = mergePoints([], points === 'all' ? curve.points : snanaAlerts(curve).at(-1)?.points ?? [])
      objects.push({ snid: curve.snid, points: merged.points, noiseFree: noiseFreeOf(curve, merged.points), host: snanaHost(curve), ra: curve.ra, dec: curve.dec, type: curve.type, redshift: curve.redshift, peakMjd: curve.peakMjd })
    } catch (error) {
      if (!(error instanceof CandelaError)) throw error
      passedOver.push(error)
    }
  }
  if (objects.length === 0) {
    throw new CandelaError('no-light-curves', `no light curve of known type in ${paths.join(', ')}`, {
      cause: passedOver[0], action: passedOver[0]?.message ?? 'Give SNANA .DAT files, folders of them, or .tar, .tar.gz, .tar.xz archives.'
    })
  }
  return { objects, passedOver }
}
