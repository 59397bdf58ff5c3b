/** An object of POST /v1/classify: checked field by field, a few points at a time, so that a long light curve holds up nobody. */
import { setImmediate } from 'node:timers/promises'
import type { z } from 'zod'
import { hostFacts, kindOf, sourceFields } from '../../alert/dialects/plain.ts'
import { hostSchema, pointSchema } from '../../alert/dialects/plain-schema.ts'
import type { PointReport } from '../../alert/points/point-report.ts'
import { PointList } from '../../alert/points/points.ts'
import type { HostFacts } from '../../alert/alert.ts'
import { mergeGiven, type FirstContext, type GivenLightCurve, type GivenPoint, type LeftOutPoint } from '../../state/processor/given-light-curve.ts'
import { givenContext, givenContextSchema, type ContextLeftOut } from './given-context.ts'
import { givenObjectSchema, MOST_FIELDS } from './schemas.ts'
import { IgnoredFields } from '../ignored-fields.ts'
import type { Problem } from '../problems/problems.ts'
import { shownValue } from '../../shown-value.ts'

export type WrongValues = NonNullable<Problem['errors']>

export interface RightObject {
  diaObjectId: string | null
  host: HostFacts
  context: FirstContext
  /** Facts of a given context that are out of range. */
  contextLeftOut: ContextLeftOut
  curve: GivenLightCurve
  /** Names of fields that nothing reads. */
  ignored: string[]
}

export interface WrongObject {
  diaObjectId: string | null
  errors: WrongValues
}

export type ReadObject = RightObject | WrongObject

/** Points that are checked before others have a turn. */
const AT_ONCE = 200
/** Wrong values that are named. */
const MOST_NAMED = 20

const valueAt = (document: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined, document)

const wrong = (value: unknown, error: z.ZodError, path: string): WrongValues => error.issues.map(issue => ({
  parameter: [path, ...issue.path.map(String)].join('.'),
  value: shownValue(valueAt(value, issue.path)),
  expected: issue.message
}))

/** Each field that is not known is compared with those that are: there must not be thousands. */
const hasTooMany = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > MOST_FIELDS

const tooMany = (value: unknown, parameter: string): WrongValues => [{ parameter, value: shownValue(value), expected: `at most ${MOST_FIELDS} fields` }]

/** The name that the answer repeats, where it is one. */
function nameOf (value: unknown): string | null {
  const name = valueAt(value, ['diaObjectId'])
  return typeof name === 'string' ? name.slice(0, 64) : null
}

/**
 * @param path of the object in the body
 * @param report told of its points
 */
export async function readObject (value: unknown, path: string, report: PointReport): Promise<ReadObject> {
  const [host, context] = [valueAt(value, ['host']), valueAt(value, ['context'])]
  if (hasTooMany(value)) return { diaObjectId: nameOf(value), errors: tooMany(value, path) }
  if (hasTooMany(host)) return { diaObjectId: nameOf(value), errors: tooMany(host, `${path}.host`) }
  if (hasTooMany(context)) return { diaObjectId: nameOf(value), errors: tooMany(context, `${path}.context`) }
  const object = givenObjectSchema.safeParse(value)
  if (!object.success) return { diaObjectId: nameOf(value), errors: wrong(value, object.error, path).slice(0, MOST_NAMED) }
  const { diaObjectId = null, points } = object.data
  const given: GivenPoint[] = []
  const omitted: LeftOutPoint[] = []
  const errors: WrongValues = []
  const ignored = new IgnoredFields()
  ignored.look(object.data, givenObjectSchema.shape)
  ignored.look(object.data.host ?? {}, hostSchema.shape, 'host.')
  ignored.look(object.data.context ?? {}, givenContextSchema.shape, 'context.')
  for (const [index, value] of points.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) await setImmediate()
    const place = `${path}.points.${index}`
    const point = hasTooMany(value) ? undefined : pointSchema.safeParse(value)
    if (!point?.success) {
      errors.push(...point ? wrong(value, point.error, place) : tooMany(value, place))
      if (errors.length >= MOST_NAMED) break
      continue
    }
    ignored.look(point.data, pointSchema.shape, 'points.')
    const list = new PointList()
    list.add(sourceFields(point.data), kindOf(point.data))
    report.add(path, list)
    for (const read of list.points) given.push({ index, point: read })
    for (const { reason } of list.omitted) omitted.push({ index, reason })
  }
  if (errors.length > 0) return { diaObjectId, errors: errors.slice(0, MOST_NAMED) }
  const curve = mergeGiven(given)
  const leftOut = [...omitted, ...curve.leftOut].sort((a, b) => a.index - b.index)
  return { diaObjectId, host: hostFacts(object.data.host), ...givenContext(object.data.context), curve: { ...curve, leftOut }, ignored: ignored.names }
}
