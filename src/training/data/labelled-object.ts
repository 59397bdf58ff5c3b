/** Light curves whose true type is known, as training and evaluation need them. */
import { basename } from 'node:path'
import type { HostFacts } from '../../alert/alert.ts'
import { FileTally } from '../../alert/input/tally.ts'
import type { PointReport } from '../../alert/points/point-report.ts'
import { snanaAlerts } from '../../alert/snana/alerts.ts'
import { readLightCurves } from '../../alert/snana/light-curves.ts'
import { snanaHost, type SnanaLightCurve } from '../../alert/snana/snana.ts'
import { TYPE_KEYS } from '../../alert/snana/type-labels.ts'
import { CandelaError } from '../../errors.ts'
import { NO_CONTEXT, type FirstContext } from '../../light-curve/features/context.ts'
import type { FeaturePoint } from '../../light-curve/features/features.ts'
import { mergePoints } from '../../light-curve/merge.ts'
import { keptTime } from '../../light-curve/stored-point.ts'
import { isDetection } from '../../light-curve/window.ts'
import { classify, typeUnknown, type Classes } from './classes.ts'

export interface LabelledObject {
  snid: string
  /** The light curve as the live pipeline would hold it: merged, in order of time. */
  points: readonly FeaturePoint[]
  /** Flux of each point without its noise [nJy], where the data are simulated and tell it. */
  noiseFree?: Float64Array | null
  host: HostFacts
  /** What its first alert would say beside its fluxes; absent where the data do not tell. */
  context?: FirstContext
  /** What --data gave it in: the last part of the path. */
  source?: string
  /** [deg, ICRS]; only the network of charnock-moss/ asks for them. */
  ra?: number
  dec?: number
  /** Class of its true type, such as 'Ia' or 'IIn'. */
  type: string
  /** The type as the data name it. */
  label?: string
  /** Whether that class counts as Ia in P(Ia). */
  isIa: boolean
  /** Whether a spectrum gave its type, where the data tell. */
  isSpectroscopic?: true
  /** True redshift and time of peak [d, MJD]; null where not known. */
  redshift: number | null
  peakMjd: number | null
}

export const isTypeIa = (object: LabelledObject): boolean => object.isIa

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
  /** The same by code, and the files that plainly are no data. */
  files: FileTally
  /** Objects that the classes leave out, by their label. */
  skipped: Record<string, number>
}

/** The file of a light curve that lies in an archive or in a table. */
const fileOf = (path: string): string => path.split(/!|: row /, 1)[0]!

/** Time and band name a point here: SNANA gives no visits. */
function noiseFreeOf ({ points, noiseFree }: SnanaLightCurve, merged: readonly FeaturePoint[]): Float64Array | null {
  if (noiseFree === null) return null
  const byTime = new Map(points.map(({ band, midpointMjdTai }, k) => [`${band} ${keptTime(midpointMjdTai)}`, noiseFree[k]!]))
  return Float64Array.from(merged, ({ band, midpointMjdTai }) => byTime.get(`${band} ${midpointMjdTai}`)!)
}

/** Which of the given paths a light curve was found below, by its last part. */
function sourceOf (path: string, given: readonly string[]): string {
  const found = given.filter(one => path.startsWith(one)).sort((a, b) => b.length - a.length)[0] ?? fileOf(path)
  return basename(found)
}

/** The template in the band of the first detection, and the score of that one. */
function contextOf ({ context, points, realBogus }: SnanaLightCurve): { context?: FirstContext } {
  if (context === undefined && realBogus === undefined) return {}
  const first = points.reduce<number | null>((earliest, point, k) =>
    isDetection(point) && (earliest === null || point.midpointMjdTai < points[earliest]!.midpointMjdTai) ? k : earliest, null)
  if (first === null) return {}
  return {
    context: {
      ...NO_CONTEXT,
      templateFlux: context?.templateFlux[points[first]!.band] ?? null,
      starScore: context?.starScore ?? null,
      separation: context?.separation ?? null,
      realBogus: realBogus?.[first] ?? null
    }
  }
}

/**
 * Reads every light curve below the paths. A file that is damaged, names no type or repeats an object is passed over
 * and named.
 * @param classes null: each type is a class, and 'Ia' counts as Ia
 * @param report told of the points of every light curve
 * @throws CandelaError `path-not-found`, `type-unknown` where there are types that no class names and the classes
 *   refuse those, or `no-light-curves` where nothing could be used
 */
export async function readLabelledObjects (paths: readonly string[], points: PointsTaken = 'all', classes: Classes | null = null, report?: PointReport): Promise<LabelledData> {
  const objects: LabelledObject[] = []
  const seen = new Set<string>()
  const passedOver: CandelaError[] = []
  const files = new FileTally('light curve')
  const skipped = Object.create(null) as Record<string, number>
  const unknown = Object.create(null) as Record<string, number>
  for await (const read of readLightCurves(paths, { onPassedOver: path => files.passedOver(path) })) {
    try {
      if ('error' in read) throw read.error
      const { path, curve } = read
      report?.add(fileOf(path), curve)
      const [label, ...otherLabels] = curve.typeLabels
      if (label === undefined) {
        throw new CandelaError('type-missing', `${path}: no type (SIM_COMMENT 'SN Type', ${TYPE_KEYS.join(', ')})`, { action: 'Only light curves of known type can be used here.' })
      }
      if (seen.has(curve.snid)) {
        throw new CandelaError('object-repeated', `${path}: object ${curve.snid} was given before`, { value: curve.snid, action: 'Give each object once.' })
      }
      seen.add(curve.snid)
      const classified = classify([label, ...otherLabels], classes)
      if (typeof classified === 'string') {
        const counts = classified === 'skip' ? skipped : unknown
        counts[label] = (counts[label] ?? 0) + 1
        continue
      }
      const merged = mergePoints([], points === 'all' ? curve.points : snanaAlerts(curve).at(-1)?.points ?? [])
      objects.push({ snid: curve.snid, label, points: merged.points, noiseFree: noiseFreeOf(curve, merged.points), host: snanaHost(curve), ra: curve.ra, dec: curve.dec, ...classified, redshift: curve.redshift, peakMjd: curve.peakMjd, source: sourceOf(path, paths), ...curve.isSpectroscopic && { isSpectroscopic: true }, ...contextOf(curve) })
    } catch (error) {
      if (!(error instanceof CandelaError)) throw error
      passedOver.push(error)
      // An object that two archives share was read once.
      if (error.code !== 'object-repeated') files.notRead(error.code)
    }
  }
  if (classes !== null && Object.keys(unknown).length > 0) throw typeUnknown(unknown, classes)
  if (objects.length === 0) {
    throw new CandelaError('no-light-curves', `no light curve of known type in ${paths.join(', ')}`, {
      cause: passedOver[0], action: passedOver[0]?.message ?? 'Give SNANA .DAT files or HEAD/PHOT.FITS pairs, folders or archives of them.'
    })
  }
  return { objects, passedOver, files, skipped: { ...skipped } }
}
