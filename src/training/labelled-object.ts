/** Light curves whose true type is known, as training and evaluation need them. */
import type { HostFacts } from '../alert/alert.ts'
import { readLightCurveFiles } from '../alert/snana/light-curve-files.ts'
import { parseSnana, snanaHost } from '../alert/snana/snana.ts'
import { CandelaError } from '../errors.ts'
import type { FeaturePoint } from '../light-curve/features.ts'
import { mergePoints } from '../light-curve/merge.ts'

export interface LabelledObject {
  snid: string
  /** The light curve as the live pipeline would hold it: merged, in order of time. */
  points: readonly FeaturePoint[]
  host: HostFacts
  /** True type, such as 'Ia' or 'IIn'. */
  type: string
  /** True redshift and time of peak [d, MJD]; null where not known. */
  redshift: number | null
  peakMjd: number | null
}

export const isTypeIa = (object: LabelledObject): boolean => object.type === 'Ia'

export interface LabelledData {
  objects: LabelledObject[]
  /** Files that could not be read, or have no true type. */
  passedOver: CandelaError[]
}

/**
 * Reads every light curve below the paths. A file that is damaged or names no type is passed over and named.
 * @throws CandelaError `path-not-found`, or `no-light-curves` where nothing could be used
 */
export async function readLabelledObjects (paths: readonly string[]): Promise<LabelledData> {
  const objects: LabelledObject[] = []
  const passedOver: CandelaError[] = []
  for await (const { path, text } of readLightCurveFiles(paths, { onUnreadable: error => passedOver.push(error) })) {
    try {
      const curve = parseSnana(text, path)
      if (curve.type === null) {
        throw new CandelaError('type-missing', `${path}: no 'SN Type' in SIM_COMMENT`, { action: 'Only light curves of known type can be used here.' })
      }
      const { points } = mergePoints([], curve.points)
      objects.push({ snid: curve.snid, points, host: snanaHost(curve), type: curve.type, redshift: curve.redshift, peakMjd: curve.peakMjd })
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
