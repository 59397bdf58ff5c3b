/** The samples of streams in the data folder, read as they arrive, and compared with what a right reader finds in them. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Alert } from '../../../src/alert/alert.ts'
import { decodeMessage } from '../../../src/alert/decode.ts'
import type { Carrier, Given } from '../../../src/alert/given.ts'
import { readAlertFiles } from '../../../src/alert/input/alert-files.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../../../src/alert/schemas/source.ts'
import { CandelaError } from '../../../src/errors.ts'
import { sharedData } from '../../parts.ts'

export interface ExpectedPoint {
  kind: 'detection' | 'forced' | 'limit'
  mjdTai: number
  band: string
  /** Null flux or error: the point is not fitted. */
  fluxNJy: number | null
  errNJy: number | null
  sourceId: string | null
}
export interface ExpectedObject {
  survey: string
  objectId: string | null
  /** Of the trigger; null where the format has none. */
  sourceId?: string | null
  ra: number | null
  dec: number | null
  time?: number | null
  solarSystem?: boolean
  points: ExpectedPoint[]
  /** The same transient in other surveys. */
  matches?: ExpectedObject[]
  host: Record<string, unknown> | null
  context: Record<string, unknown>
}
interface Expected {
  objects: ExpectedObject[]
  announcements?: unknown[]
  error?: string
}

export interface Sample {
  /** `fink-lsst/full` */
  name: string
  folder: string
  expected: Expected
  /** What brought the record; absent where the sample is a file. */
  carrier?: Carrier
  /** The record, or the message of Pub/Sub. */
  value?: Buffer
  /** Paths of the files that a user has. */
  files: string[]
}

interface Headers {
  topic?: string | null
  headers?: Array<{ name: string, valueBase64: string }>
  attributesFile?: string
}

/** @param stream folder in the data folder's `streams` @returns its samples by name; none where there is no data folder */
export function samplesOf (stream: string): Sample[] {
  const folder = join(sharedData, 'streams', stream)
  return existsSync(folder) ? readdirSync(folder).sort().map(variant => sampleIn(stream, variant)) : []
}

const NO_DATA = new Set(['expected.json', 'headers.json', 'attributes.json', 'push-envelope.json', 'key.bin', 'value.bin', 'data.bin', 'schema.avsc'])

function sampleIn (stream: string, variant: string): Sample {
  const folder = join(sharedData, 'streams', stream, variant)
  const bytes = (name: string): Buffer | undefined => existsSync(join(folder, name)) ? readFileSync(join(folder, name)) : undefined
  const json = (name: string): unknown => JSON.parse(bytes(name)?.toString() ?? '{}')
  const { topic, headers = [] } = json('headers.json') as Headers
  const attributes = Object.entries(json('attributes.json') as Record<string, string>).map(([name, value]) => [name, Buffer.from(value)])
  const value = bytes('value.bin') ?? bytes('data.bin')
  return {
    name: `${stream}/${variant}`,
    folder,
    expected: json('expected.json') as Expected,
    ...value && {
      value,
      carrier: {
        topic: topic ?? 'a-topic',
        key: bytes('key.bin') ?? null,
        headers: Object.fromEntries([...headers.map(({ name, valueBase64 }) => [name, Buffer.from(valueBase64, 'base64')]), ...attributes]) as Carrier['headers']
      }
    },
    files: readdirSync(folder).filter(name => !NO_DATA.has(name)).sort().map(name => join(folder, name))
  }
}

export interface Found {
  alerts: Alert[]
  errors: CandelaError[]
}

export const schemas = schemaFolders(SHIPPED_SCHEMAS)

/** Reads a sample as it arrives: its record with key and headers, or its files as `candela replay` reads them. */
export async function readSample ({ value, carrier, files }: Sample, given: Given = {}): Promise<Found> {
  if (value === undefined) return await readFiles(files, given)
  try {
    return { alerts: [...await decodeMessage(value, { schemas, given: { ...carrier && { carrier }, ...given } })], errors: [] }
  } catch (error) {
    if (!(error instanceof CandelaError)) throw error
    return { alerts: [], errors: [error] }
  }
}

/** Files, folders and archives, as `candela replay` reads them. */
export async function readFiles (paths: readonly string[], given: Given = {}): Promise<Found> {
  const found: Found = { alerts: [], errors: [] }
  for await (const read of readAlertFiles(paths, { schemas, given })) {
    if ('alert' in read) found.alerts.push(read.alert)
    else found.errors.push(read.error)
  }
  return found
}

/** How close a time comes, where the format keeps it [d]. */
const DAYS = 1e-8
/** Fluxes agree to the precision of float32. */
const RELATIVE = 2 ** -22
const DEGREES = 1e-9
/** Between an object and one of its sources [deg]. */
export const ARCSECOND = 1 / 3600

export interface Comparing {
  /** [d] */
  days?: number
  /** Of fluxes. */
  relative?: number
  /** Of positions [deg]; 1″ where the sample has the place of the source, and the alert that of the object. */
  degrees?: number
  /** Ids of sources that the reader leaves out by its own rules, as flags, with a flux that is no null. */
  leftOut?: readonly string[]
}

