/** Rows of a table → light curves of its objects, one alert each. */
import { CandelaError } from '../../errors.ts'
import { DETECTION_SNR, isTime, OBJECT_ID, UNKNOWN_HOST, type Alert, type PhotometricPoint, type ReadAs } from '../alert.ts'
import { isPosition, PointList, type SourceFields } from '../points/points.ts'
import type { Given } from '../given.ts'
import { stemOf } from '../input/names.ts'
import { MILLISECONDS_PER_DAY } from '../time.ts'
import { invalid } from './table.ts'

const LONGEST_ID = 64

/** An id that the store takes, of whatever names an object: other characters become `_`. '' where nothing is left. */
export const objectIdOf = (name: string): string => name.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').replace(/[^A-Za-z0-9_-]+/g, '_').replace(/^_+|_+$/g, '').slice(0, LONGEST_ID)

/** Of `jobs/SN 2019abc_lc.txt.gz` SN_2019abc_lc; '' where nothing of the name is left. */
export const objectOfFile = (path: string): string => objectIdOf(stemOf(path))

export const objectMissing = (): CandelaError => new CandelaError('object-missing', 'the light curve names no object', {
  action: 'Give it an id of 1 to 64 of A-Z a-z 0-9 _ -: --object ID, ?object=ID in a request, or a column (--columns object=NAME). candela replay takes the name of the file.'
})

/** @throws CandelaError 'object-missing' where nothing is given */
export function givenObject ({ object }: Given): string {
  if (object === undefined || !OBJECT_ID.test(object)) throw objectMissing()
  return object
}

export interface Position { ra: number, dec: number }
export const NOWHERE: Position = { ra: Number.NaN, dec: Number.NaN }

export const positionOf = (ra: number | null, dec: number | null): Position | null => isPosition(ra, dec) ? { ra: ra!, dec: dec! } : null

/** The light curve of one object. */
class LightCurve {
  readonly #id: string
  readonly #list: PointList
  #position: Position | null = null
  /** Of all rows, those left out among them. */
  #newest = -Infinity
  /** The id of the newest source, where the table has ids. */
  #sources = new Map<number, string>()

  constructor (id: string, given: Given) {
    this.#id = id
    this.#list = new PointList(given.minReliability)
  }

  add (source: SourceFields, kind: PhotometricPoint['kind'] | null, position: Position | null): void {
    const { midpointMjdTai: time, psfFlux, psfFluxErr, diaSourceId } = source
    this.#position ??= position
    if (time !== null && isTime(time)) {
      this.#newest = Math.max(this.#newest, time)
      if (diaSourceId !== null) this.#sources.set(time, String(diaSourceId))
    }
    this.#list.add(source, kind ?? (psfFlux !== null && psfFluxErr !== null && psfFlux > DETECTION_SNR * psfFluxErr ? 'detection' : 'forced'))
  }

  /** @returns undefined where no row has a time */
  alert (readAs: ReadAs): Alert | undefined {
    const { points, omitted } = this.#list
    const trigger = newest(points.filter(isBright)) ?? newest(points)
    const time = trigger?.midpointMjdTai ?? this.#newest
    if (!isTime(time)) return undefined
    return {
      diaObjectId: this.#id,
      // Stable: whoever reads the same row again finds the same source.
      diaSourceId: this.#sources.get(time) ?? `${this.#id}-${trigger?.band ?? 'none'}-${Math.round(time * MILLISECONDS_PER_DAY)}`,
      midpointMjdTai: time,
      ...this.#position ?? NOWHERE,
      points,
      omitted,
      host: UNKNOWN_HOST,
      solarSystem: false,
      readAs
    }
  }
}

const isBright = ({ psfFlux, psfFluxErr }: PhotometricPoint): boolean => psfFlux > DETECTION_SNR * psfFluxErr

function newest (points: readonly PhotometricPoint[]): PhotometricPoint | undefined {
  let found: PhotometricPoint | undefined
  for (const point of points) if (found === undefined || point.midpointMjdTai > found.midpointMjdTai) found = point
  return found
}

/** Objects of one table. */
const MOST_OBJECTS = 20_000

export class LightCurves {
  readonly #curves = new Map<string, LightCurve>()
  readonly #given: Given

  constructor (given: Given) {
    this.#given = given
  }

  /** @param kind null: by its S/N @throws CandelaError 'table-too-large' */
  add (object: string, source: SourceFields, kind: PhotometricPoint['kind'] | null, position: Position | null): void {
    let curve = this.#curves.get(object)
    if (curve === undefined) {
      if (this.#curves.size === MOST_OBJECTS) throw new CandelaError('table-too-large', `the table has more than ${MOST_OBJECTS} objects`, { action: 'Write the objects in several files.' })
      this.#curves.set(object, curve = new LightCurve(object, this.#given))
    }
    curve.add(source, kind, position)
  }

  /** @throws CandelaError 'table-invalid' where no row has a time */
  alerts (readAs: ReadAs): Alert[] {
    const alerts = [...this.#curves.values()].map(curve => curve.alert(readAs)).filter(alert => alert !== undefined)
    if (alerts.length > 0) return alerts
    throw invalid('the table has no row with a time', undefined, 'Say which column is the time: --columns time=NAME. It is MJD, JD or ISO 8601.')
  }
}