/** Compares all alerts of a sample, those of other surveys among them, and not more; with what its points and errors are. */
export function assertExpected ({ name, expected }: Sample, alerts: readonly Alert[], comparing: Comparing = {}): void {
  const wanted = expected.objects.flatMap(object => [object, ...object.matches ?? []])
  const left = new Set(alerts)
  for (const object of wanted) {
    const where = `${name}, ${object.survey} ${object.objectId ?? object.sourceId ?? 'without a name'}`
    const own = [...left].filter(alert => isOf(alert, object, wanted.length === 1))
    assert.ok(own.length > 0, `${where}: no alert of it among ${alerts.map(({ diaObjectId, diaSourceId }) => `${diaObjectId} ${diaSourceId}`).join(', ')}`)
    for (const alert of own) left.delete(alert)
    assertObject(where, object, own, comparing)
  }
  assert.deepEqual([...left].map(({ diaObjectId, diaSourceId }) => `${diaObjectId} ${diaSourceId}`), [], `${name}: alerts that are not expected`)
}

/** An alert is the one of its source, where the sample names it; else all alerts of the object together are. */
function isOf (alert: Alert, { objectId, sourceId = null }: ExpectedObject, only: boolean): boolean {
  if (sourceId !== null && alert.diaSourceId !== sourceId) return false
  return alert.diaObjectId === objectId || (objectId === null && only)
}

function assertObject (where: string, object: ExpectedObject, alerts: readonly Alert[], comparing: Comparing): void {
  const { days = DAYS } = comparing
  for (const alert of alerts) {
    if (object.objectId !== null || object.solarSystem) assert.equal(alert.diaObjectId, object.objectId, `${where}: diaObjectId`)
    assert.equal(alert.solarSystem, object.solarSystem ?? false, `${where}: solarSystem`)
    if (typeof object.time === 'number') near(alert.midpointMjdTai, object.time, days, `${where}: time`)
  }
  // A table of forced photometry has the positions of its own; the one with detections has the object's.
  const [first] = alerts.toSorted((a, b) => detectionsOf(b) - detectionsOf(a))
  assertPosition(where, first!, object, comparing.degrees)
  assertPoints(where, object.points, alerts, comparing)
}

const detectionsOf = ({ points }: Alert): number => points.filter(({ kind }) => kind === 'detection').length

function assertPosition (where: string, { ra, dec }: Alert, object: ExpectedObject, degrees = DEGREES): void {
  for (const [name, actual, expected] of [['ra', ra, object.ra], ['dec', dec, object.dec]] as const) {
    if (expected === null) assert.ok(Number.isNaN(actual), `${where}: ${name} is ${actual}, and not known`)
    else near(actual, expected, degrees, `${where}: ${name}`)
  }
}

function assertPoints (where: string, expected: readonly ExpectedPoint[], alerts: readonly Alert[], { days = DAYS, relative = RELATIVE, leftOut = [] }: Comparing): void {
  const left = alerts.flatMap(({ points }) => points)
  const omitted = alerts.flatMap(({ omitted }) => omitted)
  const isNoFlux = ({ fluxNJy, errNJy }: ExpectedPoint): boolean => fluxNJy === null || errNJy === null
  for (const point of expected.filter(point => !isNoFlux(point) && !leftOut.includes(point.sourceId ?? ''))) {
    const kind = point.kind === 'detection' ? 'detection' : 'forced'
    const at = left.findIndex(one => one.kind === kind && one.band === point.band && Math.abs(one.midpointMjdTai - point.mjdTai) <= days &&
      isClose(one.psfFlux, point.fluxNJy!, relative) && isClose(one.psfFluxErr, point.errNJy!, relative))
    assert.ok(at >= 0, `${where}: no ${point.kind} in ${point.band} at ${point.mjdTai} with ${point.fluxNJy} ± ${point.errNJy}; nearest ${JSON.stringify(nearest(left, point))}`)
    left.splice(at, 1)
  }
  assert.deepEqual(left, [], `${where}: points that are not expected`)
  for (const point of expected.filter(isNoFlux)) {
    if (point.kind === 'detection' && point.sourceId !== null) {
      const reasons = omitted.filter(({ diaSourceId }) => diaSourceId === point.sourceId).map(({ reason }) => reason)
      assert.ok(reasons.some(reason => reason.startsWith('flux-')), `${where}: the source ${point.sourceId} has no flux, and is left out as ${reasons.join() || 'nothing'}`)
    }
  }
  const without = expected.filter(isNoFlux).length
  assert.ok(omitted.length >= without, `${where}: ${without} points without a flux, ${omitted.length} left out`)
  for (const id of leftOut) assert.ok(!expected.some(({ sourceId }) => sourceId === id) || omitted.some(({ diaSourceId }) => diaSourceId === id), `${where}: ${id} is not left out`)
}

const nearest = (points: Alert['points'], { mjdTai }: ExpectedPoint): unknown => points.toSorted((a, b) => Math.abs(a.midpointMjdTai - mjdTai) - Math.abs(b.midpointMjdTai - mjdTai))[0]

const isClose = (actual: number, expected: number, relative: number): boolean => Math.abs(actual - expected) <= relative * Math.abs(expected)

function near (actual: number, expected: number, most: number, where: string): void {
  assert.ok(Math.abs(actual - expected) <= most, `${where} is ${actual}, expected ${expected}`)
}
